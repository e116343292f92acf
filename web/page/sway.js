/** How far the head goes, in radians, and how fast it comes and goes, per second. */
const REACH = 0.035;
const EASE = 3;

let level = 0;
let last = 0;

/**
 * Small movements of the head while it speaks; none at rest.
 * @param {import("three").Object3D} head
 * @param {number} now ms
 * @param {boolean} speaking
 */
export function sway(head, now, speaking) {
  const elapsed = Math.min(0.1, (now - last) / 1000);
  last = now;
  level += ((speaking ? 1 : 0) - level) * Math.min(1, EASE * elapsed);
  const t = now / 1000;
  head.rotation.y = REACH * level * (Math.sin(t * 1.3) + 0.6 * Math.sin(t * 2.9 + 1));
  head.rotation.x = 0.5 * REACH * level * (Math.sin(t * 1.9 + 2) + 0.5 * Math.sin(t * 3.7));
  head.rotation.z = 0.4 * REACH * level * Math.sin(t * 0.9 + 4);
}
