import { LANES } from "./lanes.js";

/** What is as quiet as this is still seen as a line, in CSS pixels. */
const LEAST = 0.5;

/**
 * Draws the sound between two columns.
 * @param {import("./lanes.js").Sheet} sheet
 * @param {import("audio2face-client").Take} take
 * @param {number} from CSS pixels, whole
 * @param {number} to
 */
export function drawWave({ context, colors, width, span }, { sound }, from, to) {
  const { top, height } = LANES.wave;
  const middle = top + height / 2;
  context.fillStyle = colors.wave;
  for (let x = from; x < to; x++) {
    const peak = sound.peak((x / width) * span, ((x + 1) / width) * span);
    // Speech is mostly quiet: the root shows more of it.
    const reach = Math.max(LEAST, Math.sqrt(peak) * (height / 2));
    context.fillRect(x, middle - reach, 1, 2 * reach);
  }
}
