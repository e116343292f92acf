import { A2FError } from "../errors.js";
/** Sound that an <audio> or <video> element plays; the face follows its pauses, seeks and rate. */
export declare class ElementSink {
    #private;
    /** @type {A2FError | null} */
    failure: A2FError | null;
    /**
     * @param {HTMLMediaElement} element
     * @param {import("./audio_output.js").AudioOutput} output whose next gesture may start a blocked element
     * @param {{onChange: () => void, onLocked: () => void}} callbacks onChange: it ended or failed
     * @param {{follow?: boolean}} [options] follow: the app starts it when it likes
     */
    constructor(element: HTMLMediaElement, output: import("./audio_output.js").AudioOutput, { onChange, onLocked }: {
        onChange: () => void;
        onLocked: () => void;
    }, { follow }?: {
        follow?: boolean;
    });
    /** The app has started it already, or sees to that itself. */
    get startsImmediately(): boolean;
    /** The app holds it, and may never let it go on. */
    get isPaused(): boolean;
    get rate(): number;
    start(): void;
    stop(): void;
    /** @param {number} now ms */
    time(now: number): number;
    deviceTime(): number;
    /** Whether everything was heard; from then on the element is the app's again. */
    isOver(): boolean;
}
