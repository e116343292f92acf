// Copies into vendor/ what the page and the API documentation load at run time, so that neither needs a CDN.
//   node scripts/vendor.mjs          writes the files
//   node scripts/vendor.mjs --check  exits with 1 if they differ from node_modules
import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
const THREE = join(WEB, "node_modules", "three");
const SWAGGER = join(WEB, "node_modules", "swagger-ui-dist");
const VENDOR = join(WEB, "vendor");
const HLS = join(WEB, "node_modules", "hls.js");
const THREE_VRM = join(WEB, "node_modules", "@pixiv", "three-vrm");
const ADDONS = [
  "loaders/GLTFLoader.js",
  "loaders/KTX2Loader.js",
  "loaders/DRACOLoader.js",
  "libs/meshopt_decoder.module.js",
  "controls/OrbitControls.js",
];
/** Files that loaders fetch at run time if a model needs them. */
const DECODERS = [
  "libs/basis/basis_transcoder.js",
  "libs/basis/basis_transcoder.wasm",
  "libs/draco/gltf/draco_wasm_wrapper.js",
  "libs/draco/gltf/draco_decoder.wasm",
];
const NOTICE = `three.module.min.js is three's build/three.module.js, minified by scripts/vendor.mjs; addons/ is its
examples/jsm/, unchanged. Both are under the MIT licence in LICENSE.

addons/libs/meshopt_decoder.module.js is part of meshoptimizer, Copyright (C) 2016-2026 Arseny Kapoulkine,
under the MIT licence: the same terms as in LICENSE, with that copyright line.

addons/libs/ktx-parse.module.js, Copyright (C) 2020 Don McCurdy, reads KTX2 files, under the MIT licence: the same
terms as in LICENSE, with that copyright line.

addons/libs/basis/ is the transcoder of Basis Universal, Copyright (C) 2019-2026 Binomial LLC, for KTX2 textures,
under the Apache License 2.0 in LICENSE-APACHE.

addons/libs/draco/ is a decoder of Draco, Copyright (C) 2016 The Draco Authors, under the Apache License 2.0 in
LICENSE-APACHE.

addons/libs/zstddec.module.js is zstddec, Copyright (C) 2021 Don McCurdy, under the MIT licence as above. It contains
the decoder of Zstandard, Copyright (c) Meta Platforms, Inc. and affiliates, all rights reserved, under these terms:

Redistribution and use in source and binary forms, with or without modification, are permitted provided that the
following conditions are met:
  * Redistributions of source code must retain the above copyright notice, this list of conditions and the following
    disclaimer.
  * Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the
    following disclaimer in the documentation and/or other materials provided with the distribution.
  * Neither the name Facebook, nor Meta, nor the names of its contributors may be used to endorse or promote products
    derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES,
INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY,
WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
`;
const NOTICE_VRM = `three-vrm.module.min.js is @pixiv/three-vrm's lib/three-vrm.module.min.js, unchanged, Copyright (c) 2019-2026
pixiv Inc., under the MIT licence in LICENSE. The page loads it when a VRM is dropped.
`;

const NOTICE_HLS = `hls.light.min.mjs is hls.js's dist/hls.light.min.mjs, without the line that names its source map, Copyright (c)
2017 Dailymotion, under the Apache License 2.0 (LICENSE, LICENSE-APACHE). The pages of video load it.
`;

/** Minifies three: its npm package has no minified build, and the full one is 2 MB. */
async function minifiedThree() {
  const { outputFiles } = await build({
    entryPoints: [join(THREE, "build", "three.module.js")],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "inline",
    write: false,
  });
  return outputFiles[0].text;
}

/**
 * Adds an addon and, recursively, the addons that it imports by relative paths.
 * @param {string} path
 * @param {Map<string, Buffer>} files
 */
async function addAddon(path, files) {
  if (files.has(`three/addons/${path}`)) return;
  const bytes = await readFile(join(THREE, "examples", "jsm", path));
  files.set(`three/addons/${path}`, bytes);
  const text = bytes.toString("utf8");
  for (const [, imported] of text.matchAll(/^(?:import|export|\}).*?from\s*['"](\.[^'"]+)['"]/gm)) {
    await addAddon(posix.join(posix.dirname(path), imported), files);
  }
}

async function wantedFiles() {
  const files = new Map([["three/three.module.min.js", Buffer.from(await minifiedThree())]]);
  files.set("three/LICENSE", await readFile(join(THREE, "LICENSE")));
  files.set("three/LICENSE-APACHE", await readFile(join(SWAGGER, "LICENSE")));
  files.set("three/NOTICE", Buffer.from(NOTICE));
  for (const name of ["swagger-ui-bundle.js", "swagger-ui.css", "LICENSE", "NOTICE"]) {
    files.set(`swagger/${name}`, await readFile(join(SWAGGER, name)));
  }
  for (const path of ADDONS) await addAddon(path, files);
  for (const path of DECODERS)
    files.set(`three/addons/${path}`, await readFile(join(THREE, "examples", "jsm", path)));
  files.set("three-vrm/LICENSE", await readFile(join(THREE_VRM, "LICENSE")));
  files.set("three-vrm/NOTICE", Buffer.from(NOTICE_VRM));
  const vrm = "three-vrm.module.min.js";
  files.set(`three-vrm/${vrm}`, await readFile(join(THREE_VRM, "lib", vrm)));
  files.set("hls/LICENSE", await readFile(join(HLS, "LICENSE")));
  files.set("hls/LICENSE-APACHE", await readFile(join(SWAGGER, "LICENSE")));
  files.set("hls/NOTICE", Buffer.from(NOTICE_HLS));
  const hls = await readFile(join(HLS, "dist", "hls.light.min.mjs"), "utf8");
  files.set("hls/hls.light.min.mjs", Buffer.from(hls.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n")));
  return files;
}

async function presentFiles() {
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  const there = await access(VENDOR).then(
    () => true,
    () => false,
  );
  for (const entry of there ? await readdir(VENDOR, { recursive: true, withFileTypes: true }) : []) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(VENDOR.length + 1), await readFile(path));
  }
  return files;
}

/** @param {Buffer | undefined} a @param {Buffer | undefined} b */
const isSame = (a, b) => a !== undefined && b !== undefined && a.equals(b);

const [wanted, present] = [await wantedFiles(), await presentFiles()];
if (process.argv.includes("--check")) {
  const paths = new Set([...wanted.keys(), ...present.keys()]);
  const stale = [...paths].filter((path) => !isSame(wanted.get(path), present.get(path)));
  if (stale.length > 0)
    console.error(`vendor is out of date; run: npm run vendor. Files: ${stale.join(", ")}`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  await rm(VENDOR, { recursive: true, force: true });
  for (const [path, bytes] of wanted) {
    await mkdir(dirname(join(VENDOR, path)), { recursive: true });
    await writeFile(join(VENDOR, path), bytes);
  }
}
