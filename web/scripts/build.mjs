// Builds from src/ what users load, readable and the same on every machine:
//   audio2face-client.js   classic <script src>, global Audio2FaceClient
//   audio2face-client.mjs  ES module
//   audio2face-client.cjs  for require()
//   types/                 declarations
//   node scripts/build.mjs          writes them
//   node scripts/build.mjs --check  exits 1 when those that are there are stale
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(await readFile(join(WEB, "package.json"), "utf8"));
const BANNER = `/* audio2face-client ${version}, MIT licence. Built from src/ by scripts/build.mjs; do not edit. */`;
const GLOBAL_ENTRY = `import { Audio2FaceClient } from "./src/index.js";
globalThis.Audio2FaceClient = Audio2FaceClient;`;
const COMPILER = join(WEB, "node_modules", "typescript", "bin", "tsc");

/**
 * @param {import("esbuild").Format} format
 * @param {string} entry source text
 */
async function bundle(format, entry) {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: WEB },
    bundle: true,
    format,
    target: "es2022",
    charset: "utf8",
    banner: { js: BANNER },
    write: false,
    absWorkingDir: WEB,
  });
  return outputFiles[0].text;
}

/** @returns {Promise<[string, string][]>} */
async function declarations() {
  const folder = await mkdtemp(join(tmpdir(), "a2f-types-"));
  const flags =
    "--allowJs --checkJs --strict --declaration --emitDeclarationOnly --skipLibCheck --newLine lf";
  const target = "--target es2022 --module nodenext --lib es2023,dom,dom.iterable --types node";
  const args = [...`${flags} ${target} --rootDir src --outDir`.split(" "), folder, "src/index.js"];
  await promisify(execFile)(process.execPath, [COMPILER, "--ignoreConfig", ...args], { cwd: WEB });
  const names = await declarationsUnder(folder);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  await rm(folder, { recursive: true });
  return names.map((name, i) => [`types/${name}`, texts[i]]);
}

/** Declarations in a folder and below it. @param {string} folder */
async function declarationsUnder(folder) {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".d.ts")).sort();
}

async function wantedFiles() {
  const all = `export * from "./src/index.js"; export { default } from "./src/index.js";`;
  return new Map([
    ["audio2face-client.js", await bundle("iife", GLOBAL_ENTRY)],
    ["audio2face-client.mjs", await bundle("esm", all)],
    ["audio2face-client.cjs", await bundle("cjs", all)],
    ...(await declarations()),
  ]);
}

/** @param {Map<string, string>} wanted */
async function staleFiles(wanted) {
  const stale = [];
  for (const [path, text] of wanted) {
    const there = await readFile(join(WEB, path), "utf8").catch(() => null);
    if (there !== text) stale.push(path);
  }
  const types = await declarationsUnder(join(WEB, "types")).catch(() => []);
  return [...stale, ...types.map((name) => `types/${name}`).filter((path) => !wanted.has(path))];
}

/** @param {Map<string, string>} wanted */
async function write(wanted) {
  await rm(join(WEB, "types"), { recursive: true, force: true });
  for (const [path, text] of wanted) {
    await mkdir(dirname(join(WEB, path)), { recursive: true });
    await writeFile(join(WEB, path), text);
  }
}

const wanted = await wantedFiles();
if (process.argv.includes("--check")) {
  const stale = await staleFiles(wanted);
  for (const path of stale) console.error(`${path} is stale; run: node scripts/build.mjs`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  await write(wanted);
}
