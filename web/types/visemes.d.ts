/**
 * The rank between the server's frames and loudness: mouth shapes from the visemes of a speech service. Marks
 * are kept; the shapes that they stand for are not known yet, so the rank never claims to have data.
 */
export declare class Visemes {
    rank: "viseme";
    /** @type {{time: number, id: number}[]} */
    marks: {
        time: number;
        id: number;
    }[];
    /**
     * @param {number} time seconds of the utterance
     * @param {number} id Azure viseme, 0–21
     */
    add(time: number, id: number): void;
    /** @returns {number} */
    ahead(): number;
    /**
     * @param {number} _time
     * @param {Float32Array} out
     */
    sample(_time: number, out: Float32Array): void;
}
