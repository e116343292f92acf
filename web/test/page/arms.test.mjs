import assert from "node:assert/strict";
import { test } from "node:test";
import { Bone, Group, Vector3 } from "three";
import { lowerArms } from "../../page/avatar/arms.js";

/** Returns a figure whose arms are chains of bones in a direction, with bones turned as some exporters do. */
function figure(names, direction, turned = 0) {
  const figure = new Group();
  figure.rotation.y = turned;
  const arms = [1, -1].map((side) => {
    const bones = names(side).map((name) => Object.assign(new Bone(), { name }));
    const [x, y, z] = direction;
    bones[0].position.set(0.2 * side, 1.4, 0);
    bones[0].rotation.set(0.3, 0.2, 0.1);
    const along = new Vector3(x * side, y, z).applyQuaternion(bones[0].quaternion.clone().invert());
    bones[1].position.copy(along.multiplyScalar(0.3));
    bones[0].add(bones[1]);
    figure.add(bones[0]);
    return bones;
  });
  return { figure, arms };
}

/** Returns the direction of an arm in the world. */
function directionOf([upper, lower]) {
  return lower.getWorldPosition(new Vector3()).sub(upper.getWorldPosition(new Vector3())).normalize();
}

const RPM = (side) => [`${side > 0 ? "Left" : "Right"}Arm`, `${side > 0 ? "Left" : "Right"}ForeArm`];
const UNREAL = (side) => [`upperarm_${side > 0 ? "l" : "r"}`, `lowerarm_${side > 0 ? "l" : "r"}`];
const VROID = (side) => [`J_Bip_${side > 0 ? "L" : "R"}_UpperArm`, `J_Bip_${side > 0 ? "L" : "R"}_LowerArm`];

for (const names of [RPM, UNREAL, VROID])
  for (const turned of [0, Math.PI])
    test(`arms hang beside the body: ${names(1)[0]}, turned by ${turned}`, () => {
      const { figure: object, arms } = figure(names, [1, 0, 0], turned);
      object.updateWorldMatrix(true, true);
      const outwards = arms.map((arm) => directionOf(arm).x > 0);
      lowerArms(object);
      for (const [i, arm] of arms.entries()) {
        const { x, y } = directionOf(arm);
        assert.ok(y < -0.95, `y ${y}`);
        assert.equal(x > 0, outwards[i], "not through the body");
      }
    });

test("an A-pose is lowered too; arms that hang, and twist bones, stay as they are", () => {
  const apose = figure(RPM, [0.7, -0.7, 0]);
  lowerArms(apose.figure);
  assert.ok(directionOf(apose.arms[0]).y < -0.95);
  for (const other of [
    figure(RPM, [0.3, -0.95, 0]),
    figure(() => ["upperarm_twist_01_l", "lowerarm_twist_01_l"], [1, 0, 0]),
  ]) {
    other.figure.updateWorldMatrix(true, true);
    const before = directionOf(other.arms[0]);
    lowerArms(other.figure);
    assert.ok(directionOf(other.arms[0]).distanceTo(before) < 1e-6);
  }
});

test("a VRM's own skeleton is moved, since it overwrites the bones", () => {
  const { figure: object, arms } = figure(VROID, [1, 0, 0]);
  let updated = 0;
  const nodes = { leftUpperArm: arms[0][0], leftLowerArm: arms[0][1] };
  const humanoid = { getNormalizedBoneNode: (name) => nodes[name] ?? null, update: () => updated++ };
  lowerArms(object, { humanoid });
  assert.ok(directionOf(arms[0]).y < -0.95);
  assert.equal(directionOf(arms[1]).y > -0.1, true, "not found by its name");
  assert.equal(updated, 1);
});
