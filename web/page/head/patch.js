import { BufferAttribute, BufferGeometry, Mesh, MeshStandardMaterial } from "three";

/** @typedef {import("./math.js").Vec3} Vec3 */
/** What every vertex has; a part adds what its own shapes need. @typedef {{ at: Vec3, color: Vec3 }} Vertex */
/** A place in a grid: t grows from 0 to 1 down the rows, s across the columns, and turn is s in radians.
 * @typedef {{ row: number, column: number, t: number, s: number, turn: number }} Cell */
/** How far a shape at weight 1 moves a vertex.
 * @template {Vertex} V
 * @typedef {(vertex: V) => Vec3} Shape */

/** A part of the head: a grid of vertices and the shapes that move them. Row times column must point outwards. In
 * a `ring` the last column meets the first. `over` says on top of which shape another one is always used. A
 * `symmetric` ring starts at the left, and makes each Right shape from the Left one.
 * @template {Vertex} V
 * @typedef {{ name: string, rows: number, columns: number, ring?: boolean,
 * symmetric?: boolean, vertexAt: (cell: Cell) => V, over?: Record<string, string>, roughness?: number }} Part */

/** A part's mesh, with a relative morph target for each shape.
 * @template {Vertex} V
 * @param {Part<V>} part
 * @param {Record<string, Shape<V>>} [shapes] */
export function patch(part, shapes = {}) {
  const [geometry, triangles, vertices] = [new BufferGeometry(), triangulate(part), verticesOf(part)];
  const rest = gather(vertices, (vertex) => vertex.at);
  const restNormals = normalsOf(rest, triangles);
  const colors = gather(vertices, (vertex) => vertex.color);
  geometry.setIndex(new BufferAttribute(triangles, 1));
  geometry.setAttribute("position", new BufferAttribute(rest, 3));
  geometry.setAttribute("normal", new BufferAttribute(restNormals, 3));
  geometry.setAttribute("color", new BufferAttribute(colors, 3));
  /** @type {Map<string, Float32Array>} */
  const poses = new Map();
  for (const [name, shape] of Object.entries(shapes)) {
    const moves = gather(vertices, shape);
    const below = poses.get(part.over?.[name] ?? "");
    const pose = sumOf(below ?? rest, moves);
    poses.set(name, pose);
    const normalsBelow = below ? normalsOf(below, triangles) : restNormals;
    const turns = sumOf(normalsOf(pose, triangles), normalsBelow, -1);
    addMorph(geometry, name, moves, turns);
    if (!part.symmetric || !name.endsWith("Left")) continue;
    addMorph(geometry, name.replace("Left", "Right"), acrossRing(moves, part), acrossRing(turns, part));
  }
  const material = new MeshStandardMaterial({ vertexColors: true, roughness: part.roughness ?? 0.75 });
  const mesh = new Mesh(geometry, material);
  mesh.name = part.name;
  return mesh;
}

/** @template {Vertex} V
 * @param {Part<V>} part */
function verticesOf({ rows, columns, ring, vertexAt }) {
  return Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const s = column / (ring ? columns : columns - 1);
    return vertexAt({ row, column, t: row / (rows - 1), s, turn: 2 * Math.PI * s });
  });
}

/** The same mesh on the other side of the face, its shapes renamed from Left to Right. @param {Mesh} mesh */
export function mirrored(mesh) {
  const { attributes, index, morphAttributes } = mesh.geometry;
  const geometry = new BufferGeometry();
  geometry.setIndex([...(index?.array ?? [])].reverse());
  geometry.setAttribute("position", new BufferAttribute(flipX(attributes.position.array), 3));
  geometry.setAttribute("normal", new BufferAttribute(flipX(attributes.normal.array), 3));
  geometry.setAttribute("color", attributes.color);
  morphAttributes.position?.forEach((moves, i) => {
    const name = moves.name.replace("Left", "Right");
    addMorph(geometry, name, flipX(moves.array), flipX(morphAttributes.normal?.[i].array ?? []));
  });
  const copy = new Mesh(geometry, mesh.material);
  copy.name = mesh.name.replace("Left", "Right");
  copy.userData = mesh.userData;
  return copy;
}

/** @template {Vertex} V
 * @param {V[]} vertices @param {Shape<V>} vector */
function gather(vertices, vector) {
  const values = new Float32Array(3 * vertices.length);
  for (let i = 0; i < vertices.length; i++) {
    // Not taken apart as [x, y, z]: that is slow in code that is not yet compiled, and this runs 200 000 times.
    const at = vector(vertices[i]);
    values[3 * i] = at[0];
    values[3 * i + 1] = at[1];
    values[3 * i + 2] = at[2];
  }
  return values;
}

/** What a mirror would show of a symmetric ring. @param {Float32Array} values @param {{ columns: number }} ring */
function acrossRing(values, { columns }) {
  const mirrored = new Float32Array(values.length);
  for (let i = 0; i < values.length / 3; i++) {
    const column = i % columns;
    const twin = i - column + ((1.5 * columns - column) % columns);
    mirrored[3 * i] = -values[3 * twin];
    mirrored[3 * i + 1] = values[3 * twin + 1];
    mirrored[3 * i + 2] = values[3 * twin + 2];
  }
  return mirrored;
}

/** @param {Float32Array} a @param {Float32Array} b */
function sumOf(a, b, factor = 1) {
  const sum = new Float32Array(a.length);
  for (let i = 0; i < a.length; i++) sum[i] = a[i] + factor * b[i];
  return sum;
}

/** @param {BufferGeometry} geometry @param {string} name @param {Float32Array} moves @param {Float32Array} turns */
function addMorph(geometry, name, moves, turns) {
  const [position, normal] = [new BufferAttribute(moves, 3), new BufferAttribute(turns, 3)];
  position.name = normal.name = name;
  geometry.morphTargetsRelative = true;
  geometry.morphAttributes.position = [...(geometry.morphAttributes.position ?? []), position];
  geometry.morphAttributes.normal = [...(geometry.morphAttributes.normal ?? []), normal];
}

/** @param {ArrayLike<number>} values */
const flipX = (values) => Float32Array.from(values, (value, i) => (i % 3 === 0 ? -value : value));

/** @param {{ rows: number, columns: number, ring?: boolean }} grid */
function triangulate({ rows, columns, ring }) {
  const triangles = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column < (ring ? columns : columns - 1); column++) {
      const [a, b] = [row * columns + column, row * columns + ((column + 1) % columns)];
      triangles.push(a, a + columns, b, a + columns, b + columns, b);
    }
  }
  return Uint16Array.from(triangles);
}

/** three's computeVertexNormals on plain arrays: it runs once for every shape.
 * @param {Float32Array} at @param {Uint16Array} triangles */
function normalsOf(at, triangles) {
  const normals = new Float32Array(at.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const a = 3 * triangles[t];
    const b = 3 * triangles[t + 1];
    const c = 3 * triangles[t + 2];
    const ux = at[b] - at[a];
    const uy = at[b + 1] - at[a + 1];
    const uz = at[b + 2] - at[a + 2];
    const vx = at[c] - at[a];
    const vy = at[c + 1] - at[a + 1];
    const vz = at[c + 2] - at[a + 2];
    for (let i = a, corner = 0; corner < 3; i = ++corner === 1 ? b : c) {
      normals[i] += uy * vz - uz * vy;
      normals[i + 1] += uz * vx - ux * vz;
      normals[i + 2] += ux * vy - uy * vx;
    }
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.sqrt(normals[i] ** 2 + normals[i + 1] ** 2 + normals[i + 2] ** 2) || 1;
    normals[i] /= length;
    normals[i + 1] /= length;
    normals[i + 2] /= length;
  }
  return normals;
}
