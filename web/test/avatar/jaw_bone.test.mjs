import assert from "node:assert/strict";
import { test } from "node:test";
import { Bone, BoxGeometry, Group, Mesh, Object3D } from "three";
import { jawOf } from "../../src/avatar/jaw_bone.js";

/** Returns nodes with these names; a name in brackets is a group, others are bones. */
function nodes(names) {
  return names.map((name) => {
    const node = name.startsWith("(") ? new Group() : new Bone();
    node.name = name.replace(/[()]/g, "");
    return node;
  });
}

for (const [rig, names, wanted] of [
  ["Rigify", ["DEF-jaw.L", "DEF-jaw.R", "DEF-chin", "DEF-jaw"], "DEF-jaw"],
  ["Rigify as Three.js loads it", ["DEF-jawL", "DEF-jawL001", "DEF-jawR", "DEF-jaw"], "DEF-jaw"],
  ["Rigify with all its layers", ["MCH-jaw_master", "jaw_master", "ORG-jaw", "DEF-jaw"], "DEF-jaw"],
  ["MetaHuman", ["FACIAL_L_JawBulge", "FACIAL_R_JawRecess", "FACIAL_C_Jaw"], "FACIAL_C_Jaw"],
  ["Character Creator", ["CC_Base_UpperJaw", "CC_Base_JawRoot", "CC_Base_Teeth02"], "CC_Base_JawRoot"],
  ["DAZ", ["upperJaw", "upperTeeth", "lowerTeeth", "lowerJaw"], "lowerJaw"],
  ["DAZ Genesis 9", ["upperjaw", "lowerjaw"], "lowerjaw"],
  ["Mixamo", ["mixamorigJawEnd", "mixamorigJaw"], "mixamorigJaw"],
  ["3ds Max", ["Bip01 JawNub", "Bip01 Jaw"], "Bip01 Jaw"],
  ["Maya", ["CTRL_jaw", "jaw_jnt", "jaw_end_jnt"], "jaw_jnt"],
  ["Advanced Skeleton", ["JawEnd_M", "Jaw_M"], "Jaw_M"],
  ["Auto-Rig Pro", ["c_jawbonex", "jawbonex", "jawbone.x"], "jawbone.x"],
  ["MMD", ["あご"], "あご"],
  ["a controller beside it", ["(CTRL_jaw)", "(jaw_grp)", "jaw"], "jaw"],
  ["jaw lines only", ["Jawline_L", "Jawline", "jawl", "JawWidth"], undefined],
  ["sides only", ["jaw.L", "jaw_R", "LeftJaw", "Jaw_Left"], undefined],
]) {
  test(`the jaw of ${rig}`, () => assert.equal(jawOf(nodes(names))?.name, wanted));
}

test("a bone that moves a mesh is better than one that does not", () => {
  const [control, deform] = nodes(["Jaw", "jaw_master_ctrl"]);
  assert.equal(jawOf([control, deform], new Set([deform])), deform);
});

test("a group with its origin at the feet is not turned", () => {
  const group = new Object3D();
  group.name = "LowerJaw";
  group.add(new Mesh(new BoxGeometry(0.05, 0.02, 0.03).translate(0, 1.55, 0)));
  group.updateMatrixWorld(true);
  assert.equal(jawOf([group]), undefined);
  group.position.set(0, 1.57, -0.06);
  group.children[0].position.set(0, -1.57, 0.06);
  group.updateMatrixWorld(true);
  assert.equal(jawOf([group]), group, "one with its origin at the joint is");
});
