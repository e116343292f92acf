import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES, shapeIndex } from "../../src/arkit.js";
import { Audio2FaceClient } from "../../src/client.js";
import { ExpressionLayer } from "../../src/face_mixing/expression_layer.js";
import { parseExpressionTable } from "../../src/face_mixing/expression_table.js";
import { FaceAnimator } from "../../src/face_mixing/face_animator.js";
import { mesh, record, settle, TICK, World } from "../support/world.mjs";

/** Response of a server. */
const SAID = {
  emotions: ["joy", "fear"],
  shapes: { joy: { mouthSmileLeft: 0.6, mouthSmileRight: 0.6 }, fear: { browInnerUp: 0.8, jawOpen: 0.5 } },
  opens: ["jawOpen", "mouthFunnel"],
  aperture: { jawOpen: 1, mouthClose: -1 },
  parted: 0.1,
};
const SMILE = shapeIndex("mouthSmileLeft");
const JAW = shapeIndex("jawOpen");
const CLOSE = shapeIndex("mouthClose");

/** Returns a client, its mesh, and a server that provides expressions. */
function asking(answer = () => Response.json(SAID)) {
  const world = new World();
  world.answer = answer;
  const client = new Audio2FaceClient("http://server:8000", world.platform());
  const face = mesh(BLENDSHAPES);
  client.initializeWithScene(face);
  return { world, client, face, errors: record(client, "error") };
}

test("an expression is blended in over 250 ms, shown while idle, and removed", async () => {
  const { world, client, face } = asking();
  assert.equal(await client.setExpression({ joy: 0.5 }), true);
  await world.advance(125);
  assert.ok(Math.abs(face.value("mouthSmileLeft") - 0.15) < 0.03, `${face.value("mouthSmileLeft")}`);
  await world.advance(400);
  assert.ok(Math.abs(face.value("mouthSmileLeft") - 0.3) < 1e-6);
  assert.ok(Math.abs(client.weights[SMILE] - 0.3) < 1e-6);
  assert.equal(await client.setExpression(null), false);
  await world.advance(300);
  assert.equal(face.value("mouthSmileLeft"), 0);
  assert.equal(world.pendingFrames, 0, "nothing is drawn for nothing");
});

test("the table is requested once per server, on first use", async () => {
  const { world, client } = asking();
  await settle();
  assert.equal(world.requests.length, 0);
  await Promise.all([client.setExpression({ joy: 0.1 }), client.setExpression({ joy: 0.2 })]);
  await client.setExpression({ fear: 1 });
  assert.deepEqual(
    world.requests.map(({ url }) => url),
    ["http://server:8000/v1/expressions"],
  );
  client.configure({ serverUrl: "http://other:8000" });
  await client.setExpression({ fear: 1 });
  assert.equal(world.requests.length, 2);
});

test("with the table loaded a change is visible on the next tick", async () => {
  const { world, client, face } = asking();
  await client.setExpression({ joy: 0 });
  client.setExpression({ joy: 1 });
  await world.advance(34);
  assert.ok(face.value("mouthSmileLeft") > 0.01);
});

test("the last of several requests wins, whenever the table arrives", async () => {
  const { world, client, face } = asking();
  const wishes = [client.setExpression({ fear: 1 }), client.setExpression({ joy: 1 })];
  assert.deepEqual(await Promise.all(wishes), [false, true]);
  await world.advance(400);
  assert.equal(face.value("browInnerUp"), 0);
  assert.ok(face.value("mouthSmileLeft") > 0.59);
});

for (const [what, answer, words] of [
  ["an old server", () => new Response("", { status: 404 }), /answers 404.*update it/],
  [
    "a server that is away",
    () => Promise.reject(new TypeError("fetch failed")),
    /cannot be reached: fetch failed/,
  ],
  ["a table of another kind", () => Response.json({ emotions: 3 }), /cannot read the server's table/],
])
  test(`${what} is reported, and requested again`, async () => {
    const { world, client, face, errors } = asking(answer);
    assert.equal(await client.setExpression({ joy: 1 }), false);
    assert.equal(errors[0].code, "no_expressions");
    assert.match(errors[0].message, words);
    assert.equal(errors[0].fatal, false);
    world.answer = () => Response.json(SAID);
    assert.equal(await client.setExpression({ joy: 1 }), true);
    await world.advance(300);
    assert.ok(face.value("mouthSmileLeft") > 0.5);
  });

test("an invalid expression is refused", async () => {
  const { client } = asking();
  for (const wrong of [{ joy: 2 }, { joy: "much" }, 3])
    await assert.rejects(client.setExpression(wrong), { code: "bad_argument" });
  await assert.rejects(client.setExpression({ boredom: 1 }), /"boredom" is not one of joy, fear/);
});

test("closed lips stay closed, half-open lips open by half", () => {
  const layer = new ExpressionLayer();
  layer.blendTo(parseExpressionTable(SAID), { fear: 1 }, 0);
  for (const [jaw, close, expected] of [
    [0, 0, 0],
    [0.4, 0.4, 0.4],
    [0.05, 0, 0.3],
    [0.3, 0, 0.8],
    [0.8, 0, 1],
  ]) {
    const face = new Float32Array(67);
    face[JAW] = jaw;
    face[CLOSE] = close;
    layer.apply(face, 1000);
    assert.ok(Math.abs(face[JAW] - expected) < 1e-6, `${jaw} less ${close}: ${face[JAW]}`);
  }
});

test("fear opens the mouth of a silent face, and lets go of the lips before speech needs them", () => {
  const face = new FaceAnimator(() => {});
  const options = { intensity: 1, smoothing: 0 };
  let now = 0;
  const run = (ms, awaited) => {
    for (const end = now + ms; now < end; now += TICK) face.update(null, now, options, awaited);
    return face.weights[JAW];
  };
  face.expressionLayer.blendTo(parseExpressionTable(SAID), { fear: 1 }, 0);
  assert.ok(Math.abs(run(400, false) - 0.5) < 1e-6);
  assert.ok(run(60, true) > 0.1, "the lips close smoothly");
  assert.equal(run(100, true), 0, "an utterance is about to start");
  assert.ok(Math.abs(run(200, false) - 0.5) < 1e-6);
});

test("the target of a blend can be applied without the blend", () => {
  const layer = new ExpressionLayer();
  const smile = () => {
    const face = new Float32Array(67);
    layer.applyTarget(face);
    return face[SMILE];
  };
  layer.blendTo(parseExpressionTable(SAID), { joy: 1 }, 0);
  assert.ok(Math.abs(smile() - 0.6) < 1e-6);
  layer.apply(new Float32Array(67), 1000);
  layer.blendOut(1000);
  assert.equal(smile(), 0);
  const shown = new Float32Array(67);
  layer.apply(shown, 1000);
  assert.ok(shown[SMILE] > 0.59, "the face itself fades");
  layer.blendTo(parseExpressionTable(SAID), { joy: 1 }, 2000);
  layer.reset();
  assert.equal(smile(), 0);
});

test("reset removes the expression immediately", async () => {
  const { world, client, face } = asking();
  await client.setExpression({ joy: 1 });
  await world.advance(300);
  client.reset();
  assert.equal(face.value("mouthSmileLeft"), 0);
});

test("reset and another server drop requests that wait for their table", async () => {
  for (const change of [
    (client) => client.reset(),
    (client) => client.configure({ serverUrl: "http://other:8000" }),
  ]) {
    const { client, face, world } = asking();
    const shown = client.setExpression({ joy: 1 });
    change(client);
    assert.equal(await shown, false);
    await world.advance(500);
    assert.equal(face.value("mouthSmileLeft"), 0);
  }
});

test("a disposed client shows no expression", async () => {
  const { client } = asking();
  client.dispose();
  await assert.rejects(client.setExpression({ joy: 1 }), { code: "disposed" });
});

test("a table that would produce NaN is refused", async () => {
  for (const wrong of [
    { parted: undefined },
    { parted: 0 },
    { aperture: { jawOpen: "1" } },
    { shapes: { joy: { jawOpen: null }, fear: { jawOpen: "much" } } },
  ]) {
    const { client, errors } = asking(() => Response.json({ ...SAID, ...wrong }));
    assert.equal(await client.setExpression({ joy: 1 }), false);
    assert.deepEqual(
      errors.map(({ code }) => code),
      ["no_expressions"],
    );
  }
});
