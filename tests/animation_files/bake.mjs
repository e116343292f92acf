// Bakes an animation as the browser client does, and validates GLB files, for test_glb.py. Reads lines of JSON:
// {"avatar", "clip", "out"} writes what the client makes, {"validate"} prints the messages of errors.
import { readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import validator from "../../web/node_modules/gltf-validator/index.js";
import { FACE_WIDTH } from "../../web/src/oculus.js";
import { bakeTake } from "../../web/src/recording/bake.js";
import { VisemeFit } from "../../web/src/viseme_animation/fit.js";

/** The parts of a take that baking uses: frames at their own rate. */
function takeOf({ fps, weights }) {
  const fit = VisemeFit.ofAll();
  return {
    count: () => weights.length,
    faceAt(time, out) {
      const face = new Float32Array(FACE_WIDTH);
      face.set(weights[Math.round(time * fps)]);
      fit.write(face);
      out.set(face);
    },
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { avatar, clip, out, validate } = JSON.parse(line);
  if (validate) {
    const { issues } = await validator.validateBytes(new Uint8Array(await readFile(validate)));
    console.log(JSON.stringify(issues.messages.filter(({ severity }) => severity === 0).map((m) => m.code)));
    continue;
  }
  const { fps } = clip;
  const baked = bakeTake(takeOf(clip), await readFile(avatar), { fps, name: "speech" });
  await writeFile(out, baked);
  console.log(JSON.stringify([]));
}
