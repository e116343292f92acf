/** Where the eyes turn in the head to look at the camera, or straight ahead. */
export declare class CameraGaze {
    #private;
    /** Degrees to the character's left, and up. */
    left: number;
    up: number;
    /**
     * @param {import("./head_rig.js").HeadRig} rig
     * @param {{matrixWorld: {elements: ArrayLike<number>}} | null} camera
     */
    lookAt(rig: import("./head_rig.js").HeadRig, camera: {
        matrixWorld: {
            elements: ArrayLike<number>;
        };
    } | null): boolean;
    /**
     * Straight ahead, whatever the head does: eyes turn against it.
     * @param {number} yaw degrees of the head to its left
     * @param {number} pitch degrees down
     */
    lookAhead(yaw: number, pitch: number): void;
}
/**
 * Turns both eyes beyond where the face has them, no further than eyes go with comfort.
 * @param {Float32Array} face whose first 52 are ARKit's
 * @param {number} left degrees to the character's left
 * @param {number} up degrees
 */
export declare function turnEyes(face: Float32Array, left: number, up: number): void;
