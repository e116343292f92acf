import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFile, wavOf } from "../../src/audio/decode.js";
import { PcmFormat } from "../../src/audio/pcm.js";

const decoder = (channels, refuseBelow = 0) => ({
  OfflineAudioContext: class {
    constructor(_channels, _length, rate) {
      if (rate < refuseBelow) throw new Error("rate");
      this.sampleRate = rate;
    }
    async decodeAudioData() {
      const planes = channels.map((plane) => Float32Array.from(plane));
      return {
        sampleRate: this.sampleRate,
        numberOfChannels: planes.length,
        length: planes[0].length,
        getChannelData: (i) => planes[i],
      };
    }
  },
});

test("two channels are mixed to one", async () => {
  const platform = decoder([
    [1, 0],
    [0, 0.5],
  ]);
  const { samples, sampleRate } = await decodeFile(platform, new Uint8Array(4));
  assert.deepEqual([...samples], [0.5, 0.25]);
  assert.equal(sampleRate, 16000);
});

test("a browser that refuses low sample rates gets a higher one", async () => {
  assert.equal((await decodeFile(decoder([[0]], 22050), new Uint8Array(4))).sampleRate, 44100);
});

test("undecodable audio is bad_audio", async () => {
  const platform = {
    OfflineAudioContext: class {
      decodeAudioData() {
        return Promise.reject(new Error("no"));
      }
    },
  };
  await assert.rejects(decodeFile(platform, new Uint8Array(4)), { code: "bad_audio" });
  await assert.rejects(decodeFile({}, new Uint8Array(4)), { code: "bad_audio" });
});

test("the error names the format, by its bytes or else by the media type", async () => {
  const aiff = new TextEncoder().encode("FORM....AIFF");
  await assert.rejects(decodeFile({}, aiff, "audio/mpeg"), { message: /Its format is AIFF\./ });
  await assert.rejects(decodeFile({}, new Uint8Array(4), "audio/x-rare"), {
    message: /Its format is unknown \(audio\/x-rare\)\./,
  });
});

test("all channels count: in 5.1 speech is in the centre", async () => {
  const silent = [0];
  const surround = await decodeFile(
    decoder([silent, silent, [0.5], [0.9], silent, silent]),
    new Uint8Array(4),
  );
  assert.deepEqual([...surround.samples], [0.5]);
  const three = await decodeFile(decoder([silent, silent, [0.75]]), new Uint8Array(4));
  assert.deepEqual([...three.samples], [0.25]);
});

test("samples that are no numbers become silence, since the server refuses them", async () => {
  const { samples } = await decodeFile(decoder([[Number.NaN, 0.5, Infinity]]), new Uint8Array(4));
  assert.deepEqual([...samples], [0, 0.5, 0]);
});

test("the header of a WAV file matches its content", () => {
  const format = new PcmFormat({ sampleRate: 24000, channels: 2, encoding: "pcm_f32le" });
  const wav = wavOf(new Uint8Array(80).fill(7), format);
  const view = new DataView(wav.buffer);
  const text = (at, length) => String.fromCharCode(...wav.slice(at, at + length));
  assert.deepEqual([text(0, 4), text(8, 8), text(36, 4)], ["RIFF", "WAVEfmt ", "data"]);
  assert.deepEqual(
    [4, 16, 24, 28, 40].map((at) => view.getUint32(at, true)),
    [116, 16, 24000, 192000, 80],
  );
  assert.deepEqual(
    [20, 22, 32, 34].map((at) => view.getUint16(at, true)),
    [3, 2, 8, 32],
  );
  assert.equal(wav.length, 124);
  assert.equal(wav[123], 7);
});
