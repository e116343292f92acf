import { LANES } from "./lanes.js";
import { soundsOf } from "./phonemes.js";
import { drawFitting, FONT } from "./text.js";

/**
 * Draws phonemes as blocks with the words below them. A label is left out if it does not fit.
 * @param {import("./lanes.js").Drawing} drawing
 * @param {import("audio2face-client").Take} recording
 */
export function drawMarks(drawing, recording) {
  const { context, width } = drawing;
  const { top } = LANES.phonemes;
  context.clearRect(0, top - 1, width, LANES.words.top + LANES.words.height + 1 - top);
  context.font = FONT;
  context.textBaseline = "middle";
  for (const sound of soundsOf(recording.visemes, recording.expected)) drawSound(drawing, sound);
  for (const { time, duration, text } of recording.words) drawWord(drawing, time, time + duration, text);
}

/**
 * @param {import("./lanes.js").Drawing} drawing
 * @param {import("./phonemes.js").Sound} sound
 */
function drawSound({ context, colors, width, span }, { start, end, labels }) {
  const { top, height } = LANES.phonemes;
  const [x, blockWidth] = [(start / span) * width, ((end - start) / span) * width];
  context.fillStyle = colors.line;
  context.fillRect(x, top, Math.max(1, blockWidth - 1), height);
  context.fillStyle = colors.text;
  const block = { x, y: top + height / 2 + 1, width: blockWidth - 1 };
  drawFitting(context, labels, block);
}

/**
 * @param {import("./lanes.js").Drawing} drawing
 * @param {number} start seconds
 * @param {number} end
 * @param {string} text
 */
function drawWord({ context, colors, width, span }, start, end, text) {
  const { top, height } = LANES.words;
  const [x, blockWidth] = [(start / span) * width, ((end - start) / span) * width];
  context.fillStyle = colors.soft;
  drawFitting(context, [text], { x, y: top + height / 2 + 1, width: blockWidth + 2 });
}
