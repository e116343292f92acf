import { EYE_WHITE, IRIS, IRIS_EDGE, LASH, LID, LID_RIM, PUPIL } from "./colors.js";
import { add, lerp, RADIANS, subtract, vec } from "./math.js";
import { patch } from "./patch.js";

/** @typedef {import("./math.js").Vec3} Vec3 */
/** @typedef {import("./patch.js").Cell} Cell */

const CENTRE = vec(0.36, 0.13, 0.645);
const RADIUS = 0.26;
// Eyes turn outwards a little, as the face does.
const YAW = 10;

/** @param {Vec3} at @param {number} degrees @returns {Vec3} */
function yaw([x, y, z], degrees) {
  const [cos, sin] = [Math.cos(degrees * RADIANS), Math.sin(degrees * RADIANS)];
  return [x * cos + z * sin, y, z * cos - x * sin];
}

/** @param {Vec3} at @param {number} degrees @returns {Vec3} */
function pitch([x, y, z], degrees) {
  const [cos, sin] = [Math.cos(degrees * RADIANS), Math.sin(degrees * RADIANS)];
  return [x, y * cos + z * sin, z * cos - y * sin];
}

// The rows of the eyeball, in degrees from the middle of the pupil; two that are close make a sharp edge.
const EYE_ROWS = [0, 8, 15, 15.6, 22, 29, 30, 32, 32.8, 45, 60, 75, 90, 110];

/** @param {number} angle */
function eyeColor(angle) {
  if (angle <= 15) return PUPIL;
  if (angle < 30) return IRIS;
  return angle <= 32 ? IRIS_EDGE : EYE_WHITE;
}

/** The left eyeball; it turns about its own centre. */
export function eyeball() {
  /** @param {(at: Vec3) => Vec3} turned */
  const look =
    (turned) =>
    (/** @type {{ local: Vec3 }} */ { local }) =>
      subtract(turned(local), local);
  return patch(
    {
      name: "eyeLeft",
      rows: EYE_ROWS.length,
      columns: 32,
      ring: true,
      roughness: 0.2,
      vertexAt: (/** @type {Cell} */ { row, turn }) => {
        const [cos, sin] = [Math.cos(EYE_ROWS[row] * RADIANS), Math.sin(EYE_ROWS[row] * RADIANS)];
        const local = vec(RADIUS * sin * Math.cos(turn), RADIUS * sin * Math.sin(turn), RADIUS * cos);
        return { at: add(CENTRE, local), color: eyeColor(EYE_ROWS[row]), local };
      },
    },
    {
      eyeLookInLeft: look((at) => yaw(at, -26)),
      eyeLookOutLeft: look((at) => yaw(at, 26)),
      eyeLookUpLeft: look((at) => pitch(at, 20)),
      eyeLookDownLeft: look((at) => pitch(at, -19)),
    },
  );
}

const LID_ROWS = 14;
const LID_COLUMNS = 25;

/** `edge` is the angle of a lid's edge above straight ahead, `root` of its other end; `moves` says by how many
 * degrees each shape turns the edge. The radius leaves room for the eyeball halfway through a blink, where a morph
 * target takes the chord of the arc. @typedef {{ name: string, radius: number, root: number, edge: number,
 * rim: Vec3, moves: Record<string, number> }} Lid */

/** A point of a lid, which turns like a visor about the line through the corners of the eye.
 * @param {Lid} lid @param {number} row @param {number} s @param {number} move */
function lidPoint({ radius, root, edge }, row, s, move) {
  // The lower lid runs the other way, for its outside to be outside.
  const along = Math.sign(root) * lerp(-86, 86, s) * RADIANS;
  // The last row is the rim: it leads from the lid's edge back to the eyeball.
  const reach = row === LID_ROWS - 1 ? RADIUS * 0.97 : radius;
  const angle = lerp(root, edge + move, Math.min(1, row / (LID_ROWS - 2)));
  const level = vec(reach * Math.sin(along), 0, reach * Math.cos(along));
  return add(CENTRE, yaw(pitch(level, angle), YAW));
}

/** @param {Lid} lid */
function lidMesh(lid) {
  /** @param {number} move */
  const shape =
    (move) =>
    (/** @type {{ at: Vec3, row: number, s: number }} */ { at, row, s }) =>
      subtract(lidPoint(lid, row, s, move), at);
  const mesh = patch(
    {
      name: lid.name,
      rows: LID_ROWS,
      columns: LID_COLUMNS,
      vertexAt: (/** @type {Cell} */ { row, s }) => {
        const color = row < LID_ROWS - 2 ? LID : lid.rim;
        return { at: lidPoint(lid, row, s, 0), color, row, s };
      },
    },
    Object.fromEntries(Object.entries(lid.moves).map(([name, move]) => [name, shape(move)])),
  );
  mesh.userData.edge = Array.from(
    { length: LID_COLUMNS },
    (_, column) => (LID_ROWS - 2) * LID_COLUMNS + column,
  );
  return mesh;
}

/** The left upper lid. */
export function upperLid() {
  const looks = { eyeLookUpLeft: 8, eyeLookDownLeft: -14 };
  const moves = { eyeBlinkLeft: -46, eyeSquintLeft: -9, eyeWideLeft: 12, ...looks };
  return lidMesh({ name: "lidUpperLeft", radius: RADIUS * 1.115, root: 120, edge: 30, rim: LASH, moves });
}

/** The left lower lid. */
export function lowerLid() {
  const looks = { cheekSquintLeft: 7, eyeLookDownLeft: -9 };
  const moves = { eyeBlinkLeft: 17, eyeSquintLeft: 12, eyeWideLeft: -3, ...looks };
  return lidMesh({ name: "lidLowerLeft", radius: RADIUS * 1.06, root: -120, edge: -33, rim: LID_RIM, moves });
}
