import { element, setText } from "../dom.js";

/** The most characters of a line. */
const LINE_LENGTH = 44;
/** A pause of this many seconds starts a new line. */
const PAUSE_S = 0.25;
/** Punctuation is appended to the word before it without a space. */
const PUNCTUATION = /^[^\p{L}\p{N}]+$/u;

/** @typedef {{time: number, end: number, text: string}} Word with its leading space, if any */

/** Shows the words of the server's voice line by line. Words that are still to come are paler. */
export class Captions {
  #element = element("caption");
  #spoken = element("caption-spoken");
  #upcoming = element("caption-upcoming");
  #utterance = 0;
  /** @type {Word[][]} */
  #lines = [];

  /** @param {import("audio2face-client").Audio2FaceClient} client */
  constructor(client) {
    client.on("word", ({ utterance, ...word }) => this.#add(utterance, word));
    client.on("frame", ({ utterance, time }) => this.#show(utterance, time));
    client.on("end", ({ utterance }) => utterance === this.#utterance && this.#clear(utterance));
  }

  /**
   * @param {number} utterance
   * @param {{time: number, duration: number, text: string}} word
   */
  #add(utterance, { time, duration, text }) {
    if (utterance < this.#utterance) return;
    if (utterance > this.#utterance) this.#clear(utterance);
    const line = this.#lines.at(-1) ?? [];
    const word = { time, end: time + duration, text };
    if (!fits(line, word)) this.#lines.push([word]);
    else line.push({ ...word, text: PUNCTUATION.test(text) ? text : ` ${text}` });
  }

  /**
   * @param {number} utterance
   * @param {number} time seconds
   */
  #show(utterance, time) {
    const lines = utterance === this.#utterance ? this.#lines : [];
    const line = lines.findLast(([first]) => first.time <= time) ?? [];
    this.#element.hidden = line.length === 0;
    setText(this.#spoken, textOf(line.filter((word) => word.time <= time)));
    setText(this.#upcoming, textOf(line.filter((word) => word.time > time)));
  }

  /** @param {number} utterance whose words come next */
  #clear(utterance) {
    this.#utterance = utterance;
    this.#lines = [];
    this.#show(utterance, 0);
  }
}

/**
 * @param {Word[]} line
 * @param {Word} word
 */
function fits(line, word) {
  const last = line.at(-1);
  if (!last) return false;
  if (PUNCTUATION.test(word.text)) return true;
  return textOf(line).length + word.text.length < LINE_LENGTH && word.time - last.end < PAUSE_S;
}

/** @param {Word[]} line */
const textOf = (line) => line.map(({ text }) => text).join("");
