import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES } from "../src/arkit.js";
import { AzureSpeaker } from "../src/azure_speaker.js";
import { Audio2FaceClient } from "../src/client.js";
import { mesh, record, settle, World } from "./support/world.mjs";

/**
 * The parts of Microsoft's SDK that are used. The real SDK is tested in a browser
 * (tests/browser/test_azure.py).
 */
function fakeSdk() {
  const made = [];
  class SpeechSynthesizer {
    closed = false;
    constructor(config, audio) {
      assert.equal(audio, null, "the SDK must not play by itself");
      this.config = config;
      made.push(this);
    }
    speakTextAsync(text, done, failed) {
      this.asked = { text, done, failed };
    }
    speakSsmlAsync(ssml, done, failed) {
      this.asked = { ssml, done, failed };
    }
    close() {
      this.closed = true;
    }
    hears(seconds) {
      this.synthesizing(this, { result: { audioData: new Int16Array(seconds * 24000).fill(8000).buffer } });
    }
    completes() {
      this.asked.done({ reason: 1 });
    }
  }
  const SpeechConfig = {
    fromHost: (url) => ({ host: String(url) }),
    fromAuthorizationToken: (token, region) => ({ token, region }),
  };
  const names = {
    ResultReason: { SynthesizingAudioCompleted: 1, Canceled: 2 },
    SpeechSynthesisOutputFormat: { Raw24Khz16BitMonoPcm: "raw24" },
  };
  return { made, sdk: { SpeechSynthesizer, SpeechConfig, ...names } };
}

async function speaker(pass = { token: "t", region: "r", expires_in: 600 }) {
  const world = new World();
  const client = new Audio2FaceClient("http://server:8000", world.platform());
  const face = mesh(BLENDSHAPES);
  client.initializeWithScene(face);
  const { made, sdk } = fakeSdk();
  const passes = [];
  const getPass = async () => {
    passes.push(pass);
    return pass;
  };
  const azure = new AzureSpeaker(client, sdk, { getPass, voice: "en-US-AvaNeural" });
  return { world, client, face, azure, made, passes, log: record(client, "viseme", "word", "error") };
}

test("audio, visemes and words are passed to the client, with times in seconds", async () => {
  const { world, azure, made, log, client } = await speaker();
  const outcome = azure.speak("Hello");
  await settle();
  const [synthesizer] = made;
  assert.deepEqual(synthesizer.config, {
    token: "t",
    region: "r",
    speechSynthesisOutputFormat: "raw24",
    speechSynthesisVoiceName: "en-US-AvaNeural",
  });
  assert.equal(synthesizer.asked.text, "Hello");
  synthesizer.visemeReceived(synthesizer, { audioOffset: 500_000, visemeId: 2, animation: "" });
  synthesizer.wordBoundary(synthesizer, { audioOffset: 500_000, duration: 3_000_000, text: "Hello" });
  synthesizer.bookmarkReached(synthesizer, { audioOffset: 3_000_000, text: "wave" });
  const reached = [];
  client.on("bookmark", ({ time, name }) => reached.push([time, name]));
  synthesizer.hears(1);
  synthesizer.completes();
  await world.advance(900);
  assert.deepEqual(reached, [[0.3, "wave"]]);
  assert.equal(client.getDebugState().rank, "viseme", "no server: visemes move the mouth");
  await world.advance(1500);
  assert.deepEqual(
    log.filter(({ event }) => event !== "error").map(({ time, id, text }) => [time, id ?? text]),
    [
      [0.05, 2],
      [0.05, "Hello"],
    ],
  );
  assert.equal((await outcome).duration, 1);
});

test("a plain text reaches Azure without its Markdown, and nothing but emoji does not reach it", async () => {
  const { world, azure, made } = await speaker();
  const outcome = azure.speak("# Hello", { plain: true });
  await settle();
  assert.equal(made[0].asked.text, "Hello");
  made[0].hears(0.1);
  made[0].completes();
  await world.advance(1000);
  await outcome;
  assert.equal((await azure.speak("🎉", { plain: true })).duration, 0);
});

test("the connection is kept until its credentials expire", async () => {
  const { world, azure, made, passes } = await speaker({ host: "ws://127.0.0.1:5500", expires_in: 600 });
  for (let i = 0; i < 2; i++) {
    const outcome = azure.speak({ ssml: "<speak>Hi</speak>" });
    await settle();
    made[0].hears(0.1);
    made[0].completes();
    await world.advance(800);
    await outcome;
  }
  assert.equal(made[0].config.host, "ws://127.0.0.1:5500/");
  assert.equal(made[0].asked.ssml, "<speak>Hi</speak>");
  assert.deepEqual([made.length, passes.length], [1, 1]);
});

test("cancel ends the synthesis, and the next text gets a new connection", async () => {
  const { world, azure, made, client } = await speaker();
  const outcome = azure.speak("Hello");
  await settle();
  made[0].hears(3);
  await world.advance(500);
  client.cancel();
  assert.equal((await outcome).cancelled, true);
  assert.ok(made[0].closed);
  made[0].hears(1);
  const next = azure.speak("Next");
  await settle();
  made[1].hears(0.1);
  made[1].completes();
  await world.advance(1000);
  assert.equal((await next).duration, 0.1);
});

test("the outcome of an interruption has what was heard, and Azure's late events are ignored", async () => {
  const { world, client, azure, made, log } = await speaker();
  const outcome = azure.speak("Hello big world");
  await settle();
  const [synthesizer] = made;
  const word = (offset, text) =>
    synthesizer.wordBoundary(synthesizer, { audioOffset: offset * 1e7, duration: 3_000_000, text });
  ["Hello", "big", "world"].forEach((text, i) => {
    word(i * 0.4, text);
  });
  synthesizer.hears(2);
  await world.advance(900);
  client.cancel();
  const { heard, word: last, cancelled } = await outcome;
  assert.ok(cancelled && heard > 0.4 && heard < 0.8, `${heard}`);
  assert.equal(last.text, "big");
  const events = log.length;
  synthesizer.hears(1);
  synthesizer.visemeReceived(synthesizer, { audioOffset: 0, visemeId: 2 });
  word(1.2, "late");
  synthesizer.completes();
  await world.advance(500);
  assert.equal(log.length, events);
});

test("a refusal by Azure rejects, without the address in the message", async () => {
  const { azure, made } = await speaker();
  const outcome = azure.speak("Hello");
  await settle();
  const errorDetails = "401 from wss://r.tts.example.com/v1?Authorization=secret";
  made[0].asked.done({ reason: 2, errorDetails });
  await assert.rejects(outcome, (error) => {
    assert.equal(error.code, "tts_failed");
    assert.ok(error.message.includes("401"));
    assert.ok(!error.message.includes("secret"));
    return true;
  });
});

test("a failed text does not block the next one", async () => {
  const { world, azure, made } = await speaker();
  const first = azure.speak("One");
  const second = azure.speak("Two");
  await settle();
  made[0].asked.failed("no network");
  await assert.rejects(first, { code: "tts_failed" });
  await settle();
  made[1].hears(0.1);
  made[1].completes();
  await world.advance(1000);
  assert.equal((await second).duration, 0.1);
});

for (const [pass, words] of [
  [{}, /\{ token, region \}/],
  [undefined, /\{ token, region \}/],
  [{ type: "error", code: "unauthorized", message: "a key is needed" }, /a key is needed/],
  [{ host: "127.0.0.1:5500" }, /ws:\/\/host:port/],
]) {
  test(`invalid credentials are reported: ${JSON.stringify(pass)}`, async () => {
    const { azure } = await speaker(pass ?? null);
    await assert.rejects(azure.speak("Hello"), { code: "tts_failed", message: words });
  });
}

test("a failure to get credentials is reported", async () => {
  const { client } = await speaker();
  const getPass = () => Promise.reject(new Error("no network"));
  const azure = new AzureSpeaker(client, fakeSdk().sdk, { getPass });
  await assert.rejects(azure.speak("Hello"), { code: "tts_failed", message: /no network/ });
});

test("a host may require a token, too", async () => {
  const { azure, made } = await speaker({ host: "ws://h:1", token: "t" });
  void azure.speak("Hello").catch(() => {});
  await settle();
  assert.equal(made[0].config.authorizationToken, "t");
});

test("cancel drops waiting texts, including one that waits for credentials", async () => {
  const { azure, made, client } = await speaker();
  const first = azure.speak("One");
  client.cancel();
  assert.deepEqual([(await first).cancelled, (await first).utterance], [true, 0]);
  const both = [azure.speak("Two"), azure.speak("Three")];
  await settle();
  client.cancel();
  assert.ok((await Promise.all(both)).every(({ cancelled }) => cancelled));
  assert.equal(made.length, 1, "Three was never begun");
});

test("an unresponsive Azure is abandoned", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { azure, made } = await speaker();
  const outcome = azure.speak("Hello");
  await settle();
  t.mock.timers.tick(9000);
  made[0].visemeReceived(made[0], { audioOffset: 0, visemeId: 0 });
  t.mock.timers.tick(9000);
  await settle();
  assert.ok(!made[0].closed, "a sign of life counts");
  t.mock.timers.tick(1001);
  await assert.rejects(outcome, { code: "tts_failed", message: /ten seconds/ });
  assert.ok(made[0].closed);
});

test("missing arguments are reported", () => {
  assert.throws(() => new AzureSpeaker({}, {}, { getPass: () => ({}) }), { code: "bad_argument" });
  assert.throws(() => new AzureSpeaker({}, fakeSdk().sdk, {}), { code: "bad_argument" });
});
