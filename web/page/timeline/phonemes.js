/** The sounds of Azure's visemes, by id, in IPA. @type {readonly string[]} */
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
 * The viseme that is on at an instant.
 * @param {readonly {time: number, id: number}[]} visemes in order
 * @param {number} time seconds
 * @returns {number} its Azure id; −1 where none is known
 */
export function visemeAt(visemes, time) {
  return visemes.findLast((viseme) => viseme.time <= time)?.id ?? -1;
}
