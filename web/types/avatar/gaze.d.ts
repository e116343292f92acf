/** The eight shapes of the gaze, which say where both eyes look. */
export declare const GAZE_SHAPES: string[];
/** Where the eyes look, as angles. */
export declare class GazeAngles {
    #private;
    /** Radians to the character's left. */
    yaw: number;
    /** Radians down. */
    pitch: number;
    /** @param {Float32Array} face */
    read(face: Float32Array): void;
}
