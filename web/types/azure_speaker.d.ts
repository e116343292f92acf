export type Sdk = any;
export type AzureCredentials = {
    token?: string | null;
    region?: string | null;
    host?: string | null;
    expires_in?: number;
};
export type SpeakingClient = {
    start: (options: {
        sampleRate: number;
    }) => PcmStream;
    on: (event: "cancel", callback: () => void) => unknown;
};
export type Outcome = import("./types.js").Outcome;
export type PcmStream = import("./utterance/pcm_stream.js").PcmStream;
/**
 * Hands a SpeechSynthesizer's sound, visemes and words to an utterance as they are synthesised. The synthesizer
 * must give raw PCM of the utterance's rate and must not play by itself.
 * @param {any} synthesizer a `SpeechSynthesizer` of Microsoft's SDK
 * @param {PcmStream} utterance of `client.start({ sampleRate })`
 * @param {() => void} [onSign] is called with each sign of life
 */
export declare function followAzure(synthesizer: any, utterance: PcmStream, onSign?: () => void): void;
/** Lets Azure speak in the browser, with Microsoft's own SDK, and the client play it and move the face. */
export declare class AzureSpeaker {
    #private;
    /**
     * @param {SpeakingClient} client
     * @param {Sdk} sdk
     * @param {{getPass: () => AzureCredentials | Promise<AzureCredentials>, voice?: string}} options getPass: asks your server, which asks
     *   `POST /v1/azure-token`, so that no key is in the page; voice: such as "en-US-AvaNeural"
     */
    constructor(client: SpeakingClient, sdk: Sdk, { getPass, voice }: {
        getPass: () => AzureCredentials | Promise<AzureCredentials>;
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
