// Builds what users load from src/. The output is the same on every machine.
//   audio2face-client.js            for <script src>, readable; defines window.Audio2FaceClient
//   dist/audio2face-client.min.js   the same, minified
//   dist/audio2face-client.mjs      ES module
//   dist/audio2face-client.cjs      CommonJS
//   dist/audio2face-client.d.ts     type declarations, rolled up into one file
//   dist/chunked-streaming-client.mjs, .d.ts  the client for chunked video, which needs nothing of the other
//   dist/network-worker.js          the network in the page, as a worker for pages with a strict policy
//   dist/sources.mjs, .d.ts         voices of other services; imports the client
//   dist/react.mjs, .d.ts           for React; imports the client, React and, when it is needed, React Three Fiber
//
//   node scripts/build.mjs          writes the files
//   node scripts/build.mjs --check  exits with 1 if a file is out of date
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(await readFile(join(WEB, "package.json"), "utf8"));
const BANNER = `/* audio2face-client ${version}, MIT licence. Built from src/ by scripts/build.mjs; do not edit. */`;
const GLOBAL_ENTRY = `import { Audio2FaceClient } from "./src/index.js";
globalThis.Audio2FaceClient = Audio2FaceClient;`;
const MODULE_ENTRY = `export * from "./src/index.js"; export { default } from "./src/index.js";`;
const CHUNKED_ENTRY = `export * from "./src/chunked_streaming_client.js";`;
const SOURCES_ENTRY = `export * from "./src/sources/index.js";`;
const REACT_ENTRY = `export * from "./src/react/index.js";`;
/** Next.js and others render such modules in the browser only. */
const USE_CLIENT = `"use client";`;
const WORKER_ENTRY = `import { serve } from "./src/network/engine/service.js"; serve(self);`;
const COMPILER = join(WEB, "node_modules", "typescript", "bin", "tsc");

/**
 * @param {import("esbuild").Format} format
 * @param {string} entry source text
 * @param {{minify?: boolean, directive?: string}} [options]
 */
async function bundle(format, entry, { minify = false, directive = "" } = {}) {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: WEB },
    bundle: true,
    format,
    minify,
    target: "es2022",
    charset: "utf8",
    banner: { js: directive ? `${directive}\n${BANNER}` : BANNER },
    packages: "external",
    write: false,
    absWorkingDir: WEB,
    plugins: [selfContainedService],
  });
  return outputFiles[0].text;
}

/** Replaces the network's service by one function that needs nothing outside, so that its text is a worker's script. */
const selfContainedService = {
  name: "self-contained-service",
  /** @param {import("esbuild").PluginBuild} esbuild */
  setup({ onLoad }) {
    onLoad({ filter: /network[\\/]service_source\.js$/ }, async () => ({
      contents: await serviceFunction(),
    }));
  },
};

async function serviceFunction() {
  const { outputFiles } = await build({
    entryPoints: [join(WEB, "src/network/engine/service.js")],
    bundle: true,
    format: "esm",
    minify: true,
    charset: "utf8",
    target: "es2022",
    write: false,
    absWorkingDir: WEB,
  });
  const code = outputFiles[0].text.replace(/export\{(\w+) as serve\};\s*$/, "$1(port, now);");
  return `export const service = { serve(port, now) { ${code} }, selfContained: true };`;
}

/** Emits declarations from the JSDoc types and rolls them up. @param {string} module of src/, without ending */
async function declarations(module) {
  const folder = await mkdtemp(join(tmpdir(), "a2f-types-"));
  try {
    const flags =
      "--allowJs --checkJs --strict --declaration --emitDeclarationOnly --skipLibCheck --newLine lf";
    const target = "--target es2022 --module nodenext --lib es2023,dom,dom.iterable --types node";
    const args = [...`${flags} ${target} --rootDir src --outDir`.split(" "), folder, `src/${module}.js`];
    await promisify(execFile)(process.execPath, [COMPILER, "--ignoreConfig", ...args], { cwd: WEB });
    for (const name of await readdir(folder, { recursive: true }))
      if (name.endsWith("index.d.ts")) await reexport(join(folder, name));
    return await rollUp(join(folder, `${module}.d.ts`), module);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Makes aliases of imported types re-exports, which keep their names and parameters.
 * @param {string} path of declarations
 */
async function reexport(path) {
  const text = await readFile(path, "utf8");
  const direct = text.replace(
    /export type (\w+)(?:<[^;]*>)? = import\("([^"]+)"\)\.(\w+)(?:<[^;]*>)?;/g,
    (_, alias, from, name) =>
      `export type { ${alias === name ? name : `${name} as ${alias}`} } from "${from}";`,
  );
  await writeFile(path, direct);
}

/** @param {string} index path of the declarations of a module @param {string} module */
async function rollUp(index, module) {
  const bundled = await rollup({ input: index, plugins: [dts()], external: /^[^./]/ });
  const { output } = await bundled.generate({ format: "es" });
  await bundled.close();
  const values = Object.keys(await import(`../src/${module}.js`));
  return `${BANNER}\n${typeOnlyExports(describedTypes(output[0].code, await typeDescriptions()), values)}`;
}

/**
 * Puts the descriptions of `@typedef` comments on the types; the compiler leaves them out.
 * @param {string} text declarations
 * @param {Map<string, string>} descriptions
 */
function describedTypes(text, descriptions) {
  const plain = text.replace(/ *\/\*\*(?:(?!\*\/)[\s\S])*?@(?:typedef|import)\b[\s\S]*?\*\/\n/g, "");
  return plain.replace(/^type (\w+) = /gm, (start, name) => {
    const description = descriptions.get(name);
    return description ? `/** ${description} */\n${start}` : start;
  });
}

/** Descriptions of the types that src/ defines in `@typedef` comments, by name. */
async function typeDescriptions() {
  /** @type {Map<string, string>} */
  const descriptions = new Map();
  const names = await readdir(join(WEB, "src"), { recursive: true });
  for (const file of names.filter((name) => name.endsWith(".js")).sort()) {
    const text = await readFile(join(WEB, "src", file), "utf8");
    for (const [comment] of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
      const lines = comment.replace(/^ *(\/\*\*| \*\/| \* ?)|\*\/$/gm, "");
      for (const part of lines.split("@typedef ").slice(1)) addDescription(part, descriptions);
    }
  }
  return descriptions;
}

/**
 * @param {string} typedef what follows the tag: a type in braces, a name, and perhaps a description
 * @param {Map<string, string>} descriptions
 */
function addDescription(typedef, descriptions) {
  const [, name, rest = ""] = /^\s*(\w+)([\s\S]*)/.exec(typedef.slice(closingBrace(typedef) + 1)) ?? [];
  const description = rest
    .split(/\n\s*(?:@|\n)/)[0]
    .replace(/\s+/g, " ")
    .trim();
  if (name && description) descriptions.set(name, description);
}

/** Index of the brace that closes the first one. @param {string} text */
function closingBrace(text) {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return i;
  }
  return -1;
}

/**
 * Classes that the module does not export at run time are exported as types only.
 * @param {string} text declarations
 * @param {readonly string[]} values names of the exports at run time
 */
function typeOnlyExports(text, values) {
  return text.replace(/^export \{ (.*) \};$/m, (_, list) => {
    const names = /** @type {string[]} */ (list.split(", "));
    const isValue = (/** @type {string} */ name) => values.includes(name.split(" as ").at(-1) ?? name);
    const [runtime, types] = [names.filter(isValue), names.filter((name) => !isValue(name))];
    const typeLine = types.length > 0 ? `\nexport type { ${types.join(", ")} };` : "";
    return `export { ${runtime.join(", ")} };${typeLine}`;
  });
}

/** The files of the client, which the others import. */
async function clientFiles() {
  return new Map([
    ["audio2face-client.js", await bundle("iife", GLOBAL_ENTRY)],
    ["dist/audio2face-client.min.js", await bundle("iife", GLOBAL_ENTRY, { minify: true })],
    ["dist/audio2face-client.mjs", await bundle("esm", MODULE_ENTRY)],
    ["dist/audio2face-client.cjs", await bundle("cjs", MODULE_ENTRY)],
    ["dist/audio2face-client.d.ts", await declarations("index")],
    ["dist/chunked-streaming-client.mjs", await bundle("esm", CHUNKED_ENTRY)],
    ["dist/network-worker.js", await bundle("iife", WORKER_ENTRY, { minify: true })],
    ["dist/chunked-streaming-client.d.ts", await declarations("chunked_streaming_client")],
  ]);
}

/** The files that import the client; its declarations must be in dist/. */
async function adapterFiles() {
  return new Map([
    ["dist/sources.mjs", await bundle("esm", SOURCES_ENTRY)],
    ["dist/sources.d.ts", await declarations("sources/index")],
    ["dist/react.mjs", await bundle("esm", REACT_ENTRY, { directive: USE_CLIENT })],
    ["dist/react.d.ts", await declarations("react/index")],
  ]);
}

/** Paths of files that are missing, out of date, or should not be there. @param {Map<string, string>} wanted */
async function staleFiles(wanted) {
  const stale = [];
  for (const [path, text] of wanted) {
    const present = await readFile(join(WEB, path), "utf8").catch(() => null);
    if (present !== text) stale.push(path);
  }
  const built = await readdir(join(WEB, "dist")).catch(() => []);
  return [...stale, ...built.map((name) => `dist/${name}`).filter((path) => !wanted.has(path))];
}

/** @param {Map<string, string>} wanted */
async function write(wanted) {
  for (const [path, text] of wanted) await writeFile(join(WEB, path), text);
}

if (process.argv.includes("--check")) {
  const stale = await staleFiles(new Map([...(await clientFiles()), ...(await adapterFiles())]));
  for (const path of stale) console.error(`${path} is out of date; run: npm run build`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  await rm(join(WEB, "dist"), { recursive: true, force: true });
  await mkdir(join(WEB, "dist"));
  await write(await clientFiles());
  await write(await adapterFiles());
}
