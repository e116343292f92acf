/** How full the chest is: 0 empty, 1 after a usual breath. */
export declare class Breath {
    #private;
    /** @param {import("./chance.js").Chance} chance */
    constructor(chance: import("./chance.js").Chance);
    /** Somebody is about to speak. @param {number} time seconds */
    gasp(time: number): void;
    /** @param {number} time seconds of a clock that never goes back */
    fullness(time: number): number;
}
