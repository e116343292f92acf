export type Sdk = any;
export type Pass = {
    token?: string | null;
    region?: string | null;
    host?: string | null;
    expires_in?: number;
};
export type Outcome = import("../types.js").Outcome;
export type Utterance = import("../speech/utterance.js").Utterance;
/**
 * Hands a SpeechSynthesizer's sound, visemes and words to an utterance as they are synthesised. The synthesizer
 * must give raw PCM of the utterance's rate and must not play by itself.
 * @param {any} synthesizer a `SpeechSynthesizer` of Microsoft's SDK
 * @param {Utterance} utterance of `client.start({ sampleRate })`
 * @param {() => void} [onSign] is called with each sign of life
 */
export declare function followAzure(synthesizer: any, utterance: Utterance, onSign?: () => void): void;
/** Lets Azure speak in the browser, with Microsoft's own SDK, and the client play it and move the face. */
export declare class AzureSpeaker {
    #private;
    /**
     * @param {import("../client.js").Audio2FaceClient} client
     * @param {Sdk} sdk
     * @param {{getPass: () => Pass | Promise<Pass>, voice?: string}} options getPass: asks your server, which asks
     *   `POST /v1/azure-token`, so that no key is in the page; voice: such as "en-US-AvaNeural"
     */
    constructor(client: import("../client.js").Audio2FaceClient, sdk: Sdk, { getPass, voice }: {
        getPass: () => Pass | Promise<Pass>;
        voice?: string;
    });
    /**
     * Sentences are synthesised one after another; `client.cancel()` stops the one that is spoken and drops the rest.
     * @param {string | {ssml: string}} words
     * @returns {Promise<Outcome>} after it was heard, or cancelled; rejects with an A2FError where Azure fails
     */
    speak(words: string | {
        ssml: string;
    }): Promise<Outcome>;
    /** Closes the connection to Azure. */
    close(): void;
}
