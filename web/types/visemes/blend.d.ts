/** The mean of what sounds ask for, each as firm as its hold on an instant. */
export declare class VisemeBlend {
    #private;
    values: Float32Array<ArrayBuffer>;
    clear(): void;
    /**
     * Adds what a sound asks for, as firmly as it holds an instant.
     * @param {number} shape whose face it has
     * @param {number} id whose strength it has
     * @param {number} scale of the face
     * @param {number} start seconds
     * @param {number} end
     * @param {number} time
     */
    add(shape: number, id: number, scale: number, start: number, end: number, time: number): void;
    /**
     * Makes the mean of what was added.
     * @param {number} level of the voice, 0–1; negative: not known
     */
    average(level: number): void;
}
