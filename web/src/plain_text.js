/**
 * Removes what nobody would read aloud from the text of language models: Markdown, URLs and emoji.
 */

/** Patterns and their replacements, in order. @type {[RegExp, string][]} */
const RULES = [
  [/```[^\n]*\n?[\s\S]*?(```|$)/g, " "], // code blocks
  [/`([^`\n]*)`/g, "$1"],
  [/!\[([^\]\n]*)\]\([^)\n]*\)/g, "$1"], // pictures, then links
  [/\[([^\]\n]+)\]\([^)\n]*\)/g, "$1"],
  [/\[\^?\d+\]/g, ""], // footnotes
  [/<?https?:\/\/[^\s>)]+>?/g, ""],
  [/^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|?)+[ \t]*$/gm, ""], // rules, and lines of tables
  [/^[ \t]*(?:#{1,6}|>+|[-*+•]|\d+[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/gm, ""], // headings, quotes, lists
  [/[ \t]*\|[ \t]*/g, ", "],
  [/(?<![\p{L}\p{N}])(\*{1,3}|_{1,3}|~~)(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}])/gu, "$2"], // emphasis
  [/(\*\*|\*|~~)(?=\S)([^*~\n]*?\S)\1/g, "$2"],
  [
    /\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\u{fe0f})?(?:\u{200d}\p{Extended_Pictographic}\u{fe0f}?)*/gu,
    "",
  ],
  [/[\u{1f1e6}-\u{1f1ff}]|\u{fe0f}|\u{20e3}/gu, ""], // flags, keycaps
  [/^[, ]+|[, ]+$/gm, ""],
  [/[ \t]+([,.;:!?])/g, "$1"],
  [/[ \t]{2,}/g, " "],
  [/\n{3,}/g, "\n\n"],
];

/**
 * @param {string} text
 * @returns {string} the text without Markdown, URLs and emoji; may be empty
 */
export function plainText(text) {
  return RULES.reduce((rest, [what, by]) => rest.replace(what, by), text).trim();
}
