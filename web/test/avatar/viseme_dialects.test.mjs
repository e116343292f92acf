import assert from "node:assert/strict";
import { test } from "node:test";
import { Binding } from "../../src/avatar/binding.js";
import { FACE_WIDTH, OCULUS, oculusIndex } from "../../src/oculus.js";
import { mesh } from "../support/world.mjs";

const numbers = (count, stem = "", width = 1) =>
  Array.from({ length: count }, (_, i) => stem + String(i).padStart(width, "0"));
const words = (text) => text.split(" ");

const MICROSOFT = words(
  "sil_00 aa_ah_ax_01 aa_02 ao_03 ey_eh_uh_04 er_05 y_iy_ih_ix_06 w_uw_07 ow_08 aw_09 oy_10 ay_11 h_12 r_13 l_14 s_z_15 sh_ch_jh_zh_16 th_dh_17 f_v_18 d_t_n_19 k_g_ng_20 p_b_m_21",
);
const CC4 = words("AE Ah B_M_P Ch_J EE Er F_V Ih K_G_H_NG Oh R S_Z T_L_D_N Th W_OO");
const DAZ = words("AA EE EH ER F IH IY K L M OW S T TH UW W");

/** Returns the targets that move for a viseme. */
function movedBy(names, viseme) {
  const made = mesh(names);
  const face = new Float32Array(FACE_WIDTH);
  face[oculusIndex(viseme)] = 1;
  new Binding(made).write(face);
  return names.filter((_, i) => made.morphTargetInfluences[i] > 0.99);
}

for (const [what, names, wanted] of [
  ["MPFB", MICROSOFT, { aa: "aa_02", PP: "p_b_m_21", nn: "l_14", FF: "f_v_18", CH: "sh_ch_jh_zh_16" }],
  ["Azure ids", numbers(22), { aa: "2", PP: "21", U: "7", SS: "15" }],
  ["viseme_0", numbers(22, "viseme_"), { aa: "viseme_2", PP: "viseme_21" }],
  ["Viseme00", numbers(22, "Viseme", 2), { aa: "Viseme02", sil: "Viseme00" }],
  ["Character Creator 4", CC4, { aa: "Ah", PP: "B_M_P", nn: "T_L_D_N", DD: "T_L_D_N", U: "W_OO", TH: "Th" }],
  ["Character Creator 4 copies", CC4.map((name) => `${name}.001`), { aa: "Ah.001", RR: "R.001" }],
  [
    "Character Creator 3",
    words("Open Explosive Dental_Lip Tight_O Tight Wide Affricate Lip_Open"),
    { aa: "Open", PP: "Explosive", O: "Tight_O", U: "Tight" },
  ],
  [
    "DAZ Genesis 8",
    DAZ.map((name) => `head__eCTRLv${name}`),
    { aa: "head__eCTRLvAA", PP: "head__eCTRLvM", U: "head__eCTRLvUW", CH: "head__eCTRLvS" },
  ],
  ["DAZ Genesis 9", DAZ.map((name) => `facs_ctrl_v${name}`), { I: "facs_ctrl_vIY", O: "facs_ctrl_vOW" }],
  ["Papagayo", words("AI E O U WQ MBP FV L etc rest"), { aa: "AI", PP: "MBP", FF: "FV", I: "E" }],
  ["Maya's copies", OCULUS.map((name) => `viseme_${name}_ncl1_1`), { aa: "viseme_aa_ncl1_1" }],
]) {
  test(`the visemes of ${what} are moved, each by its sound`, () => {
    for (const [viseme, target] of Object.entries(wanted)) assert.deepEqual(movedBy(names, viseme), [target]);
    assert.equal(new Binding(mesh(names)).report.problem, null);
  });
}

for (const [what, names] of [
  ["MMD", words("あ い う え お まばたき 笑い 怒り")],
  ["letters", words("A I U E O")],
  ["letters with an N", words("a i u e o n")],
  ["letters of a mouth", words("Mouth_A Mouth_I Mouth_U Mouth_E Mouth_O")],
  ["VRM", words("aa ih ou ee oh blink")],
  ["VRoid", words("Fcl_MTH_A Fcl_MTH_I Fcl_MTH_U Fcl_MTH_E Fcl_MTH_O Fcl_EYE_Close")],
]) {
  test(`the five vowels of ${what} move the mouth`, () => {
    const { report } = new Binding(mesh(names));
    assert.ok(report.found.includes("jawOpen"), report.advice);
    assert.deepEqual(report.schemes, ["simple"]);
  });
}

for (const [what, names] of [
  ["a dress with sizes", words("A B C D E")],
  ["an alphabet", words("A B C D E F G H I J K L M N O P Q R S T U V W X Y Z")],
  ["sides", words("Coat_L Coat_R Sleeve_L Sleeve_R Th Ah")],
  ["a car", words("Open Wide Roof_Open Door_Open")],
  ["numbered keys", numbers(22, "Key ")],
  ["numbered targets", numbers(22, "target_")],
  ["visemes of another numbering", numbers(30, "viseme_")],
  ["wrinkles", words("Jawline JawWidth Chin_Width MouthWidth EyeDistance")],
  ["an indicator", words("Lamp_Blink Lamp_On")],
  ["a single kana", ["あ"]],
]) {
  test(`${what} is no face`, () => {
    const { report } = new Binding(mesh(names));
    assert.deepEqual([report.found, report.problem], [[], "unknown_names"]);
    assert.ok(report.advice.includes(`“${names[0]}”`), report.advice);
  });
}

test("targets that happen to have a name of the set as their last word are left alone", () => {
  const made = mesh([...CC4, "Coat_R"]);
  const face = new Float32Array(FACE_WIDTH);
  face[oculusIndex("RR")] = 1;
  new Binding(made).write(face);
  assert.deepEqual([made.value("R"), made.value("Coat_R")], [1, 0]);
});
