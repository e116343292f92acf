/** A mark that comes too late changes the face that is shown; it is faded to the new one. */
export declare class VisemeFade {
    #private;
    /**
     * Faces are no longer what they were, which matters if one of them is shown.
     * @param {number} from seconds
     * @param {number} to
     */
    change(from: number, to: number): void;
    /**
     * Goes on from the face that was shown, where it changed.
     * @param {number} time seconds
     * @param {Float32Array} face what it should be; becomes what is shown
     */
    apply(time: number, face: Float32Array): void;
}
