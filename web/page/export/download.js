/** A name holds so many characters of what was said. */
const LONGEST = 32;

/**
 * A name for a file: what was spoken, and when.
 * @param {string} words
 * @param {Date} when
 */
export function fileName(words, when) {
  const plain = words.normalize("NFKD").toLowerCase();
  const slug = plain
    .replace(/\.(?=\d*[a-z])[a-z0-9]{2,4}$/, "")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, "-");
  const short = [...slug].slice(0, LONGEST).join("").replace(/^-|-$/g, "") || "take";
  const time = [when.getHours(), when.getMinutes(), when.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join("");
  return `${short}-${time}`;
}

/**
 * How large a file is, in words.
 * @param {number} bytes
 */
export const sizeOf = (bytes) =>
  bytes < 1e5 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/**
 * Lets the browser save a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
