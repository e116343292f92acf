import { BLUSH, LIP, MOUTH_DARK, SKIN } from "./colors.js";
import { FACE_SHAPES } from "./face-shapes.js";
import { lipJaw } from "./jaw.js";
import { add, bell, lerp, mix, scale, smooth, subtract, vec } from "./math.js";
import { patch } from "./patch.js";
import { skinAt } from "./skull.js";

/** @typedef {import("./math.js").Vec3} Vec3 */
/** @typedef {import("./patch.js").Cell} Cell */
/** A ray leaves the mouth at an angle: cos is 1 at the left corner, sin is 1 above the middle. The lips meet at its
 * `seam`, and end at its `border`. @typedef {{ cos: number, sin: number, seam: Vec3, border: Vec3 }} Ray */
/** A vertex of the skin. `near` is 1 on the lips and fades away from them; `around` fades more slowly. `lip` is how
 * far the lips, and not the face, set `jaw`, its share of the jaw's movement. `tuck` leads to the seam: it makes
 * lips thinner. @typedef {{ ray: Ray, at: Vec3, color: Vec3, near: number, around: number, lip: number, jaw: number,
 * tuck: Vec3 }} SkinVertex */

const COLUMNS = 80;
const LIP_ROWS = 7;
const NEAR_ROWS = 28;
const FAR_ROWS = 10;
const MOUTH_WIDTH = 0.33;
// The mouth's inside, from its back to just behind the lips.
const INSIDE_WIDTH = [0, 0.19, 0.3, 0.32, 0.31, 0.305, 0.309];
const INSIDE_HEIGHT = [0, 0.14, 0.26, 0.26, 0.2, 0.09, 0.025];
const INSIDE_DEPTH = [0.52, 0.51, 0.4, 0.25, 0.12, 0.06, 0.03];
const INSIDE_NEAR = [0, 0, 0, 0.2, 0.5, 0.85, 1];
const SEAM_ROW = INSIDE_DEPTH.length;
const [, MOUTH_Y] = skinAt(0, 0);

/** The skin in one piece: the inside of the mouth, the lips, the face, and round to the back of the head. */
export function face() {
  const rays = Array.from({ length: COLUMNS }, (_, column) => rayAt((2 * Math.PI * column) / COLUMNS));
  const mesh = patch(
    {
      name: "face",
      rows: SEAM_ROW + LIP_ROWS + NEAR_ROWS + FAR_ROWS,
      columns: COLUMNS,
      ring: true,
      symmetric: true,
      vertexAt: (/** @type {Cell} */ { row, column }) => vertexAt(rays[column], row),
      over: { mouthClose: "jawOpen" },
    },
    FACE_SHAPES,
  );
  // Where the lips meet, as pairs of an upper and a lower vertex: tests measure the mouth there.
  const first = SEAM_ROW * COLUMNS;
  mesh.userData.seam = rays
    .slice(0, COLUMNS / 2 + 1)
    .map((_, i) => [first + i, first + ((COLUMNS - i) % COLUMNS)]);
  return mesh;
}

/** @param {number} angle @returns {Ray} */
function rayAt(angle) {
  const [cos, sine] = [Math.cos(angle), Math.sin(angle)];
  // The corners must be exactly corners: a lip 1e-17 high has no direction.
  const sin = Math.abs(sine) < 1e-9 ? 0 : sine;
  return { cos, sin, seam: lipAt(cos, sin, 0), border: lipAt(cos, sin, 1) };
}

/** @param {Ray} ray @param {number} row @returns {SkinVertex} */
function vertexAt(ray, row) {
  if (row < SEAM_ROW) return insideVertex(ray, row);
  if (row < SEAM_ROW + LIP_ROWS) return lipVertex(ray, (row - SEAM_ROW) / (LIP_ROWS - 1));
  return outerVertex(ray, row - SEAM_ROW - LIP_ROWS + 1);
}

/** @param {Ray} ray @param {number} row @returns {SkinVertex} */
function insideVertex(ray, row) {
  const { cos, sin, seam } = ray;
  const near = INSIDE_NEAR[row];
  const y = lerp(MOUTH_Y, seam[1], near) + INSIDE_HEIGHT[row] * sin;
  const at = vec(INSIDE_WIDTH[row] * cos, y, seam[2] - INSIDE_DEPTH[row]);
  const color = mix(MOUTH_DARK, LIP, near > 0.9 ? 0.7 : near * 0.15);
  return { ray, at, color, near, around: near, lip: 1, jaw: lipJaw(sin), tuck: vec(0, 0, 0) };
}

/** @param {Ray} ray @param {number} t @returns {SkinVertex} */
function lipVertex(ray, t) {
  const at = lipAt(ray.cos, ray.sin, t);
  const color = mix(LIP, SKIN, smooth(0.8, 1, t));
  const tuck = subtract(ray.seam, at);
  return { ray, at, color, near: 1, around: 1, lip: 1, jaw: lipJaw(ray.sin), tuck };
}

/** @param {Ray} ray @param {number} step rows away from the lips @returns {SkinVertex} */
function outerVertex(ray, step) {
  const { cos, sin, seam, border } = ray;
  const reach = reachOf(step);
  const [a, b] = lipMap(cos, sin, 1);
  const at = skinAt(lerp(a, Math.PI * cos, reach), lerp(b, Math.PI * sin, reach));
  const [near, around] = [bell(reach * Math.PI, 0.24), bell(reach * Math.PI, 0.4)];
  const lip = 1 - smooth(0, 0.16, reach);
  const jaw = lerp(faceJaw(at), lipJaw(sin), lip);
  return { ray, at, color: skinColor(at), near, around, lip, jaw, tuck: scale(subtract(seam, border), near) };
}

/** How far along its ray a row of skin lies: finely spaced up to the eyes. @param {number} step */
function reachOf(step) {
  const nearEnd = 0.3;
  if (step <= NEAR_ROWS) return (nearEnd * step) / NEAR_ROWS;
  return lerp(nearEnd, 1, ((step - NEAR_ROWS) / FAR_ROWS) ** 1.3);
}

/** @param {Vec3} at */
function skinColor([x, y, z]) {
  const cheek = bell(Math.abs(x) - 0.52, 0.2) * bell(y + 0.3, 0.17);
  const noseTip = 0.5 * bell(x, 0.12) * bell(y + 0.16, 0.1);
  return mix(SKIN, BLUSH, z > 0 ? 0.55 * Math.max(cheek, noseTip) : 0);
}

/** A point of the lips: t is 0 at the seam and 1 at the border. @param {number} cos @param {number} sin @param {number} t */
function lipAt(cos, sin, t) {
  const fullness = (sin > 0 ? 0.055 : 0.075) * Math.abs(sin) ** 0.7;
  const forward = fullness * Math.sin(Math.PI * t) ** 0.8 - 0.03 * (1 - t) ** 3;
  return add(skinAt(...lipMap(cos, sin, t)), [0, -0.3 * forward, forward]);
}

/** That point on skinAt's map. @param {number} cos @param {number} sin @param {number} t @returns {[number, number]} */
function lipMap(cos, sin, t) {
  const height = sin > 0 ? 0.075 * (1 - 0.22 * bell(cos, 0.16)) : 0.095;
  const lip = height * Math.sign(sin) * Math.abs(sin) ** 0.9 * (1 - Math.cos(Math.PI * t));
  return [(MOUTH_WIDTH + 0.02 * t) * cos, 0.035 * cos * cos + lip / 2];
}

/** @param {Vec3} at */
const faceJaw = ([, y, z]) => smooth(-0.35, -0.85, y) * smooth(-0.25, 0.35, z);
