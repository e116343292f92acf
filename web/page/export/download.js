/** The most characters of the text that a file name keeps. */
const MAX_LENGTH = 32;

/**
 * Returns a file name without an extension, made of what was spoken and the time.
 * @param {string} text a text or a file name
 * @param {Date} time
 */
export function fileName(text, time) {
  const plain = text.normalize("NFKD").toLowerCase();
  const slug = plain
    .replace(/\.(?=\d*[a-z])[a-z0-9]{2,4}$/, "")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, "-");
  const short = [...slug].slice(0, MAX_LENGTH).join("").replace(/^-|-$/g, "") || "recording";
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()];
  return `${short}-${clock.map((part) => String(part).padStart(2, "0")).join("")}`;
}

/**
 * Formats a file size.
 * @param {number} bytes
 */
export const formatSize = (bytes) =>
  bytes < 1e5 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/**
 * Downloads a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
