import { arkitTerms } from "../oculus.js";
import { ChannelMixer } from "./channel_mixer.js";

/** Eye rotation at weight 1, radians: about as far as eyes turn without the head. */
const [YAW, PITCH] = [0.52, 0.42];

/** The eight gaze shapes. */
export const GAZE_SHAPES = ["In", "Out", "Up", "Down"].flatMap((way) => [
  `eyeLook${way}Left`,
  `eyeLook${way}Right`,
]);

/** Gaze direction as angles, computed from the gaze shapes. */
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
