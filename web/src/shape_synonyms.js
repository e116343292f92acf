/**
 * Names that other systems use for ARKit shapes, beyond differences in spelling: Character Creator, MetaHuman,
 * Meta's faces, SRanipal, Unified Expressions and Mixamo Fuse. `*` stands for l or r at the end.
 */
export const SYNONYMS = {
  "browdrop*": "browDown*",
  "browraiseinner*": "browInnerUp",
  "browraisein*": "browInnerUp",
  "browraiseouter*": "browOuterUp*",
  "cheekraise*": "cheekSquint*",
  "eyecheekraise*": "cheekSquint*",
  "eyewiden*": "eyeWide*",
  "eyesquintinner*": "eyeSquint*",
  "mouthcornerpull*": "mouthSmile*",
  "mouthcornerdepress*": "mouthFrown*",
  "mouthdownlower*": "mouthLowerDown*",
  "mouthlowerlipdepress*": "mouthLowerDown*",
  "mouthupupper*": "mouthUpperUp*",
  "mouthupperlipraise*": "mouthUpperUp*",
  "mouthrollinlower*": "mouthRollLower",
  "mouthrollinupper*": "mouthRollUpper",
  "mouthlipspursed*": "mouthPucker",
  "mouthlipspurseu*": "mouthPucker",
  "nosewrinkle*": "noseSneer*",
  "nosewrinkler*": "noseSneer*",
  "nosescrunch*": "noseSneer*",
  "browlowerer*": "browDown*",
  "browsdown*": "browDown*",
  "outerbrowraiser*": "browOuterUp*",
  "browsup*": "browOuterUp*",
  "cheekraiser*": "cheekSquint*",
  "eyesclosed*": "eyeBlink*",
  "eyeclosed*": "eyeBlink*",
  "eyeslookup*": "eyeLookUp*",
  "eyeslookdown*": "eyeLookDown*",
  "lidtightener*": "eyeSquint*",
  "squint*": "eyeSquint*",
  "upperlidraiser*": "eyeWide*",
  "eyeswide*": "eyeWide*",
  "lipcornerpuller*": "mouthSmile*",
  "lipcornerdepressor*": "mouthFrown*",
  "smile*": "mouthSmile*",
  "frown*": "mouthFrown*",
  "mouthsad*": "mouthFrown*",
  "dimpler*": "mouthDimple*",
  "mouthdimpler*": "mouthDimple*",
  "lipstretcher*": "mouthStretch*",
  "lippressor*": "mouthPress*",
  "lowerlipdepressor*": "mouthLowerDown*",
  "lowerlipdown*": "mouthLowerDown*",
  "upperlipraiser*": "mouthUpperUp*",
  "upperlipup*": "mouthUpperUp*",
};

/**
 * Whole shapes without a side, and shapes that other systems split in their own way: all of them move together.
 * @type {Record<string, string[]>}
 */
export const PARTS = {
  browInnerUp: ["innerbrowraiserl", "innerbrowraiserr"],
  jawOpen: ["jawdrop"],
  jawForward: ["jawthrust"],
  jawLeft: ["jawsidewaysleft"],
  jawRight: ["jawsidewaysright"],
  mouthClose: ["lipstoward", "mouthclosed", "mouthapeshape"],
  mouthPucker: ["lippuckerl", "lippuckerr", ...quarters("lippucker"), "mouthpout"],
  mouthFunnel: [...quarters("lipfunneler"), ...quarters("lipfunnel")],
  mouthRollUpper: [
    "lipsucklt",
    "lipsuckrt",
    "lipsuckupperleft",
    "lipsuckupperright",
    "mouthupperinside",
    "upperlipin",
  ],
  mouthRollLower: [
    "lipsucklb",
    "lipsuckrb",
    "lipsucklowerleft",
    "lipsucklowerright",
    "mouthlowerinside",
    "lowerlipin",
  ],
  mouthShrugUpper: ["chinraisert", "mouthraiserupper"],
  mouthShrugLower: ["chinraiserb", "mouthraiserlower", "mouthloweroverlay"],
  mouthLeft: ["mouthupperleft", "mouthlowerleft"],
  mouthRight: ["mouthupperright", "mouthlowerright"],
  tongueOut: ["tonguelongstep1"],
};

/**
 * The quarters of the lips, as Meta (LB, LT …) and Unified Expressions (UpperLeft …) name them.
 * @param {string} name
 */
function quarters(name) {
  return ["lb", "lt", "rb", "rt", "upperleft", "upperright", "lowerleft", "lowerright"].map(
    (part) => name + part,
  );
}

/**
 * Eye shapes whose side is not at the end, and gaze shapes: both eyes look in and out in mirrored directions, so a
 * suffix rule does not work.
 */
export const GAZE = {
  eyellookl: "eyeLookOutLeft",
  eyellookr: "eyeLookInLeft",
  eyellookup: "eyeLookUpLeft",
  eyellookdown: "eyeLookDownLeft",
  eyerlookl: "eyeLookInRight",
  eyerlookr: "eyeLookOutRight",
  eyerlookup: "eyeLookUpRight",
  eyerlookdown: "eyeLookDownRight",
  eyelookleftl: "eyeLookOutLeft",
  eyelookrightl: "eyeLookInLeft",
  eyelookleftr: "eyeLookInRight",
  eyelookrightr: "eyeLookOutRight",
  eyeslookleftl: "eyeLookOutLeft",
  eyeslookrightl: "eyeLookInLeft",
  eyeslookleftr: "eyeLookInRight",
  eyeslookrightr: "eyeLookOutRight",
  eyeleftleft: "eyeLookOutLeft",
  eyeleftright: "eyeLookInLeft",
  eyeleftup: "eyeLookUpLeft",
  eyeleftdown: "eyeLookDownLeft",
  eyerightleft: "eyeLookInRight",
  eyerightright: "eyeLookOutRight",
  eyerightup: "eyeLookUpRight",
  eyerightdown: "eyeLookDownRight",
  eyeleftblink: "eyeBlinkLeft",
  eyerightblink: "eyeBlinkRight",
  eyeleftwide: "eyeWideLeft",
  eyerightwide: "eyeWideRight",
  eyeleftsqueeze: "eyeSquintLeft",
  eyerightsqueeze: "eyeSquintRight",
};
