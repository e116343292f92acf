/**
 * What Azure's visemes ask of a face, after the built-in model's targets (training/face/targets.toml, rig.toml). Each
 * asks for nine curves, from which the ARKit shapes follow (rig.js), and one Oculus viseme; and how firmly,
 * by group.
 */
export declare const CURVES: string[];
/** Values that visemes are blended in: the curves, then the Oculus visemes. */
export declare const VALUES: number;
/** The curves that a loud voice makes larger are before this one. */
export declare const OPENING_END = 3;
/** The Oculus vowels are the last values. */
export declare const VOWELS_START: number;
/** Groups of values that are held alike: jaw, parting, rounding, spreading, tongue, Oculus. */
export declare const GROUPS = 6;
export declare const GROUP_END: number[];
/** The group that rises while another falls back, so that a long sound is never quite still. */
export declare const SWELLS_FIRST: boolean[];
/** Seconds before and after a sound in which its hold on each group grows and fades. Rounding starts early. */
export declare const EARLY: number[];
export declare const LATE: number[];
export declare const SILENCE = 0;
export declare const H = 12;
export declare const BITE = 18;
export declare const SEAL = 21;
/** Not Azure's: the mouth of a voice whose sounds are not known. */
export declare const MURMUR = 22;
export declare const IDS = 22;
export type Shape = {
    /**
     * the Oculus viseme
     */
    as?: string;
    /**
     * by group
     */
    hold: number[];
    /**
     * curve → 0–1
     */
    face?: Record<string, number>;
};
/** Diphthongs: the vowels that they go from and to. @type {Record<number, readonly [number, number]>} */
export declare const TURNS: Record<number, readonly [number, number]>;
/** `[ids, groups]` */
export declare const HOLD: Float32Array<ArrayBuffer>;
/** `[ids, values]` */
export declare const REST: Float32Array<ArrayBuffer>;
