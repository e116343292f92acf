import { HAIR, INNER_EAR, JUMPER, SKIN, STRAND } from "./colors.js";
import { bell, lerp, mix, RADIANS, smooth, vec } from "./math.js";
import { patch } from "./patch.js";
import { skull } from "./skull.js";

/** @typedef {import("./math.js").Vec3} Vec3 */
/** @typedef {import("./patch.js").Cell} Cell */

/** A cap of hair with a fringe. */
export const hair = () => patch({ name: "hair", rows: 32, columns: 80, ring: true, vertexAt: hairVertex });

/** The turn starts at the front and goes to the left. @param {Cell} cell */
function hairVertex({ t, turn }) {
  const [front, side] = [Math.cos(turn), Math.sin(turn)];
  const fringe = 8 * front * bell(side + 0.3, 0.45);
  const hairline = front > 0 ? lerp(88, 39, front ** 1.3) + fringe : lerp(88, 124, -front);
  const down = Math.min(1, t * 1.03) * hairline * RADIANS;
  const [x, y, z] = skull([Math.sin(down) * side, Math.cos(down), Math.sin(down) * front]);
  const volume = 0.1 + 0.07 * bell(side + 0.3, 0.7) * smooth(-0.6, 0.6, front) * smooth(0, 0.5, t);
  const strand = Math.sin(turn * 18 + t * 9) * smooth(0.1, 0.5, t);
  // The edge is round, and the last rows dive under the skin.
  const edge = Math.max(0, (t - 0.85) / 0.13);
  const thick =
    edge > 1 ? 0.97 : 1 + volume * Math.sqrt(1 - edge * edge) + 0.005 * strand * (1 - smooth(0.7, 0.9, t));
  return { at: vec(x * thick, y * thick, z * thick - 0.02), color: mix(HAIR, STRAND, 0.5 + 0.5 * strand) };
}

/** The left ear: a shell with a hollow. */
export const ear = () => patch({ name: "earLeft", rows: 14, columns: 32, ring: true, vertexAt: earVertex });

/** @param {Cell} cell */
function earVertex({ t, turn }) {
  const out = Math.sin((t * Math.PI) / 2);
  const [back, up] = [Math.cos(turn) * out, Math.sin(turn) * out];
  const bulge = 0.09 * Math.sqrt(1 - out * out) - 0.07 * bell(out - 0.15, 0.55);
  const at = vec(0.93 + bulge + 0.05 * back, 0.22 * up - 0.02, (up < 0 ? -0.1 : -0.14) * back - 0.02);
  return { at, color: out < 0.5 ? INNER_EAR : SKIN };
}

/** Rings from top to bottom. @param {string} name @param {Vec3} color @param {number[]} heights @param {number[]} widths @param {number[]} depths */
function lathe(name, color, heights, widths, depths) {
  const steps = heights.length - 1;
  /** @param {Cell} cell */
  const vertexAt = ({ t, turn }) => {
    const step = Math.min(steps - 1, Math.floor(t * steps));
    const between = (/** @type {number[]} */ values) =>
      lerp(values[step], values[step + 1], t * steps - step);
    const at = vec(
      between(widths) * Math.sin(turn),
      between(heights),
      between(depths) * Math.cos(turn) - 0.12,
    );
    return { at, color };
  };
  return patch({ name, rows: steps * 3 + 1, columns: 40, ring: true, vertexAt });
}

export const neck = () => lathe("neck", SKIN, [-0.95, -1.4, -1.6], [0.33, 0.38, 0.5], [0.33, 0.36, 0.4]);

/** A jumper with a round collar. */
export function jumper() {
  const heights = [-1.4, -1.28, -1.27, -1.32, -1.42, -1.5, -1.6, -1.75, -2];
  const widths = [0.3, 0.4, 0.45, 0.49, 0.52, 0.75, 1, 1.15, 1.22];
  const depths = [0.3, 0.38, 0.43, 0.46, 0.47, 0.5, 0.54, 0.57, 0.6];
  return lathe("jumper", JUMPER, heights, widths, depths);
}
