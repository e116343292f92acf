import assert from "node:assert/strict";
import { test } from "node:test";
import { BLENDSHAPES } from "../src/arkit.js";
import { canonicalShape, matchShape, wordsOf } from "../src/shape_names.js";

const snake = (name) => name.replace(/[A-Z]/g, (c) => `_${c}`).replace(/^./, (c) => c.toUpperCase());
const pascal = (name) => name[0].toUpperCase() + name.slice(1);
const short = (name, sign) => name.replace(/(Left|Right)$/, (side) => sign + side[0]);

/** Complete schemes: spelling of all 52 names. */
const SCHEMES = {
  arkit: (name) => name,
  pascal,
  "lower case": (name) => name.toLowerCase(),
  "_L/_R": (name) => short(name, "_"),
  ".L/.R": (name) => short(name, "."),
  "-L/-R": (name) => short(name, "-"),
  "plain L/R": (name) => short(name, ""),
  "Maya prefix": (name) => `blendShape1.${short(name, "_")}`,
  BS_node: (name) => `BS_node.${name}`,
  ARKit_: (name) => `ARKit_${pascal(name)}`,
  head_: (name) => `head_${name}`,
  "A2F prefix": (name) => `blendShapes.${pascal(name)}`,
  Rocketbox: (name, i) => `AK_${String(i + 1).padStart(2, "0")}_${pascal(name)}`,
  Daz: (name) => `facs_bs_${pascal(name)}`,
  MetaHuman: (name) => `CTRL_expressions_${short(name, "")}`,
  "Character Creator": (name, i) => `A${String(i + 1).padStart(2, "0")}_${snake(name)}`,
  "snake case": snake,
};

for (const [scheme, spell] of Object.entries(SCHEMES)) {
  test(`all 52 names are recognised in ${scheme}`, () => {
    for (const [i, name] of BLENDSHAPES.entries()) {
      assert.equal(BLENDSHAPES[canonicalShape(spell(name, i))], name, spell(name, i));
    }
  });
}

for (const [spelling, name] of Object.entries({
  "eyeBlink.L": "eyeBlinkLeft",
  Eye_Blink_L: "eyeBlinkLeft",
  A14_Eye_Blink_Left: "eyeBlinkLeft",
  A27_Jaw_Left: "jawLeft",
  Jaw_L: "jawLeft",
  Mouth_R: "mouthRight",
  facs_jnt_JawOpen: "jawOpen",
  Eye_L_Look_L: "eyeLookOutLeft",
  Eye_L_Look_R: "eyeLookInLeft",
  Eye_R_Look_L: "eyeLookInRight",
  Eye_R_Look_Down: "eyeLookDownRight",
  Mouth_Down_Lower_L: "mouthLowerDownLeft",
  Mouth_Up_Upper_R: "mouthUpperUpRight",
  Brow_Drop_L: "browDownLeft",
  Brow_Raise_Outer_R: "browOuterUpRight",
  Cheek_Raise_L: "cheekSquintLeft",
  CTRL_expressions_mouthCornerPullL: "mouthSmileLeft",
  CTRL_expressions_eyeLookRightL: "eyeLookInLeft",
})) {
  test(`${spelling} is ${name}`, () => assert.equal(BLENDSHAPES[canonicalShape(spelling)], name));
}

for (const [spelling, name] of Object.entries({
  Mouth_Pucker_Up_L: "mouthPucker",
  Mouth_Funnel_Down_R: "mouthFunnel",
  facs_bs_CheekPuffLeft: "cheekPuff",
  Cheek_Puff_R: "cheekPuff",
  Brow_Raise_Inner_L: "browInnerUp",
  Mouth_Roll_In_Lower_R: "mouthRollLower",
  CTRL_expressions_mouthPressUL: "mouthPressLeft",
})) {
  test(`${spelling} is a part of ${name}`, () => {
    const match = matchShape(spelling);
    assert.equal(BLENDSHAPES[match.shape], name);
    assert.notEqual(match.part, "");
  });
}

for (const name of [
  "viseme_aa",
  "viseme_PP",
  "mouthOpen",
  "mouthSmile",
  "eyesClosed",
  "_neutral",
  "V_Open",
  "Fcl_MTH_A",
  "Mouth_Smile_Sharp_L",
  "Head_L",
  "",
  "jaw",
]) {
  test(`"${name}" is not an ARKit shape`, () => assert.equal(matchShape(name), null));
}

test("names are split into words", () => {
  assert.deepEqual(wordsOf("A14_Eye_BlinkLeft.UL"), ["a", "14", "eye", "blink", "left", "ul"]);
});

for (const [name, shape] of Object.entries({
  "jawOpen.001": "jawOpen",
  jawOpen_ncl1_1: "jawOpen",
  facs_bs_EyeBlinkLeft_div2: "eyeBlinkLeft",
  Jaw_Drop: "jawOpen",
  Lips_Toward: "mouthClose",
  Eyes_Closed_L: "eyeBlinkLeft",
  Eyes_Look_Left_R: "eyeLookInRight",
  Lip_Corner_Puller_R: "mouthSmileRight",
  Brow_Lowerer_L: "browDownLeft",
  Lip_Pucker_L: "mouthPucker",
  Lip_Suck_LT: "mouthRollUpper",
  Chin_Raiser_B: "mouthShrugLower",
  Eye_Left_Blink: "eyeBlinkLeft",
  Eye_Left_Right: "eyeLookInLeft",
  Mouth_Ape_Shape: "mouthClose",
  Mouth_Sad_Left: "mouthFrownLeft",
  EyeClosedRight: "eyeBlinkRight",
  LipFunnelUpperLeft: "mouthFunnel",
  MouthRaiserLower: "mouthShrugLower",
  MouthCornerPullLeft: "mouthSmileLeft",
})) {
  test(`${name} is ${shape}`, () => assert.equal(BLENDSHAPES[matchShape(name)?.shape], shape));
}

for (const name of ["Jawline", "JawWidth", "Jaw", "Eyes", "jawOpenings", "001", "Smile", "A", "Lip_Gloss"])
  test(`${name} is no shape`, () => assert.equal(matchShape(name), null));
