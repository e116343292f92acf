import assert from "node:assert/strict";
import { createServer } from "node:http";
import { afterEach, test } from "node:test";
import { BLENDSHAPES } from "../../src/arkit.js";
import { act, mountHook, unmountAll } from "../support/react.mjs";
import { gltf, mountScene } from "../support/scene.mjs";
import { frameMessage, settle, World } from "../support/world.mjs";

const { TalkingAvatar, useFace } = await import("../../src/react/index.js");
const { loadThree } = await import("../../src/react/three_modules.js");
await loadThree();

afterEach(unmountAll);

/** Mounts a face, and an avatar that `load` provides. */
async function avatarIn({ options, load, scene: sceneOptions, ...props } = {}) {
  const world = new World();
  const given = { serverUrl: "http://server", ...world.platform(), ...options };
  const held = await mountHook(useFace, given);
  const loads = [];
  const loadFile = async (url) => {
    loads.push(url);
    return load ? load(url) : gltf(BLENDSHAPES);
  };
  const errors = [];
  const own = {
    url: "a.glb",
    load: load === null ? undefined : loadFile,
    onError: (error) => errors.push(error),
    ...props,
  };
  const scene = await mountScene(TalkingAvatar, { ...own, face: held.result }, sceneOptions);
  await act(settle);
  const change = async (changed) => {
    await scene.render({ ...own, face: held.result, ...changed });
    await act(settle);
  };
  return { world, held, scene, loads, errors, change };
}

/** Sends a second of frames, and shows the middle. */
async function speak({ world, held, scene }) {
  await act(async () => {
    held.result.client.start({ sampleRate: 16000 }).write(new Int16Array(16000).fill(9000));
    await settle();
    world.socket.welcome();
    world.socket.say(frameMessage(world.socket.started(), 0, new Array(30).fill(0.6)));
    for (let i = 0; i < 30; i++) {
      await world.advance(16);
      scene.state().advance(world.time);
    }
  });
}

test("an avatar is loaded once, in StrictMode too, and its mouth moves before a frame is drawn", async () => {
  const avatar = gltf(BLENDSHAPES);
  const given = await avatarIn({ load: () => avatar });
  assert.deepEqual(given.loads, ["a.glb"]);
  assert.equal(given.scene.state().scene.children[0], avatar.scene);
  await speak(given);
  assert.ok(Math.abs(avatar.value("mouthFunnel") - 0.6) < 1e-3, `${avatar.value("mouthFunnel")}`);
  assert.equal(given.world.pendingFrames, 0, "the client has no loop of its own");
});

test("other props go to the object; the app is told when it is there", async () => {
  const [avatar, loaded] = [gltf(BLENDSHAPES), []];
  await avatarIn({ load: () => avatar, position: [1, 2, 3], onLoad: (each) => loaded.push(each) });
  assert.deepEqual(avatar.scene.position.toArray(), [1, 2, 3]);
  assert.ok(loaded.every((each) => each === avatar));
  assert.ok(loaded.length > 0);
});

test("another address is another avatar; the first one is shown until then, and freed", async () => {
  const avatars = { "a.glb": gltf(BLENDSHAPES), "b.glb": gltf(BLENDSHAPES) };
  let release;
  const load = (url) => (url === "a.glb" ? avatars[url] : new Promise((resolve) => (release = resolve)));
  const given = await avatarIn({ load });
  await given.change({ url: "b.glb" });
  assert.equal(given.scene.state().scene.children[0], avatars["a.glb"].scene);
  assert.equal(avatars["a.glb"].freed.count, 0);
  await act(async () => release(avatars["b.glb"]));
  await act(settle);
  assert.equal(given.scene.state().scene.children[0], avatars["b.glb"].scene);
  assert.equal(avatars["a.glb"].freed.count, 3);
  assert.equal(given.held.result.client.binding.found.length, 52);
});

test("other props do not load again, nor bind again", async () => {
  const bound = [];
  const given = await avatarIn({ map: { jawOpen: "jawOpen" } });
  given.held.result.client.on("bound", (report) => bound.push(report));
  await given.change({
    map: { jawOpen: "jawOpen" },
    position: [0, 1, 0],
    onLoad() {},
    load: async () => null,
  });
  assert.deepEqual([given.loads.length, bound.length], [1, 0]);
});

test("unmounting frees the avatar, in mid-sentence too; the sound goes on with the client's own loop", async () => {
  const avatar = gltf(BLENDSHAPES);
  const given = await avatarIn({ load: () => avatar });
  await speak(given);
  await given.scene.unmount();
  assert.equal(avatar.freed.count, 3);
  assert.equal(avatar.value("mouthFunnel"), 0);
  assert.equal(given.held.result.client.binding.found.length, 0);
  assert.equal(given.world.pendingFrames, 1);
  assert.equal(given.held.result.speaking, true);
});

test("an avatar that is loaded too late is freed", async () => {
  const avatar = gltf(BLENDSHAPES);
  let release;
  const load = () => new Promise((resolve) => (release = resolve));
  const given = await avatarIn({ load });
  await given.scene.unmount();
  await act(async () => release(avatar));
  await act(settle);
  assert.equal(avatar.freed.count, 3);
});

test("the eyes look at the camera of the scene, unless the app names another", async () => {
  const given = await avatarIn({ options: { life: true } });
  const configured = [];
  const { client } = given.held.result;
  client.configure = (changes) => configured.push(changes);
  const { camera } = given.scene.state();
  await given.change({ eyeContact: false });
  await given.change({ eyeContact: true });
  assert.deepEqual(configured, [{ life: true }, { life: { camera } }]);
});

test("a VRM is bound as one, and updated after the face", async () => {
  const avatar = gltf(BLENDSHAPES);
  const updates = [];
  const humanoid = { getNormalizedBoneNode: () => null };
  const vrm = { scene: avatar.scene, humanoid, update: (delta) => updates.push(delta) };
  const given = await avatarIn({ load: () => ({ scene: avatar.scene, userData: { vrm } }) });
  await given.scene.tick(1000);
  assert.ok(updates.length > 0);
});

test("a canvas that draws on demand is drawn while the face moves, and not otherwise", async (t) => {
  const pending = [];
  const before = [globalThis.requestAnimationFrame, globalThis.cancelAnimationFrame];
  globalThis.requestAnimationFrame = (callback) => pending.push(callback);
  globalThis.cancelAnimationFrame = () => pending.splice(0);
  t.after(() => ([globalThis.requestAnimationFrame, globalThis.cancelAnimationFrame] = before));
  const given = await avatarIn({ scene: { frameloop: "demand" } });
  const frames = async (count) => {
    for (let i = 0; i < count; i++)
      await act(async () => {
        await given.world.advance(16);
        for (const callback of pending.splice(0)) callback(given.world.time);
      });
  };
  await frames(5);
  const still = given.scene.drawn.count;
  await frames(5);
  assert.equal(given.scene.drawn.count, still);
  await act(async () => {
    given.held.result.client.start({ sampleRate: 16000 }).write(new Int16Array(16000).fill(9000));
    await settle();
    given.world.socket.welcome();
    given.world.socket.say(frameMessage(given.world.socket.started(), 0, new Array(30).fill(0.6)));
  });
  await frames(10);
  assert.ok(given.scene.drawn.count > still);
});

test("an address that answers 404 is an error that names it", async (t) => {
  const server = createServer((_, response) => response.writeHead(404).end());
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  globalThis.ProgressEvent ??= class extends Event {};
  const url = `http://127.0.0.1:${server.address().port}/missing.glb`;
  const { errors } = await avatarIn({ url, load: null });
  while (errors.length === 0) await act(() => new Promise((resolve) => setImmediate(resolve)));
  const [error] = errors;
  assert.equal(error.code, "bad_avatar");
  assert.match(error.message, /missing\.glb cannot be loaded .*404.*Check url/);
});

for (const [what, loaded, message] of [
  ["something else than an avatar", "<!doctype html>", /it is no glTF, VRM or object of Three\.js/],
  ["an avatar that cannot move", gltf(["Smile_very_much"]), /cannot move\. .*unknown|not known/],
])
  test(`${what} is an error that says so`, async () => {
    const { errors } = await avatarIn({ load: () => loaded });
    assert.equal(errors[0].code, "bad_avatar");
    assert.match(errors[0].message, message);
  });

test("a package that is missing is an error that says what to install", async () => {
  const { loadThree: load } = await import("../../src/react/three_modules.js?missing");
  const missing = () => Promise.reject(new Error("Cannot find package 'three'"));
  await assert.rejects(load(missing), {
    code: "not_installed",
    message: /npm install three @react-three\/fiber \(Cannot find package 'three'\)/,
  });
  assert.ok(await load(), "it is tried again");
});
