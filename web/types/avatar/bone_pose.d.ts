/** @typedef {{x: number, y: number, z: number, w: number}} Quaternion */
export type Quaternion = {
    x: number;
    y: number;
    z: number;
    w: number;
};
/**
 * How a bone is held by those who turn it: from wherever the app's animation has it. When somebody else has moved it
 * since it was last written, that is its rest from then on. Several who turn one bone share its rest, and their turns
 * add up.
 */
export declare class BonePose {
    #private;
    /** @param {{quaternion: Quaternion}} bone @returns {BonePose} the one of this bone */
    static of(bone: {
        quaternion: Quaternion;
    }): BonePose;
    /** @param {Quaternion} quaternion */
    constructor(quaternion: Quaternion);
    /** @param {(quaternion: Quaternion) => void} turn is added, unless it is there, and done with all others */
    hold(turn: (quaternion: Quaternion) => void): void;
    /**
     * After the last it is at its rest, unless somebody else has moved it.
     * @param {(quaternion: Quaternion) => void} turn
     */
    release(turn: (quaternion: Quaternion) => void): void;
}
