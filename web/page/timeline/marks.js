import { LANES } from "./lanes.js";
import { PHONEMES } from "./phonemes.js";

const FONT = "11px system-ui, sans-serif";

/**
 * Draws visemes as blocks, and the words below them, each with its name where there is room.
 * @param {import("./lanes.js").Sheet} sheet
 * @param {import("audio2face-client").Take} take
 */
export function drawMarks(sheet, take) {
  const { context, width } = sheet;
  const { top } = LANES.visemes;
  context.clearRect(0, top - 1, width, LANES.words.top + LANES.words.height + 1 - top);
  context.font = FONT;
  context.textBaseline = "middle";
  take.visemes.forEach(({ time, id }, i) => {
    const end = take.visemes[i + 1]?.time ?? (take.expected || time);
    // Silence is where no block is.
    if (id > 0) drawViseme(sheet, time, end, PHONEMES[id] ?? String(id));
  });
  for (const { time, duration, text } of take.words) drawWord(sheet, time, time + duration, text);
}

/**
 * @param {import("./lanes.js").Sheet} sheet
 * @param {number} start seconds
 * @param {number} end
 * @param {string} sounds
 */
function drawViseme({ context, colors, width, span }, start, end, sounds) {
  const { top, height } = LANES.visemes;
  const [x, room] = [(start / span) * width, ((end - start) / span) * width];
  context.fillStyle = colors.line;
  context.fillRect(x, top, Math.max(1, room - 1), height);
  context.fillStyle = colors.text;
  write(context, [sounds, sounds.split(" ")[0]], x, room - 1, top + height / 2 + 1);
}

/**
 * @param {import("./lanes.js").Sheet} sheet
 * @param {number} start seconds
 * @param {number} end
 * @param {string} text
 */
function drawWord({ context, colors, width, span }, start, end, text) {
  const { top, height } = LANES.words;
  const [x, room] = [(start / span) * width, ((end - start) / span) * width];
  context.fillStyle = colors.soft;
  write(context, [text], x, room + 2, top + height / 2 + 1);
}

/**
 * Writes the first of some texts that has room, in the middle of it.
 * @param {CanvasRenderingContext2D} context
 * @param {string[]} texts
 * @param {number} x
 * @param {number} room
 * @param {number} y
 */
export function write(context, texts, x, room, y) {
  for (const text of texts) {
    const { width } = context.measureText(text);
    if (width > room) continue;
    context.fillText(text, x + (room - width) / 2, y);
    return;
  }
}
