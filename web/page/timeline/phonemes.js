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

/** @typedef {{time: number, id: number, phonemes?: string}} Viseme phonemes: in IPA, if the voice tells them */
/** @typedef {{start: number, end: number, labels: string[]}} Sound labels: what to write on it, longest first */

/**
 * Returns the sounds of speech: the phonemes that the voice tells, else all that its visemes may stand for.
 * @param {readonly Viseme[]} visemes in order
 * @param {number} end of the last one, in seconds
 * @returns {Sound[]} without silence
 */
export function soundsOf(visemes, end) {
  const told = visemes.some(({ phonemes }) => phonemes);
  /** @type {Sound[]} */
  const sounds = [];
  visemes.forEach((viseme, i) => {
    const until = visemes[i + 1]?.time ?? Math.max(end, viseme.time);
    const last = sounds.at(-1);
    if (viseme.id === 0) return;
    // A diphthong has two visemes, of which the first has its name.
    if (told && !viseme.phonemes && last?.end === viseme.time) last.end = until;
    else sounds.push({ start: viseme.time, end: until, labels: labelsOf(viseme) });
  });
  return sounds;
}

/** @param {Viseme} viseme */
function labelsOf({ id, phonemes }) {
  if (phonemes) return [phonemes];
  const group = PHONEMES[id] ?? String(id);
  return [group, group.split(" ")[0]];
}

/** Returns the sound at a time, "" in silence. @param {readonly Sound[]} sounds @param {number} time seconds */
export function soundAt(sounds, time) {
  return sounds.find(({ start, end }) => start <= time && time < end)?.labels[0] ?? "";
}
