/** Where the eyes turn in the head to look at the camera, or straight ahead. */
export declare class Eyes {
    #private;
    /** Degrees to the character's left, and up. */
    left: number;
    up: number;
    /**
     * @param {import("./body.js").Body} body
     * @param {{matrixWorld: {elements: ArrayLike<number>}} | null} camera
     */
    atCamera(body: import("./body.js").Body, camera: {
        matrixWorld: {
            elements: ArrayLike<number>;
        };
    } | null): boolean;
    /**
     * Straight ahead, whatever the head does: eyes turn against it.
     * @param {number} yaw degrees of the head to its left
     * @param {number} pitch degrees down
     */
    ahead(yaw: number, pitch: number): void;
}
/**
 * Turns both eyes beyond where the face has them, no further than eyes go with comfort.
 * @param {Float32Array} face whose first 52 are ARKit's
 * @param {number} left degrees to the character's left
 * @param {number} up degrees
 */
export declare function turnEyes(face: Float32Array, left: number, up: number): void;
