import { A2FError, requireArgument } from "./errors.js";

/**
 * @typedef {any} Sdk the namespace of `microsoft-cognitiveservices-speech-sdk`
 * @typedef {{token?: string | null, region?: string | null, host?: string | null, expires_in?: number}} Pass
 *   what `POST /v1/azure-token` answers; `host` (ws://…) is a container or an emulator, which needs no token
 * @typedef {import("./types.js").Outcome} Outcome
 * @typedef {import("./utterance.js").Utterance} Utterance
 */

/** What Azure is asked for: PCM without a header, at a rate that every part of the way takes. */
const SAMPLE_RATE = 24000;
/** Azure counts in units of 100 ns. */
const TICKS = 1e7;
/** A pass is renewed this long before it ends, in seconds. */
const SPARE_S = 60;
const PASS_S = 600;

/**
 * Hands a SpeechSynthesizer's sound, visemes and words to an utterance as they are synthesised. The synthesizer
 * must give raw PCM of the utterance's rate and must not play by itself.
 * @param {any} synthesizer a `SpeechSynthesizer` of Microsoft's SDK
 * @param {Utterance} utterance of `client.start({ sampleRate })`
 */
export function followAzure(synthesizer, utterance) {
  synthesizer.synthesizing = (/** @type {any} */ _, /** @type {any} */ { result }) => {
    if (!utterance.ended && result.audioData) utterance.write(result.audioData);
  };
  synthesizer.visemeReceived = (/** @type {any} */ _, /** @type {any} */ event) => {
    utterance.addViseme(event.audioOffset / TICKS, event.visemeId);
  };
  synthesizer.wordBoundary = (/** @type {any} */ _, /** @type {any} */ event) => {
    utterance.addWord(event.audioOffset / TICKS, event.duration / TICKS, event.text);
  };
}

/** Lets Azure speak in the browser, with Microsoft's own SDK, and the client play it and move the face. */
export class AzureSpeaker {
  #client;
  #sdk;
  #getPass;
  #voice;
  /** @type {any} */
  #synthesizer = null;
  #renewAt = 0;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @param {import("./client.js").Audio2FaceClient} client
   * @param {Sdk} sdk
   * @param {{getPass: () => Pass | Promise<Pass>, voice?: string}} options getPass: asks your server, which asks
   *   `POST /v1/azure-token`, so that no key is in the page; voice: such as "en-US-AvaNeural"
   */
  constructor(client, sdk, { getPass, voice }) {
    requireArgument(sdk?.SpeechSynthesizer, "AzureSpeaker needs microsoft-cognitiveservices-speech-sdk.");
    requireArgument(typeof getPass === "function", "AzureSpeaker needs getPass: () => your server's token.");
    this.#client = client;
    this.#sdk = sdk;
    this.#getPass = getPass;
    this.#voice = voice;
  }

  /**
   * Sentences are synthesised one after another; `client.cancel()` stops the one that is spoken.
   * @param {string | {ssml: string}} words
   * @returns {Promise<Outcome>} after it was heard, or cancelled
   */
  speak(words) {
    const synthesised = this.#last.then(() => this.#synthesize(words));
    this.#last = synthesised.catch(() => {});
    return synthesised.then((utterance) => utterance.done);
  }

  /** Closes the connection to Azure. */
  close() {
    this.#synthesizer?.close();
    this.#synthesizer = null;
  }

  /** @param {string | {ssml: string}} words */
  async #synthesize(words) {
    const synthesizer = await this.#ready();
    const utterance = this.#client.start({ sampleRate: SAMPLE_RATE });
    followAzure(synthesizer, utterance);
    try {
      await Promise.race([this.#spoken(synthesizer, words), utterance.done]);
    } catch (error) {
      this.close();
      throw error;
    } finally {
      // Microsoft's SDK cannot stop one sentence, so who interrupts gives the connection up.
      if (utterance.ended) this.close();
      else utterance.end();
    }
    return utterance;
  }

  /**
   * @param {any} synthesizer
   * @param {string | {ssml: string}} words
   * @returns {Promise<void>}
   */
  #spoken(synthesizer, words) {
    return new Promise((resolve, reject) => {
      const done = (/** @type {any} */ result) => {
        const { ResultReason } = this.#sdk;
        if (result.reason === ResultReason.SynthesizingAudioCompleted) resolve();
        else reject(new A2FError("tts_failed", sentence(result.errorDetails)));
      };
      const failed = (/** @type {unknown} */ error) => reject(new A2FError("tts_failed", sentence(error)));
      if (typeof words === "string") synthesizer.speakTextAsync(words, done, failed);
      else synthesizer.speakSsmlAsync(words.ssml, done, failed);
    });
  }

  /** The synthesizer, warm from one sentence to the next, until its pass runs out. */
  async #ready() {
    if (this.#synthesizer && performance.now() < this.#renewAt) return this.#synthesizer;
    this.close();
    const pass = await this.#getPass();
    this.#renewAt = performance.now() + ((pass.expires_in ?? PASS_S) - SPARE_S) * 1000;
    this.#synthesizer = new this.#sdk.SpeechSynthesizer(this.#config(pass), null);
    return this.#synthesizer;
  }

  /** @param {Pass} pass */
  #config({ token, region, host }) {
    const { SpeechConfig, SpeechSynthesisOutputFormat } = this.#sdk;
    requireArgument(host || (token && region), "getPass() must give { token, region }, or { host }.");
    const config = host
      ? SpeechConfig.fromHost(new URL(host))
      : SpeechConfig.fromAuthorizationToken(token, region);
    config.speechSynthesisOutputFormat = SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm;
    if (this.#voice) config.speechSynthesisVoiceName = this.#voice;
    return config;
  }
}

/** @param {any} error of the SDK, which may quote the address with what it carries */
function sentence(error) {
  const words = String(error?.message ?? error ?? "no reason given").replace(
    /(wss?|https?):\/\/\S+/g,
    "its server",
  );
  return `Azure could not speak: ${words}`;
}
