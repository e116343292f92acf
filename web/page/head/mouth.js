import { ENAMEL, GUM, TONGUE } from "./colors.js";
import { JAW_SHAPES, openJaw, TONGUE_JAW } from "./jaw.js";
import { add, bell, lerp, smooth, vec } from "./math.js";
import { patch } from "./patch.js";
import { skinAt } from "./skull.js";

/** @typedef {import("./math.js").Vec3} Vec3 */
/** @typedef {import("./patch.js").Cell} Cell */

const [, LIPS_Y, LIPS_Z] = skinAt(0, 0);
// Across a row of teeth, from the gum in front over the biting edge and back.
const TOOTH_HEIGHT = [1, 0.6, 0.2, 0.05, 0, 0.1, 1];
const TOOTH_DEPTH = [0.02, 0, 0.002, 0.012, 0.03, 0.055, 0.07];

/** A row of teeth on an arc: `edge` is the height of the biting edge above the meeting lips, and `height` leads
 * from there to the gum. @typedef {{ name: string, edge: number, height: number, width: number, depth: number }} Row */

/** @param {Row} row @param {typeof JAW_SHAPES} [shapes] */
function teeth({ name, edge, height, width, depth }, shapes) {
  return patch(
    {
      name,
      rows: TOOTH_HEIGHT.length,
      columns: 49,
      roughness: 0.35,
      vertexAt: (/** @type {Cell} */ { row, s }) => {
        // The lower row runs the other way, for its outside to be outside.
        const along = Math.sign(height) * lerp(-1, 1, s);
        const gap = 0.012 * Math.abs(Math.cos(along * Math.PI * 4)) ** 12;
        const back = TOOTH_DEPTH[row] + gap + 0.25 * (1 - Math.sqrt(1 - (0.93 * along) ** 2));
        const x = (width - TOOTH_DEPTH[row]) * along;
        const at = vec(x, LIPS_Y + edge + height * TOOTH_HEIGHT[row], LIPS_Z - depth - back);
        return { at, color: row === 0 ? GUM : ENAMEL };
      },
    },
    shapes,
  );
}

/** Teeth that stand still, so they are a plain mesh. */
export const upperTeeth = () =>
  teeth({ name: "teethUpper", edge: -0.025, height: 0.14, width: 0.29, depth: 0.09 });

/** Teeth that follow the jaw, just behind the upper ones. */
export const lowerTeeth = () =>
  teeth(
    { name: "teethLower", edge: -0.055, height: -0.11, width: 0.26, depth: 0.15 },
    { ...JAW_SHAPES, tongueOut: makeWay },
  );

/** @param {{ at: Vec3 }} vertex */
const makeWay = ({ at }) => openJaw(at, TONGUE_JAW);

/** A flat tongue with a groove, from its root to the tip. */
export function tongue() {
  return patch(
    {
      name: "tongue",
      rows: 22,
      columns: 20,
      ring: true,
      roughness: 0.5,
      vertexAt: (/** @type {Cell} */ { t, turn }) => {
        // The sine gathers the rows at the tip, which is round.
        const along = Math.sin((Math.PI / 2) * t);
        const round = Math.sqrt(1 - along ** 4);
        const [x, up] = [0.185 * round * Math.cos(turn), -0.055 * round * Math.sin(turn)];
        const groove = up > 0 ? 0.025 * bell(x, 0.05) * round : 0;
        const y = LIPS_Y - 0.11 + 0.05 * Math.sin(Math.PI * along) + up - groove;
        return { at: vec(x, y, LIPS_Z - lerp(0.48, 0.2, along)), color: TONGUE, along };
      },
    },
    { ...JAW_SHAPES, tongueOut },
  );
}

/** Up over the lower teeth, out, and down. @param {{ at: Vec3, along: number }} vertex */
function tongueOut({ at, along }) {
  const rise = 0.1 * smooth(0.2, 0.7, along) - 0.26 * smooth(0.6, 1, along);
  return add(makeWay({ at }), [0, rise, 0.48 * smooth(0, 1, along)]);
}
