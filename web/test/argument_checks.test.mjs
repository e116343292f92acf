// Every public method says what is wrong with an argument, and names it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AzureSpeaker, followAzure } from "../src/azure_speaker.js";
import { Audio2FaceClient } from "../src/client.js";
import { bakeTake } from "../src/recording/bake.js";
import { record, settle, World } from "./support/world.mjs";

const RATE = 16000;
const make = (options = {}) =>
  new Audio2FaceClient("http://server", { ...new World().platform(), ...options });
const stream = (client = make()) => client.start({ sampleRate: RATE });
const tone = (seconds) => new Int16Array(seconds * RATE).fill(8000);

/** Runs something and returns what it wrote to the console. */
function warnings(action) {
  const { warn } = console;
  const log = [];
  console.warn = (words) => log.push(words);
  try {
    action();
  } finally {
    console.warn = warn;
  }
  return log;
}

const AZURE_SDK = { SpeechSynthesizer: class {} };
const getPass = () => ({});

for (const [what, action, named] of [
  ["an id of Oculus", () => stream().addViseme(0.1, "aa"), /^id is "aa"/],
  ["an id as text", () => stream().addViseme(0.1, "2"), /^id is "2"/],
  ["the id 22", () => stream().addViseme(0.1, 22), /^id is 22/],
  ["the id -1", () => stream().addViseme(0.1, -1), /^id is -1/],
  ["the id 2.5", () => stream().addViseme(0.1, 2.5), /^id is 2.5/],
  ["the id NaN", () => stream().addViseme(0.1, Number.NaN), /^id is NaN/],
  ["no id", () => stream().addViseme(0.1), /^id is undefined/],
  [
    "a scheme that is none",
    () => stream().addViseme(0.1, "aa", "sapi"),
    /^scheme is "sapi"; give one of azure,/,
  ],
  [
    "an id that the scheme has not",
    () => stream().addViseme(0.1, "aa", "polly"),
    /^id is "aa"; the scheme polly/,
  ],
  ["an event object", () => stream().addViseme({ time: 0, id: 2 }, 2), /^time is an object/],
  ["a negative time", () => stream().addViseme(-1, 2), /^time is -1/],
  ["an infinite time", () => stream().addViseme(Infinity, 2), /^time is Infinity/],
  ["a time as text", () => stream().addViseme("0.1", 2), /^time is "0.1"/],
  ["ticks", () => stream().addViseme(5e6, 2), /^time is 5000000, later than any sound/],
  ["milliseconds", () => stream().addViseme(1500, 2), /^time is 1500, later/],
  ["a word at NaN", () => stream().addWord(Number.NaN, 0.2, "x"), /^time is NaN/],
  ["a word of NaN seconds", () => stream().addWord(0, Number.NaN, "x"), /^duration is NaN/],
  ["a word in ticks", () => stream().addWord(1e6, 1e6, "x"), /^time is 1000000, later/],
  ["a word without a text", () => stream().addWord(0, 0.2), /^text is missing/],
  ["a word that is a number", () => stream().addWord(0, 0.2, 5), /^text is 5/],
  ["samples in a plain array", () => stream().write([0, 1]), /^write\(\) takes/],
  ["nothing to write", () => stream().write(), /^write\(\) takes/],
  ["a rate as options", () => make().start(RATE), /^The options of start\(\) are 16000/],
  ["a rate as text", () => make().start({ sampleRate: "16000" }), /^sampleRate is 16000/],
  ["channels as text", () => make().start({ sampleRate: RATE, channels: "2" }), /^channels is 2/],
  ["settings as a list", () => make().configure([]), /^configure\(\) needs an object/],
  ["no settings", () => make().configure(), /^configure\(\) needs an object/],
  ["an intensity as text", () => make().setIntensity("1"), /^intensity must be/],
  ["an intensity of NaN", () => make().setIntensity(Number.NaN), /^intensity must be/],
  ["a smoothing of 5", () => make().configure({ smoothing: 5 }), /^smoothing must be/],
  ["a patience of NaN", () => make().configure({ patience: Number.NaN }), /^patience must be/],
  ["a life of a word", () => make().configure({ life: "yes" }), /^life must be/],
  ["an audioContext of a word", () => make().configure({ audioContext: {} }), /^audioContext must be/],
  ["an unknown emotion", () => make().setEmotions({ happy: 1 }), /^emotions must be.*joy/],
  ["an emotion beyond 1", () => make().setEmotions({ joy: 2 }), /^emotions must be/],
  ["emotions as a list", () => make().setEmotions([1]), /^emotions must be/],
  ["options of a word", () => new Audio2FaceClient("http://server", "fast"), /^The options of Audio2Face/],
  ["a callback that is none", () => make().on("frame", 5), /needs a function/],
  ["a scene that is none", () => make().initializeWithScene(5), /^initializeWithScene\(\) needs/],
  ["a map of a list", () => make().initializeWithScene({}, { map: [] }), /^map must be/],
  [
    "options that are a list",
    () => make().initializeWithScene({}, []),
    /^The options of initializeWithScene/,
  ],
  ["a stream that is none", () => make().listen({}), /^listen\(\) needs/],
  ["a take that is none", () => bakeTake({}, new ArrayBuffer(0)), /^bakeTake\(\) needs a take/],
  ["a speaker without a client", () => new AzureSpeaker(null, AZURE_SDK, { getPass }), /needs an Audio2Face/],
  ["a speaker without options", () => new AzureSpeaker(make(), AZURE_SDK), /needs getPass/],
  ["a voice of 5", () => new AzureSpeaker(make(), AZURE_SDK, { getPass, voice: 5 }), /^voice is 5/],
  ["no synthesizer", () => followAzure(null, stream()), /^followAzure\(\) needs/],
  ["no utterance", () => followAzure({}, {}), /^followAzure\(\) needs an utterance/],
]) {
  test(`${what} is refused, in words`, () =>
    assert.throws(action, { name: "A2FError", code: "bad_argument", message: named }));
}

for (const [what, action, named] of [
  ["speak with a number", () => make().speak(5), /it was given 5/],
  ["speak with a list", () => make().speak(["Hi"]), /it was given an array/],
  ["speak with a voice of 5", () => make().speak("Hi", { voice: 5 }), /^voice is 5/],
  ["a mood as text", () => make().setExpression("joy"), /^setExpression\(\) needs/],
  ["a mood as a list", () => make().setExpression([]), /^setExpression\(\) needs/],
  ["a mood beyond 1", () => make().setExpression({ joy: Number.NaN }), /^setExpression\(\) needs/],
  [
    "replay of an object",
    () => make().replay({ complete: true }, new World().element()),
    /^replay\(\) needs/,
  ],
  ["samples as a file", () => make().processAndAnimate(tone(1), new World().element()), /^processAndAnimate/],
  ["Azure with nothing", () => new AzureSpeaker(make(), AZURE_SDK, { getPass }).speak(), /^speak\(\) needs/],
]) {
  test(`${what} rejects, in words`, () =>
    assert.rejects(action, { name: "A2FError", code: "bad_argument", message: named }));
}

for (const [what, action, words] of [
  ["an option of the client", () => make({ tokenn: "x" }), /no option "tokenn"/],
  ["a misspelt option", () => make({ autoupdate: false }), /did you mean "autoUpdate"\?/],
  ["a misspelt setting", () => make().configure({ apitoken: "x" }), /did you mean "apiToken"\?/],
  ["an option of start", () => make().start({ sampleRate: RATE, chanels: 2 }), /did you mean "channels"\?/],
  ["an option of initializeWithScene", () => make().initializeWithScene({}, { maps: {} }), /mean "map"\?/],
  ["an event", () => make().on("frames", () => {}), /no event "frames"; did you mean "frame"\?/],
  ["an intensity of 5", () => make({ intensity: 5 }), /intensity is 5, .* 2 is used/],
  ["an intensity of 0", () => make().setIntensity(0), /intensity is 0, .* 0\.1 is used/],
]) {
  test(`${what} is warned of`, () => {
    const log = warnings(action);
    assert.equal(log.length, 1);
    assert.match(log[0], words);
  });
}

test("what is right causes no warning", () => {
  const options = { intensity: 2, life: true, getToken: null, seed: 3 };
  assert.deepEqual(
    warnings(() =>
      make(options)
        .configure(options)
        .on("audio", () => {}),
    ),
    [],
  );
});

test("a clamped intensity is an event too", () => {
  const client = make();
  const errors = record(client, "error");
  warnings(() => client.setIntensity(5));
  assert.deepEqual([errors.length, errors[0].code], [1, "bad_argument"]);
});

/** Plays a second of sound with visemes; returns the source that was used most, and the errors. */
async function spoken(visemes, { early = true } = {}) {
  const world = new World();
  const client = new Audio2FaceClient("http://server", { ...world.platform(), patience: 0 });
  const errors = record(client, "error");
  const utterance = client.start({ sampleRate: RATE });
  await settle();
  world.socket.welcome();
  const add = () => {
    for (const [time, id] of visemes)
      try {
        utterance.addViseme(time, id);
      } catch {
        return;
      }
  };
  if (early) add();
  utterance.write(tone(1));
  if (!early) add();
  utterance.end();
  await world.advance(2000);
  return { rank: (await utterance.done).rank, errors: errors.map(({ code }) => code) };
}

test("visemes in seconds move the mouth", async () => {
  const visemes = [
    [0, 0],
    [0.1, 2],
    [0.5, 21],
    [0.7, 6],
    [1.1, 0],
  ];
  assert.deepEqual(await spoken(visemes), { rank: "viseme", errors: [] });
});

for (const [unit, factor] of [
  ["ticks", 1e7],
  ["milliseconds", 1e3],
]) {
  for (const early of [true, false]) {
    const when = early ? "before" : "after";
    test(`visemes in ${unit}, added ${when} the audio, leave the mouth to loudness, with a word`, async () => {
      const visemes = [0, 0.1, 0.3, 0.5, 0.9].map((time, i) => [time * factor, i === 0 ? 0 : 2]);
      assert.deepEqual(await spoken(visemes, { early }), { rank: "loudness", errors: ["bad_argument"] });
    });
  }
}
