import { LANES } from "./lanes.js";

/** Silence is drawn as a thin line, in CSS pixels. */
const MIN_AMPLITUDE = 0.5;

/**
 * Draws the waveform between two columns.
 * @param {import("./lanes.js").Drawing} drawing
 * @param {import("audio2face-client").Take} recording
 * @param {number} from whole CSS pixels
 * @param {number} to
 */
export function drawWaveform({ context, colors, width, span }, { sound }, from, to) {
  const { top, height } = LANES.waveform;
  const middle = top + height / 2;
  context.fillStyle = colors.wave;
  for (let x = from; x < to; x++) {
    const peak = sound.peak((x / width) * span, ((x + 1) / width) * span);
    // Speech is mostly quiet: the square root makes more of it visible.
    const amplitude = Math.max(MIN_AMPLITUDE, Math.sqrt(peak) * (height / 2));
    context.fillRect(x, middle - amplitude, 1, 2 * amplitude);
  }
}
