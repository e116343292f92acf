import { Group } from "three";
import { ear, hair, jumper, neck } from "./head/body.js";
import { brow } from "./head/brows.js";
import { eyeball, lowerLid, upperLid } from "./head/eyes.js";
import { face } from "./head/face.js";
import { lowerTeeth, tongue, upperTeeth } from "./head/mouth.js";
import { mirrored } from "./head/patch.js";

/** A head made on the spot, with all 52 ARKit shapes as morph targets. It looks along +z, so its left is +x; it is
 * about 2.4 units high from chin to crown, and its middle is the origin. A mesh has only the morph targets that
 * move it, each under its ARKit name in morphTargetDictionary. */
export function createHead() {
  const head = new Group();
  head.name = "Head";
  head.add(face(), upperTeeth(), lowerTeeth(), tongue(), hair(), neck(), jumper());
  for (const part of [eyeball(), upperLid(), lowerLid(), brow(), ear()]) head.add(part, mirrored(part));
  return head;
}
