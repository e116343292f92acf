/** The phonemes of each Azure viseme, by ID, in IPA. @type {readonly string[]} */
export const PHONEMES = Object.freeze([
  "",
  "æ ə ʌ",
  "ɑ",
  "ɔ",
  "ɛ ʊ",
  "ɝ",
  "j i ɪ",
  "w u",
  "o",
  "aʊ",
  "ɔɪ",
  "aɪ",
  "h",
  "ɹ",
  "l",
  "s z",
  "ʃ tʃ dʒ ʒ",
  "ð",
  "f v",
  "d t n θ",
  "k g ŋ",
  "p b m",
]);

/**
 * Returns the viseme at a time.
 * @param {readonly {time: number, id: number}[]} visemes in order
 * @param {number} time seconds
 * @returns {number} its Azure ID; −1 if unknown
 */
export function visemeAt(visemes, time) {
  return visemes.findLast((viseme) => viseme.time <= time)?.id ?? -1;
}
