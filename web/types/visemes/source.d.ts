/**
 * The rank between the server's frames and loudness: a face from the viseme marks of a speech service. Each sound
 * holds the groups of the face with a strength that is full in its span and fades around it; the face is the mean
 * of what all ask for. Above that stand three gates that no neighbour can open: lips that meet, the lip at the
 * teeth, and silence. Where marks are sparse the mouth goes over to the loudness of the voice.
 */
export declare class VisemeSource {
    #private;
    rank: "viseme";
    /** It writes the visemes of a face, too. */
    writesVisemes: boolean;
    /** How loud the voice is at a time, 0–1; negative: not known. @type {((time: number) => number) | null} */
    level: ((time: number) => number) | null;
    /** How many marks are kept. */
    get count(): number;
    /**
     * @param {number} time seconds of the utterance
     * @param {number} id Azure viseme, 0–21; others are left out
     */
    add(time: number, id: number): void;
    /**
     * No more marks are to be waited for.
     * @param {number} duration seconds of the utterance
     */
    finish(duration: number): void;
    /**
     * Forgets the marks that no longer have a hold on an instant.
     * @param {number} time seconds
     */
    trim(time: number): void;
    /**
     * Seconds of marks beyond an instant, in the sense of {@link import("../frame_track.js").FrameTrack#ahead}.
     * @param {number} time seconds
     */
    ahead(time: number): number;
    /**
     * The curves are smooth by themselves, so the smoothing that other sources take is not asked for.
     * @param {number} time seconds
     * @param {Float32Array} out a whole face
     */
    sample(time: number, out: Float32Array): void;
}
