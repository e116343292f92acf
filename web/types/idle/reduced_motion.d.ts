/** Whether the visitor asked for less motion, now. */
export declare class ReducedMotion {
    #private;
    /**
     * @param {{matchMedia?: typeof matchMedia}} platform
     * @param {() => void} onChange
     */
    constructor(platform: {
        matchMedia?: typeof matchMedia;
    }, onChange: () => void);
    get requested(): boolean;
    dispose(): void;
}
