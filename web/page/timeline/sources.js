import { LANES } from "./lanes.js";
import { write } from "./marks.js";

/** @type {Record<string, string>} */
const RANK_NAMES = {
  server: "server",
  viseme: "visemes",
  loudness: "loudness",
  neutral: "at rest",
};

/** @param {string} rank @returns {string} in words */
export const origin = (rank) => (rank === "neutral" ? RANK_NAMES.neutral : `from ${RANK_NAMES[rank]}`);

/** How high the band is for each: the better, the fuller. @type {Record<string, number>} */
const SHARES = { server: 1, viseme: 0.55, loudness: 0.25, neutral: 0 };
const FONT = "11px system-ui, sans-serif";

/**
 * Draws what the face came from. Better ranks are higher as well as of another colour.
 * @param {import("./lanes.js").Sheet} sheet
 * @param {import("audio2face-client").Take} take
 */
export function drawRanks({ context, colors, width, span }, take) {
  const { top, height } = LANES.ranks;
  const known = Math.min(take.known, take.duration);
  context.clearRect(0, top, width, height);
  context.font = FONT;
  context.textBaseline = "middle";
  take.ranks.forEach(({ time, rank }, i) => {
    const end = Math.min(take.ranks[i + 1]?.time ?? known, known);
    const [x, room] = [(time / span) * width, ((end - time) / span) * width];
    context.fillStyle = colors[rank] ?? colors.line;
    context.fillRect(x, top + height * (1 - SHARES[rank]), room, height * SHARES[rank]);
    context.fillStyle = colors.text;
    write(context, [RANK_NAMES[rank]], x, room, top + height / 2 + 1);
  });
}
