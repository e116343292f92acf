import { LANES } from "./lanes.js";
import { drawFitting, FONT } from "./text.js";

/** @type {Record<string, string>} */
const LABELS = {
  server: "server",
  network: "this device",
  viseme: "visemes",
  loudness: "loudness",
  neutral: "idle",
};

/** Describes where a face comes from. @param {string} source @returns {string} */
export const describeSource = (source) => (source === "neutral" ? LABELS.neutral : `from ${LABELS[source]}`);

/** Height of each source's band: better sources are higher. @type {Record<string, number>} */
const HEIGHTS = { server: 1, network: 0.8, viseme: 0.55, loudness: 0.25, neutral: 0 };

/**
 * Draws which source moved the face. Bands differ in height as well as in colour.
 * @param {import("./lanes.js").Drawing} drawing
 * @param {import("audio2face-client").Take} recording
 */
export function drawSources({ context, colors, width, span }, recording) {
  const { top, height } = LANES.sources;
  const known = Math.min(recording.known, recording.duration);
  context.clearRect(0, top, width, height);
  context.font = FONT;
  context.textBaseline = "middle";
  recording.ranks.forEach(({ time, rank }, i) => {
    const end = Math.min(recording.ranks[i + 1]?.time ?? known, known);
    const [x, bandWidth] = [(time / span) * width, ((end - time) / span) * width];
    context.fillStyle = colors[rank === "network" ? "server" : rank] ?? colors.line;
    context.fillRect(x, top + height * (1 - HEIGHTS[rank]), bandWidth, height * HEIGHTS[rank]);
    context.fillStyle = colors.text;
    drawFitting(context, [LABELS[rank]], { x, y: top + height / 2 + 1, width: bandWidth });
  });
}
