// Prints the client's weights for each of Azure's 22 visemes: {"viseme 0": {ARKit name: weight, …}, …}.
import { BLENDSHAPES } from "../../../web/src/arkit.js";
import { FACE_WIDTH } from "../../../web/src/oculus.js";
import { IDS } from "../../../web/src/viseme_animation/shapes.js";
import { VisemeSource } from "../../../web/src/viseme_animation/source.js";

const LASTS_S = 0.14;

function held(id) {
  const visemes = new VisemeSource();
  visemes.add(0, id);
  visemes.finish(LASTS_S);
  const face = new Float32Array(FACE_WIDTH);
  visemes.sample(LASTS_S / 2, face);
  return Object.fromEntries(BLENDSHAPES.map((name, i) => [name, face[i]]).filter(([, weight]) => weight > 0));
}

const all = Array.from({ length: IDS }, (_, id) => [`viseme ${id}`, held(id)]);
console.log(JSON.stringify(Object.fromEntries(all)));
