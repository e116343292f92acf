/** How full the chest is: 0 empty, 1 after a usual breath. */
export declare class Breath {
    #private;
    /** @param {import("./random.js").SeededRandom} chance */
    constructor(chance: import("./random.js").SeededRandom);
    /** Somebody is about to speak. @param {number} time seconds */
    inhale(time: number): void;
    /** @param {number} time seconds of a clock that never goes back */
    fullness(time: number): number;
}
