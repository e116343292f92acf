import { element, say } from "../dom.js";

/** A line holds so many characters. */
const LINE = 44;
/** So long a pause, in seconds, ends a line. */
const PAUSE_S = 0.25;
/** What is no word by itself stands close to the one before. */
const CLOSE = /^[^\p{L}\p{N}]+$/u;

/** @typedef {{time: number, end: number, text: string}} Word with the space before it, where there is one */

/** The words of the server's voice, a line at a time: those that were heard, and, paler, those that come. */
export class Caption {
  #element = element("caption");
  #heard = element("caption-heard");
  #coming = element("caption-coming");
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
    else line.push({ ...word, text: CLOSE.test(text) ? text : ` ${text}` });
  }

  /**
   * @param {number} utterance
   * @param {number} time seconds
   */
  #show(utterance, time) {
    const lines = utterance === this.#utterance ? this.#lines : [];
    const line = lines.findLast(([first]) => first.time <= time) ?? [];
    this.#element.hidden = line.length === 0;
    say(this.#heard, joined(line.filter((word) => word.time <= time)));
    say(this.#coming, joined(line.filter((word) => word.time > time)));
  }

  /** @param {number} utterance whose words are the next */
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
  return (
    CLOSE.test(word.text) || (joined(line).length + word.text.length < LINE && word.time - last.end < PAUSE_S)
  );
}

/** @param {Word[]} line */
const joined = (line) => line.map(({ text }) => text).join("");
