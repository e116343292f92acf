/**
 * What an avatar cannot do, and what helps, in sentences.
 * @param {readonly string[]} found ARKit shapes that move something
 * @param {ReadonlySet<string>} schemes what moves the mouth where no jawOpen does
 * @param {boolean} vrm whether it is one
 * @returns {string} empty when nothing is missing that anybody would see
 */
export declare function adviceFor(found: readonly string[], schemes: ReadonlySet<string>, vrm: boolean): string;
