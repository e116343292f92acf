import assert from "node:assert/strict";
import { test } from "node:test";
import { connected } from "../support/streaming.mjs";
import { settle } from "../support/world.mjs";

const JAW = 17;
const frames = (count, value = 0.8) => new Array(count).fill(new Array(52).fill(value));
const speech = (utterance, more) => ({ utterance, ...more });
const framesOf = (utterance, count = 60, first = 0) =>
  speech(utterance, { type: "face.frames", first, fps: 30, weights: frames(count) });

/** A client whose bot speaks for two seconds; frames come before the sound. */
async function relayed() {
  const parts = await connected();
  const ends = [];
  parts.client.on("end", (outcome) => ends.push(outcome));
  parts.client.receive(framesOf(1));
  parts.client.receive({ type: "face.end", utterance: 1, duration: 2 });
  return { ...parts, ends, jaw: () => parts.client.weights[JAW] };
}

test("the face moves from when the sound begins until it ends, without a connection", async () => {
  const { world, client, jaw, ends } = await relayed();
  await world.advance(500);
  assert.equal(jaw(), 0, "the sound has not begun");
  client.receive({ type: "face.playing", utterance: 1, from: 0, to: 2 });
  await world.advance(500);
  assert.ok(jaw() > 0.75, `${jaw()}`);
  assert.equal(client.getDebugState().rank, "server");
  await world.advance(2000);
  assert.equal(jaw(), 0);
  assert.deepEqual([ends[0].heard, ends[0].frames, ends[0].cancelled], [2, 60, false]);
  assert.equal(world.sockets.length, 0);
});

test("it waits where a piece of the sound ends, until the next one begins", async () => {
  const { world, client } = await relayed();
  client.receive({ type: "face.playing", utterance: 1, from: 0, to: 0.5 });
  await world.advance(1500);
  const { time } = client.getDebugState();
  assert.ok(Math.abs(time - 0.5) < 0.02, `${time}`);
  client.receive({ type: "face.playing", utterance: 1, from: 0.5, to: 2 });
  await world.advance(500);
  assert.ok(Math.abs(client.getDebugState().time - 1) < 0.03);
});

test("a pause of the sound stops the face where it is", async () => {
  const { world, client, ends } = await relayed();
  client.receive({ type: "face.playing", utterance: 1 });
  await world.advance(500);
  client.receive({ type: "face.paused", utterance: 1 });
  await world.advance(3000);
  assert.equal(ends.length, 0);
  client.receive({ type: "face.playing", utterance: 1 });
  await world.advance(1000);
  assert.ok(Math.abs(client.getDebugState().time - 1.5) < 0.04, `${client.getDebugState().time}`);
});

test("an interruption drops everything, and the next speech starts anew", async () => {
  const { world, client, ends, jaw } = await relayed();
  client.receive({ type: "face.playing", utterance: 1, from: 0, to: 2 });
  client.receive(framesOf(2));
  await world.advance(500);
  client.receive({ type: "face.cancel" });
  await world.advance(300);
  assert.equal(jaw(), 0);
  assert.deepEqual(
    ends.map(({ cancelled }) => cancelled),
    [true, true],
  );
  client.receive(framesOf(3));
  client.receive({ type: "face.playing", utterance: 3, from: 0, to: 2 });
  await world.advance(300);
  assert.ok(jaw() > 0.5);
});

test("sentences follow one another; one whose end was lost gives way to the next", async () => {
  const { world, client, ends } = await relayed();
  client.receive({ type: "face.playing", utterance: 1, from: 0, to: 2 });
  client.receive(framesOf(2));
  await world.advance(2100);
  client.receive({ type: "face.playing", utterance: 2, from: 0, to: 2 });
  await world.advance(500);
  client.receive(framesOf(3));
  await settle();
  assert.deepEqual(
    ends.map(({ heard, cancelled }) => [Math.round(heard * 10) / 10, cancelled]),
    [
      [2, false],
      [0.5, true],
    ],
  );
});

test("late messages of speech that is over change nothing", async () => {
  const { world, client, ends } = await relayed();
  client.receive({ type: "face.playing", utterance: 1, from: 0, to: 2 });
  await world.advance(200);
  client.receive({ type: "face.cancel" });
  await settle();
  client.receive({ type: "face.playing", utterance: 1 });
  client.receive(framesOf(1, 5, 60));
  await world.advance(300);
  assert.equal(client.getDebugState().speaking, false);
  assert.equal(ends.length, 1);
  client.start({ sampleRate: 16000 }).end();
});

test("other messages are not taken, and broken ones are refused", async () => {
  const { client } = await relayed();
  for (const other of [null, "hello", 3, [], { type: "chat" }, {}])
    assert.equal(client.receive(other), false);
  for (const broken of [
    { weights: [[1, 2]] },
    { weights: "x" },
    { weights: [null] },
    { fps: 0 },
    { utterance: null },
    { first: -1 },
  ])
    assert.throws(() => client.receive({ ...framesOf(7), ...broken }), { code: "bad_argument" });
  assert.throws(() => client.receive({ type: "face.end", utterance: 1, duration: "2" }), {
    code: "bad_argument",
  });
  for (const late of ["face.end", "face.paused"])
    assert.equal(client.receive({ type: late, utterance: 9 }), true);
});
