import assert from "node:assert/strict";
import { test } from "node:test";
import { PcmFormat, PcmReader, toInt16 } from "../../src/audio/pcm.js";

const reader = (fields = {}) => new PcmReader(new PcmFormat({ sampleRate: 16000, ...fields }));

test("int16 passes through unchanged", () => {
  const { bytes, planes } = reader().read(Int16Array.of(0, 16384, -32768));
  assert.deepEqual([...new Int16Array(bytes.slice().buffer)], [0, 16384, -32768]);
  assert.deepEqual([...planes[0]], [0, 0.5, -1]);
});

test("floats are converted to int16, clipped", () => {
  const { bytes } = reader().read(Float32Array.of(0, 0.5, 2, -2));
  assert.deepEqual([...new Int16Array(bytes.slice().buffer)], [0, 16384, 32767, -32768]);
});

test("int16 is converted to floats for a float format", () => {
  const { bytes } = reader({ encoding: "pcm_f32le" }).read(Int16Array.of(16384));
  assert.deepEqual([...new Float32Array(bytes.slice().buffer)], [0.5]);
});

test("channels are separated", () => {
  const { planes } = reader({ channels: 2 }).read(Int16Array.of(0, 16384, 8192, -16384));
  assert.deepEqual(
    planes.map((plane) => [...plane]),
    [
      [0, 0.25],
      [0.5, -0.5],
    ],
  );
});

test("bytes may be split anywhere", () => {
  const samples = Int16Array.from({ length: 300 }, (_, i) => i * 100 - 15000);
  const bytes = new Uint8Array(samples.buffer);
  for (const channels of [1, 2]) {
    const one = reader({ channels });
    const read = [];
    for (let i = 0; i < bytes.length; i += 7) read.push(...one.read(bytes.slice(i, i + 7).buffer).bytes);
    assert.deepEqual(read, [...bytes]);
    assert.equal(one.pending, 0);
  }
});

test("an incomplete sample at the end is reported", () => {
  const one = reader();
  one.read(new ArrayBuffer(3));
  assert.equal(one.pending, 1);
});

test("the caller may reuse its buffer", () => {
  const buffer = Int16Array.of(5);
  const { bytes } = reader().read(buffer);
  buffer[0] = 9;
  assert.equal(bytes[0], 5);
});

for (const value of [Number.NaN, Infinity, -Infinity]) {
  test(`${value} is refused`, () => {
    for (const encoding of ["pcm_s16le", "pcm_f32le"]) {
      assert.throws(() => reader({ encoding }).read(Float32Array.of(0, value)), { code: "bad_audio" });
    }
  });
}

test("data that is not PCM is refused", () => {
  for (const data of [null, "pcm", [1], new Float64Array(1)]) {
    assert.throws(() => reader().read(data), { code: "bad_argument" });
  }
});

test("rounding is to the nearest", () => {
  assert.deepEqual([...toInt16(Float32Array.of(1.4 / 32768, 1.6 / 32768))], [1, 2]);
});
