// Copies into vendor/ what the page and the API's own page load at run time, so that neither needs a CDN.
//   node scripts/vendor.mjs          writes the files
//   node scripts/vendor.mjs --check  exits 1 when they differ from node_modules
import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
const THREE = join(WEB, "node_modules", "three");
const SWAGGER = join(WEB, "node_modules", "swagger-ui-dist");
const VENDOR = join(WEB, "vendor");
const ADDONS = ["loaders/GLTFLoader.js", "libs/meshopt_decoder.module.js", "controls/OrbitControls.js"];
const NOTICE = `three.module.min.js is three's build/three.module.js, minified by scripts/vendor.mjs; addons/ is its
examples/jsm/, unchanged. Both are under the MIT licence in LICENSE.
addons/libs/meshopt_decoder.module.js is part of meshoptimizer, Copyright (C) 2016-2026 Arseny Kapoulkine,
under the MIT licence: the same terms as in LICENSE, with that copyright line.
`;

/** The npm package ships no minified build, and the full one is 2 MB. */
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

/** Adds an addon and, depth first, each addon that it imports by a relative path.
 * @param {string} path @param {Map<string, string>} files */
async function addAddon(path, files) {
  if (files.has(`three/addons/${path}`)) return;
  const text = await readFile(join(THREE, "examples", "jsm", path), "utf8");
  files.set(`three/addons/${path}`, text);
  for (const [, imported] of text.matchAll(/^(?:import|export|\}).*?from\s*['"](\.[^'"]+)['"]/gm)) {
    await addAddon(posix.join(posix.dirname(path), imported), files);
  }
}

async function wantedFiles() {
  const files = new Map([["three/three.module.min.js", await minifiedThree()]]);
  files.set("three/LICENSE", await readFile(join(THREE, "LICENSE"), "utf8"));
  files.set("three/NOTICE", NOTICE);
  for (const name of ["swagger-ui-bundle.js", "swagger-ui.css", "LICENSE", "NOTICE"]) {
    files.set(`swagger/${name}`, await readFile(join(SWAGGER, name), "utf8"));
  }
  for (const path of ADDONS) await addAddon(path, files);
  return files;
}

async function presentFiles() {
  const files = new Map();
  const there = await access(VENDOR).then(
    () => true,
    () => false,
  );
  for (const entry of there ? await readdir(VENDOR, { recursive: true, withFileTypes: true }) : []) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(VENDOR.length + 1), await readFile(path, "utf8"));
  }
  return files;
}

const [wanted, present] = [await wantedFiles(), await presentFiles()];
if (process.argv.includes("--check")) {
  const paths = new Set([...wanted.keys(), ...present.keys()]);
  const stale = [...paths].filter((path) => wanted.get(path) !== present.get(path));
  if (stale.length > 0) console.error(`vendor is stale (run: npm run vendor): ${stale.join(", ")}`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  await rm(VENDOR, { recursive: true, force: true });
  for (const [path, text] of wanted) {
    await mkdir(dirname(join(VENDOR, path)), { recursive: true });
    await writeFile(join(VENDOR, path), text);
  }
}
