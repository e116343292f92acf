// Skeletons to animate, and a visitor who may prefer reduced motion.

/** Returns a node like those of three. */
export function bone(name, place = [0, 0, 0]) {
  const node = {
    name,
    isBone: true,
    children: [],
    parent: null,
    place,
    quaternion: {
      x: 0,
      y: 0,
      z: 0,
      w: 1,
      set(x, y, z, w) {
        Object.assign(this, { x, y, z, w });
      },
    },
    matrixWorld: { elements: new Float64Array(16) },
    add(...nodes) {
      for (const each of nodes) each.parent = node;
      node.children.push(...nodes);
      return node;
    },
    traverse(visit) {
      visit(node);
      for (const child of node.children) child.traverse?.(visit);
    },
    updateWorldMatrix() {
      node.parent?.updateWorldMatrix();
      multiply(
        node.matrixWorld.elements,
        node.parent?.matrixWorld.elements ?? null,
        node.quaternion,
        node.place,
      );
    },
  };
  return node;
}

/** Returns a head on a neck on a chest, 1.6 high, at (3, 0, −2), facing +z, turned about y. */
export function head({ names = ["Head", "Neck", "Spine2"], turned = 0, extras = [] } = {}) {
  const root = bone("root", [3, 0, -2]);
  root.quaternion.set(0, Math.sin(turned / 2), 0, Math.cos(turned / 2));
  const chest = bone(names[2], [0, 1.2, 0]);
  const neck = bone(names[1], [0, 0.2, 0]);
  const node = bone(names[0], [0, 0.1, 0]);
  const eyes = [bone("LeftEye", [0.03, 0.1, 0.1]), bone("RightEye", [-0.03, 0.1, 0.1])];
  root.add(chest.add(neck.add(node.add(...eyes))), ...extras);
  return { root, chest, neck, node };
}

/** Returns the total rotation of a head and its parents about the character's axes, for small angles. */
export function spin(node) {
  const sum = { yaw: 0, pitch: 0, roll: 0 };
  for (let each = node; each && each.name !== "root"; each = each.parent) {
    const { x, y, z, w } = each.quaternion;
    sum.pitch += 2 * Math.atan2(x, w);
    sum.yaw += 2 * Math.atan2(y, w);
    sum.roll += 2 * Math.atan2(z, w);
  }
  return sum;
}

function multiply(out, parent, { x, y, z, w }, place) {
  const own = [
    [1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w), 0],
    [2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w), 0],
    [2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y), 0],
    [...place, 1],
  ];
  for (let c = 0; c < 4; c++)
    for (let r = 0; r < 4; r++)
      out[4 * c + r] = parent ? own[c].reduce((sum, v, k) => sum + parent[4 * k + r] * v, 0) : own[c][r];
}

/** A browser whose visitor may prefer reduced motion. */
export class MotionPreference {
  matches = false;
  listeners = new Set();

  platform() {
    const quiet = this;
    const query = {
      get matches() {
        return quiet.matches;
      },
      addEventListener: (_, listener) => this.listeners.add(listener),
      removeEventListener: (_, listener) => this.listeners.delete(listener),
    };
    return { matchMedia: () => query };
  }

  set(matches) {
    this.matches = matches;
    for (const listener of this.listeners) listener();
  }
}
