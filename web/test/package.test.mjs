// What users get: the package installs offline, loads by import, require and <script src>, and has types.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
const USE = `import { Audio2FaceClient } from "audio2face-client";
const client: Audio2FaceClient = new Audio2FaceClient("http://localhost:8000", { intensity: 1.2 });
client.on("frame", ({ weights, time }) => console.log(weights[17].toFixed(2), time.toFixed(2)));
`;
const project = mkdtempSync(join(tmpdir(), "a2f-package-"));
const run = (command, ...args) => execFileSync(command, args, { cwd: project, encoding: "utf8" });
const compile = () =>
  spawnSync(
    process.execPath,
    [
      join(WEB, "node_modules/typescript/bin/tsc"),
      ..."--noEmit --strict --module nodenext --target es2022 --lib es2023,dom use.mts".split(" "),
    ],
    { cwd: project, encoding: "utf8" },
  );

before(() => {
  execFileSync("npm", ["pack", "--silent", "--pack-destination", project], { cwd: WEB });
  writeFileSync(join(project, "package.json"), '{ "private": true }');
  const { version } = JSON.parse(readFileSync(join(WEB, "package.json"), "utf8"));
  run("npm", "install", "--offline", "--no-audit", "--no-fund", `./audio2face-client-${version}.tgz`);
});

after(() => rmSync(project, { recursive: true, force: true }));

test("it is there by import", () => {
  const script = `import Client, { Audio2FaceClient, BLENDSHAPES, A2FError } from "audio2face-client";
    console.log(Client === Audio2FaceClient, BLENDSHAPES.length, new A2FError("a", "b").code);`;
  assert.equal(run(process.execPath, "--input-type=module", "-e", script), "true 52 a\n");
});

test("it is there by require", () => {
  const script = `const { Audio2FaceClient, default: Client } = require("audio2face-client");
    console.log(Client === Audio2FaceClient, new Audio2FaceClient("http://x").getDebugState().connection);`;
  assert.equal(run(process.execPath, "-e", script), "true idle\n");
});

test("it is there as a global after a classic script", () => {
  const context = vm.createContext({ console, TextEncoder, URL });
  vm.runInContext(readFileSync(join(WEB, "audio2face-client.js"), "utf8"), context);
  const script =
    "[typeof Audio2FaceClient, Audio2FaceClient.BLENDSHAPES.length, typeof Audio2FaceClient.A2FError]";
  assert.deepEqual([...vm.runInContext(script, context)], ["function", 52, "function"]);
});

test("a TypeScript program compiles against it", () => {
  writeFileSync(join(project, "use.mts"), USE);
  const { status, stdout } = compile();
  assert.equal(status, 0, stdout);
});

test("a wrong TypeScript program does not", () => {
  writeFileSync(join(project, "use.mts"), USE.replace("intensity: 1.2", 'intensity: "much"'));
  assert.notEqual(compile().status, 0);
});

test("the built files are those of the sources", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs", "--check"], {
    cwd: WEB,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
});

test("nothing is left to be fetched at run time", () => {
  const { dependencies } = JSON.parse(readFileSync(join(WEB, "package.json"), "utf8"));
  assert.equal(dependencies, undefined);
  assert.doesNotMatch(readFileSync(join(WEB, "audio2face-client.mjs"), "utf8"), /^import /m);
});
