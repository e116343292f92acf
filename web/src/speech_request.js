import { checkedOptions, checkedText, checkedWords } from "./argument_checks.js";
import { plainText } from "./plain_text.js";

/** @import { Outcome } from "./types.js" */

/** The outcome of speech that never began. @type {Outcome} */
export const UNSPOKEN = Object.freeze({
  utterance: 0,
  frames: 0,
  duration: 0,
  rank: "neutral",
  cancelled: false,
  heard: 0,
  word: null,
  decodedBy: null,
  warning: null,
});

/**
 * Checks the arguments of `speak()`.
 * @param {unknown} words plain text, or { ssml }
 * @param {unknown} options { voice, plain }
 * @returns {{text?: string, ssml?: string, voice?: string} | null} fields of the protocol; null if removing
 *   Markdown, URLs and emoji leaves nothing
 */
export function speechRequest(words, options) {
  const { voice, plain = false } = checkedOptions("speak()", options, ["voice", "plain"]);
  const named = checkedText("voice", voice);
  const checked = checkedWords("speak()", words);
  const spoken = plain && "text" in checked ? { text: plainText(checked.text) } : checked;
  if ("text" in spoken && !spoken.text.trim()) return null;
  return { ...spoken, ...(named ? { voice: named } : {}) };
}
