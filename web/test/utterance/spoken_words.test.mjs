import assert from "node:assert/strict";
import { test } from "node:test";
import { SpokenWords } from "../../src/utterance/spoken_words.js";

const textBefore = (words, time) => words.lastBefore(time)?.text ?? null;

test("the last word that began before a time is found, whatever the order in which words arrive", () => {
  const words = new SpokenWords();
  words.add(0.5, 0.2, "two");
  words.add(0.1, 0.2, "one");
  words.add(0.9, 0.2, "three");
  assert.equal(textBefore(words, 0.1), null);
  assert.equal(textBefore(words, 0.11), "one");
  assert.equal(textBefore(words, 0.6), "two");
  assert.deepEqual(words.lastBefore(9), { time: 0.9, duration: 0.2, text: "three" });
});

test("punctuation is no word; digits and other scripts are", () => {
  const words = new SpokenWords();
  for (const text of [",", "…", "", " ", "!?"]) words.add(0.1, 0, text);
  assert.equal(words.lastBefore(9), null);
  for (const text of ["42", "здравствуйте", "你好", "don't"]) {
    words.add(0.2, 0, text);
    assert.equal(textBefore(words, 9), text);
  }
});

test("a word without a usable time is never the last one", () => {
  const words = new SpokenWords();
  words.add(0.1, 0, "one");
  words.add(Number.NaN, 0, "lost");
  assert.equal(textBefore(words, 9), "one");
});

test("trimming keeps the word that is being heard", () => {
  const words = new SpokenWords();
  for (let i = 0; i < 1000; i++) words.add(i, 0.5, `w${i}`);
  words.trim(900.5);
  assert.equal(textBefore(words, 900.5), "w900");
  assert.equal(textBefore(words, 899), null);
  words.trim(-5);
  assert.equal(textBefore(words, 5000), "w999");
});
