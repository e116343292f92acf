/**
 * Writes a whole face.
 * @param {Float32Array} values blended
 * @param {{seal: number, bite: number, rest: number, press: number}} gates 0–1: lips that meet, lip at the
 *   teeth, silence, and how firmly lips that meet are pressed
 * @param {Float32Array} out a whole face
 */
export declare function writeVisemeFace(values: Float32Array, { seal, bite, rest, press }: {
    seal: number;
    bite: number;
    rest: number;
    press: number;
}, out: Float32Array): void;
