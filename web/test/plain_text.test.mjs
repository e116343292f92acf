import assert from "node:assert/strict";
import { test } from "node:test";
import { plainText } from "../src/plain_text.js";

const CASES = [
  ["**Hello** _there_, *you*!", "Hello there, you!"],
  ["# Title\n\nSome `code` here.", "Title\n\nSome code here."],
  ["- one\n- [x] two\n1. three\n> four", "one\ntwo\nthree\nfour"],
  ["See [the docs](https://a.example/b_c) or https://x.example.", "See the docs or"],
  ["Look: ![a cat](cat.png)", "Look: a cat"],
  ["Before\n```js\nconst a = 1;\n```\nafter", "Before\n\nafter"],
  ["An open block ```py\nprint(1)", "An open block"],
  ["Great 🎉! 👩‍👩‍👧‍👦 👍🏽 ❤️ 🇩🇪 1️⃣", "Great! 1"],
  ["| a | b |\n|---|---|\n| 1 | 2 |", "a, b\n\n1, 2"],
  ["***bold italic*** and ~~gone~~", "bold italic and gone"],
  ["snake_case_name and 2 * 3 * 4 = 24", "snake_case_name and 2 * 3 * 4 = 24"],
  ["It costs 5 € (−10 %) – “fine”…", "It costs 5 € (−10 %) – “fine”…"],
  ["日本語の**強調**です。", "日本語の強調です。"],
  ["A claim[1][^2].", "A claim."],
  ["😀", ""],
  ["", ""],
];

for (const [text, spoken] of CASES) {
  test(`plain: ${JSON.stringify(text).slice(0, 60)}`, () => {
    assert.equal(plainText(text), spoken);
  });
}

test("a plain text stays as it is, also a second time", () => {
  for (const [text] of CASES) assert.equal(plainText(plainText(text)), plainText(text));
});

test("long texts of nothing but marks take no time to speak of", () => {
  for (const mark of ["*", "_", "`", "[", "|", "~", "](", "**a"]) {
    const begun = performance.now();
    plainText(mark.repeat(20_000));
    assert.ok(performance.now() - begun < 5000, mark);
  }
});
