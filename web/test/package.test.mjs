// Tests the package as users get it: it installs offline, loads by import, require and <script src>, and has
// types.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { gzipSync } from "node:zlib";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
const USE = `import { Audio2FaceClient } from "audio2face-client";
const client: Audio2FaceClient = new Audio2FaceClient("http://localhost:8000", { intensity: 1.2 });
client.on("frame", ({ weights, time }) => console.log(weights[17].toFixed(2), time.toFixed(2)));
`;
/** A program written before names became literal types. */
const USE_STRINGS = `import { A2FError, Audio2FaceClient, BLENDSHAPES, type Utterance } from "audio2face-client";
const emotions: Record<string, number> = { joy: 0.5 };
const map: Record<string, string> = { jawOpen: "Mouth_Open" };
const name: string = "jawOpen";
const client = new Audio2FaceClient(null, { emotions });
client.initializeWithScene({}, { map });
void client.setExpression(emotions);
client.setEmotions({ [name]: 1 });
const names: readonly string[] = BLENDSHAPES;
const index: number = BLENDSHAPES.indexOf(name);
const found: boolean = client.binding?.found.includes(name) ?? BLENDSHAPES.includes(name);
const missing: string[] = client.binding?.missing ?? [];
client.on("error", (error: { code: string; message: string }) => console.error(error.code));
client.on("rank", ({ reason }) => reason.toUpperCase());
const utterance: Utterance = client.start({ sampleRate: 24000 });
throw new A2FError("my_own_code", String([names, index, found, missing, utterance.id]));
`;
const USE_LITERALS = `import { A2FError, Audio2FaceClient, BLENDSHAPES } from "audio2face-client";
import type { BlendshapeName, EmotionName, ErrorCode, ErrorReason, FallbackReason, Take } from "audio2face-client";
const client = new Audio2FaceClient();
const first: BlendshapeName | undefined = BLENDSHAPES[0];
const weights: Partial<Record<BlendshapeName, number>> = { jawOpen: 1, tongueOut: 0.2 };
const mix: Partial<Record<EmotionName, number>> = { joy: 0.4, outofbreath: 0.1 };
void client.setExpression(mix);
const wait: Partial<Record<ErrorReason, number>> = { full: 1, draining: 2, connections: 3, queue: 4, quota: 5 };
const token: Partial<Record<ErrorReason, string>> = { missing: "log in", expired: "renew", wrong: "log in again" };
client.on("error", ({ code, reason }) => {
  const known: ErrorCode = code;
  if (known === "busy" && reason) console.log(wait[reason]);
  if (known === "unauthorized" && reason) console.log(token[reason]);
});
client.on("rank", ({ reason }) => {
  const why: FallbackReason | ErrorCode = reason;
  if (why === "server busy") console.log(first, weights);
});
const last: Take | null = client.take;
const { code, reason }: { code: ErrorCode; reason: ErrorReason | undefined } = new A2FError("busy", "Full.");
console.log(last, code, reason);
`;
const USE_CHUNKED = `import { ChunkedStreamingClient, type SessionStatus } from "audio2face-client/chunked-streaming-client";
const client = new ChunkedStreamingClient("http://localhost:8000", { getToken: async () => "token" });
await client.initSession(new Blob(), { chunk_duration: 0.5, gaze_style: [0, 1] });
const { frames_generated } = await client.feedAudioChunk(new Int16Array(800), true);
const { status }: SessionStatus = await client.getStatus();
console.log(frames_generated.toFixed(), status === "complete", client.hlsUrl?.length);
`;
const USE_REACT = `import { TalkingAvatar, liveKit, openAIRealtime, useFace, useSource } from "audio2face-client/react";
import { createElement, type ReactElement } from "react";
export function App(): ReactElement {
  const face = useFace({ serverUrl: "http://localhost:8000", network: true, life: true });
  const call = useSource(face, openAIRealtime({ getCredentials: async () => "ek" }));
  const room = useSource(face, liveKit({ room: {} }));
  call.session?.send({ type: "response.create" });
  const name: string | undefined = room.session?.room.name;
  void face.client?.speak(name ?? face.rank);
  return createElement(TalkingAvatar, { url: "head.glb", face, position: [0, 0, 0] });
}
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

test("it can be imported", () => {
  const script = `import Client, { Audio2FaceClient, BLENDSHAPES, A2FError } from "audio2face-client";
    console.log(Client === Audio2FaceClient, BLENDSHAPES.length, new A2FError("a", "b").code);`;
  assert.equal(run(process.execPath, "--input-type=module", "-e", script), "true 52 a\n");
});

test("the client for chunked video can be imported, and is small", () => {
  const script = `import { A2FError, ChunkedStreamingClient } from "audio2face-client/chunked-streaming-client";
    const client = new ChunkedStreamingClient("http://x/face/");
    console.log(client.serverUrl, client.sessionId, new A2FError("a", "b").code);`;
  assert.equal(run(process.execPath, "--input-type=module", "-e", script), "http://x/face null a\n");
  assert.ok(readFileSync(join(WEB, "dist/chunked-streaming-client.mjs")).length < 12_000);
});

test("the network's code is small, and runs in a classic worker", () => {
  const script = readFileSync(join(WEB, "dist/network-worker.js"));
  assert.ok(gzipSync(script, { level: 9 }).length < 6_600);
  const said = [];
  const self = { postMessage: (message) => said.push(message.type) };
  vm.runInContext(
    script.toString(),
    vm.createContext({
      self,
      MessageChannel: class {
        port1 = {};
      },
      performance,
    }),
  );
  assert.deepEqual(said, ["hello"]);
});

test("it can be required", () => {
  const script = `const { Audio2FaceClient, default: Client } = require("audio2face-client");
    console.log(Client === Audio2FaceClient, new Audio2FaceClient("http://x").getDebugState().connection);`;
  assert.equal(run(process.execPath, "-e", script), "true idle\n");
});

for (const path of ["audio2face-client.js", "dist/audio2face-client.min.js"])
  test(`it defines a global in a classic script: ${path}`, () => {
    const context = vm.createContext({ console, TextEncoder, URL });
    vm.runInContext(readFileSync(join(WEB, path), "utf8"), context);
    const script =
      "[typeof Audio2FaceClient, Audio2FaceClient.BLENDSHAPES.length, typeof Audio2FaceClient.A2FError]";
    assert.deepEqual([...vm.runInContext(script, context)], ["function", 52, "function"]);
  });

test("a TypeScript program compiles against it", () => {
  writeFileSync(join(project, "use.mts"), USE);
  const { status, stdout } = compile();
  assert.equal(status, 0, stdout);
});

test("a TypeScript program compiles against the client for chunked video", () => {
  writeFileSync(join(project, "use.mts"), USE_CHUNKED);
  const { status, stdout } = compile();
  assert.equal(status, 0, stdout);
});

test("a wrong TypeScript program does not", () => {
  writeFileSync(join(project, "use.mts"), USE.replace("intensity: 1.2", 'intensity: "much"'));
  assert.notEqual(compile().status, 0);
});

test("TypeScript programs that hold names as strings still compile", () => {
  writeFileSync(join(project, "use.mts"), USE_STRINGS);
  const { status, stdout } = compile();
  assert.equal(status, 0, stdout);
});

test("names, emotions, error codes and reasons are literal types", () => {
  writeFileSync(join(project, "use.mts"), USE_LITERALS);
  const { status, stdout } = compile();
  assert.equal(status, 0, stdout);
});

for (const [what, wrong] of Object.entries({
  "a blendshape": 'const name: BlendshapeName = "jawWide";',
  "an emotion": "client.setExpression({ happiness: 1 });",
  "an error code": 'client.on("error", ({ code }) => code === "full");',
  "an error reason": 'client.on("error", ({ reason }) => reason === "busy");',
  "a class that is only a type": 'import { LiveSession } from "audio2face-client"; new LiveSession();',
}))
  test(`a TypeScript program that misspells ${what} does not compile`, () => {
    writeFileSync(join(project, "use.mts"), `${USE_LITERALS}\n${wrong}`);
    assert.notEqual(compile().status, 0);
  });

for (const [what, code, status] of [
  ["a TypeScript program compiles against the entry for React", USE_REACT, 0],
  ["one with a misspelt option does not", USE_REACT.replace("network: true", "netwrok: true"), 1],
  [
    "one that sends to a session without send() does not",
    USE_REACT.replace("room.session?.room", "room.session?.send"),
    1,
  ],
])
  test(what, () => {
    mkdirSync(join(project, "node_modules/@types"), { recursive: true });
    const types = join(project, "node_modules/@types/react");
    if (!existsSync(types)) symlinkSync(join(WEB, "node_modules/@types/react"), types);
    writeFileSync(join(project, "use.mts"), code);
    const { status: actual, stdout } = compile();
    assert.equal(actual, status, stdout);
  });

test("the entries for React and for voices are small, and import their packages only when they are needed", () => {
  const sizes = { react: 10_500, sources: 6_500 };
  for (const [name, most] of Object.entries(sizes)) {
    const text = readFileSync(join(WEB, `dist/${name}.mjs`), "utf8");
    assert.ok(gzipSync(text, { level: 9 }).length < most, name);
    const packages = new Set([...text.matchAll(/^import .* from "(.+)";$/gm)].map(([, each]) => each));
    assert.deepEqual(
      [...packages].sort(),
      name === "react" ? ["audio2face-client", "react"] : ["audio2face-client"],
    );
  }
  assert.match(readFileSync(join(WEB, "dist/react.mjs"), "utf8"), /^"use client";\n/);
});

test("the entry for voices can be imported where there is no React", () => {
  const script = `import { openAIRealtime } from "audio2face-client/sources"; console.log(typeof openAIRealtime({}));`;
  assert.equal(run(process.execPath, "--input-type=module", "-e", script), "function\n");
});

test("the package contains the listed files only", () => {
  const packed = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: WEB, encoding: "utf8" }),
  );
  const paths = packed[0].files.map(({ path }) => path).sort();
  assert.deepEqual(paths, [
    "LICENSE",
    "README.md",
    "audio2face-client.js",
    "dist/audio2face-client.cjs",
    "dist/audio2face-client.d.ts",
    "dist/audio2face-client.min.js",
    "dist/audio2face-client.mjs",
    "dist/chunked-streaming-client.d.ts",
    "dist/chunked-streaming-client.mjs",
    "dist/network-worker.js",
    "dist/react.d.ts",
    "dist/react.mjs",
    "dist/sources.d.ts",
    "dist/sources.mjs",
    "network/network.bin",
    "package.json",
  ]);
});

test("the built files are up to date", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs", "--check"], {
    cwd: WEB,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
});

test("the package has no runtime dependencies, and all peers are optional", () => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(WEB, "package.json"), "utf8"),
  );
  assert.equal(dependencies, undefined);
  const optional = Object.keys(peerDependenciesMeta).filter((name) => peerDependenciesMeta[name].optional);
  assert.deepEqual(optional, Object.keys(peerDependencies));
  assert.doesNotMatch(readFileSync(join(WEB, "dist/audio2face-client.mjs"), "utf8"), /^import /m);
});
