import assert from "node:assert/strict";
import { test } from "node:test";
import { OCULUS } from "../src/oculus.js";
import { azureViseme, VISEME_SCHEMES } from "../src/viseme_schemes.js";

/** The sounds of "map of the choice", in every scheme. */
const SAME = {
  polly: ["p", "a", "f", "t", "S"],
  oculus: ["PP", "aa", "FF", "DD", "CH"],
  arpabet: ["M", "AA1", "V", "D", "CH"],
  ipa: ["m", "ɑː", "v", "d", "tʃ"],
  azure: [21, 2, 18, 19, 16],
};

for (const [scheme, ids] of Object.entries(SAME)) {
  test(`${scheme}: closure, open vowel, lip to teeth, tongue, rounded`, () => {
    assert.deepEqual(
      ids.map((id) => azureViseme(/** @type {any} */ (scheme), id)),
      [21, 2, 18, 19, 16],
    );
  });
}

test("all Oculus visemes, by name, by name on a mesh, and by number", () => {
  for (const [number, name] of OCULUS.entries()) {
    const id = azureViseme("oculus", name);
    assert.ok(id !== undefined, name);
    assert.equal(azureViseme("oculus", `viseme_${name}`), id);
    assert.equal(azureViseme("oculus", number), id);
  }
});

test("all mouth shapes of Rhubarb", () => {
  for (const shape of "ABCDEFGHX") assert.ok(azureViseme("rhubarb", shape) !== undefined, shape);
  assert.equal(azureViseme("rhubarb", "A"), 21);
  assert.equal(azureViseme("rhubarb", "x"), 0);
});

test("diphthongs, stress, length and ties of the IPA", () => {
  assert.equal(azureViseme("ipa", "aɪ"), 11);
  assert.equal(azureViseme("ipa", "ˈaʊ"), 9);
  assert.equal(azureViseme("ipa", "t͡ʃ"), 16);
  assert.equal(azureViseme("ipa", "ã"), 1);
  assert.equal(azureViseme("ipa", "ˈ"), 0);
});

test("what a scheme does not have is undefined", () => {
  assert.equal(azureViseme("azure", 22), undefined);
  assert.equal(azureViseme("azure", "21"), undefined);
  assert.equal(azureViseme("oculus", 15), undefined);
  assert.equal(azureViseme("polly", "zz"), undefined);
  assert.equal(azureViseme("arpabet", "Π"), undefined);
  assert.equal(azureViseme("ipa", "7"), undefined);
  assert.equal(VISEME_SCHEMES.length, 6);
});
