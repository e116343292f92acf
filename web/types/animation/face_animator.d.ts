import { ExpressionLayer } from "./expression_layer.js";
import { SourceSelector } from "./source_selector.js";
export type Utterance = import("../utterance/utterance.js").Utterance;
/** @typedef {import("../utterance/utterance.js").Utterance} Utterance */
/**
 * What is shown: at each render tick it asks the clock, the ladder and the layers above it, and writes what is bound.
 * Between utterances, once it is back at neutral and no layer shows anything, it writes nothing, so the app may move
 * the morphs itself.
 */
export declare class FaceAnimator {
    #private;
    selector: SourceSelector;
    /** The first layer: emotions, at once. */
    expressionLayer: ExpressionLayer;
    /** The 52 of ARKit, as they are shown. */
    weights: Float32Array<ArrayBuffer>;
    /** Seconds of the utterance that the shown face belongs to. */
    time: number;
    /** Ticks a second, averaged. */
    fps: number;
    /** @type {import("../avatar/binding.js").Binding | null} */
    binding: import("../avatar/binding.js").Binding | null;
    /**
     * @param {(event: keyof import("../types.js").Events, payload: any) => void} emit
     * @param {import("../idle/idle_animation.js").IdleAnimation | null} [idle] the second layer
     */
    constructor(emit: (event: keyof import("../types.js").Events, payload: any) => void, idle?: import("../idle/idle_animation.js").IdleAnimation | null);
    /** Nothing is to be shown until somebody speaks. */
    get settled(): boolean;
    /**
     * @param {Utterance | null} utterance whose sound has begun
     * @param {number} now ms
     * @param {{intensity: number, smoothing: number, lipSync?: "server" | "viseme"}} settings
     * @param {boolean} [awaited] somebody is about to speak
     */
    update(utterance: Utterance | null, now: number, { intensity, smoothing, lipSync }: {
        intensity: number;
        smoothing: number;
        lipSync?: "server" | "viseme";
    }, awaited?: boolean): void;
    /**
     * Makes of what the ladder gives what is to be shown.
     * @param {Float32Array} face a whole one, changed in place
     * @param {number} intensity
     */
    applyIntensity(face: Float32Array, intensity: number): void;
    /** Neutral, at once. */
    reset(): void;
}
