import { arkitTerms } from "../oculus.js";
import { ChannelMixer } from "./channel_mixer.js";

/** How far eyes turn at 1, in radians: about what people do without turning the head. */
const [YAW, PITCH] = [0.52, 0.42];

/** The eight shapes of the gaze, which say where both eyes look. */
export const GAZE_SHAPES = ["In", "Out", "Up", "Down"].flatMap((way) => [
  `eyeLook${way}Left`,
  `eyeLook${way}Right`,
]);

/** Where the eyes look, as angles. */
export class GazeAngles {
  /** Radians to the character's left. */
  yaw = 0;
  /** Radians down. */
  pitch = 0;
  #ways = new ChannelMixer([
    arkitTerms({ eyeLookOutLeft: 0.5, eyeLookInRight: 0.5 }),
    arkitTerms({ eyeLookInLeft: 0.5, eyeLookOutRight: 0.5 }),
    arkitTerms({ eyeLookDownLeft: 0.5, eyeLookDownRight: 0.5 }),
    arkitTerms({ eyeLookUpLeft: 0.5, eyeLookUpRight: 0.5 }),
  ]);

  /** @param {Float32Array} face */
  read(face) {
    this.#ways.mix(face);
    const [left, right, down, up] = this.#ways.values;
    this.yaw = (left - right) * YAW;
    this.pitch = (down - up) * PITCH;
  }
}
