import assert from "node:assert/strict";
import { test } from "node:test";
import { StallHold } from "../../src/face_mixing/stall_hold.js";

test("with enough audio the best source is shown, whatever it is", () => {
  const stall = new StallHold();
  assert.equal(stall.decide("ample", true, 0), "follow");
  assert.equal(stall.decide("low", false, 10), "follow");
});

test("a stall holds for 150 ms and then relaxes, until the audio returns", () => {
  const stall = new StallHold();
  assert.equal(stall.decide("stalled", false, 1000), "hold");
  assert.equal(stall.decide("stalled", false, 1149), "hold");
  assert.equal(stall.decide("stalled", false, 1150), "rest");
  assert.equal(stall.decide("stalled", false, 9000), "rest");
  assert.equal(stall.decide("ample", false, 9010), "follow");
  assert.equal(stall.decide("stalled", false, 9020), "hold");
});

test("the time in which frames are missing just before the stall counts", () => {
  const stall = new StallHold();
  assert.equal(stall.decide("low", true, 0), "hold");
  assert.equal(stall.decide("low", true, 99), "hold");
  assert.equal(stall.decide("stalled", true, 149), "hold");
  assert.equal(stall.decide("stalled", true, 150), "rest");
});

test("as long as there is sound, another source takes over after the hold", () => {
  const stall = new StallHold();
  assert.equal(stall.decide("low", true, 0), "hold");
  assert.equal(stall.decide("low", true, 99), "hold");
  assert.equal(stall.decide("low", true, 100), "follow");
});
