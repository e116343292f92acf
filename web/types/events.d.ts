/**
 * Listeners by event name. Lists are copied when they change, never while they are called, so emitting
 * allocates nothing and a listener may unsubscribe itself.
 * @template {Record<string, any>} Events
 */
export declare class Emitter<Events extends Record<string, any>> {
    #private;
    /** @param {(error: unknown) => void} [report] receives what a listener throws */
    constructor(report?: (error: unknown) => void);
    /**
     * @template {keyof Events} Name
     * @param {Name} event
     * @param {(payload: Events[Name]) => void} callback
     * @returns {() => void} unsubscribes
     */
    on<Name extends keyof Events>(event: Name, callback: (payload: Events[Name]) => void): () => void;
    /**
     * @template {keyof Events} Name
     * @param {Name} event
     * @param {(payload: Events[Name]) => void} callback
     */
    off<Name extends keyof Events>(event: Name, callback: (payload: Events[Name]) => void): void;
    /**
     * @template {keyof Events} Name
     * @param {Name} event
     * @param {Events[Name]} payload
     */
    emit<Name extends keyof Events>(event: Name, payload: Events[Name]): void;
    clear(): void;
}
