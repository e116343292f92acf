import { A2FError, requireArgument } from "./errors.js";

/**
 * @import { Outcome } from "./types.js"
 * @import { PcmStream } from "./utterance/pcm_stream.js"
 */

/**
 * @typedef {any} Sdk the namespace of `microsoft-cognitiveservices-speech-sdk`
 * @typedef {{token?: string | null, region?: string | null, host?: string | null, expires_in?: number}} AzureCredentials
 *   what `POST /v1/azure-token` answers; `host` (ws://…) is a container or an emulator, which needs no token
 * @typedef {object} SpeakingClient The parts of an Audio2FaceClient that are used here.
 * @property {(options: {sampleRate: number}) => PcmStream} start
 * @property {(event: "cancel", callback: () => void) => unknown} on
 */

/** What Azure is asked for: PCM without a header, at a rate that every part of the way takes. */
const SAMPLE_RATE = 24000;
/** Azure counts in units of 100 ns. */
const TICKS = 1e7;
/** A pass is renewed this long before it ends, in seconds. */
const SPARE_S = 60;
const PASS_S = 600;

/** Azure counts as gone after so many milliseconds without a sign; the SDK itself waits for ever. */
const SILENCE_MS = 10000;
/** What becomes of a sentence that was cancelled before it began. @type {Outcome} */
const UNSPOKEN = { utterance: 0, frames: 0, duration: 0, rank: "neutral", cancelled: true };

/**
 * Hands a SpeechSynthesizer's sound, visemes and words to an utterance as they are synthesised. The synthesizer
 * must give raw PCM of the utterance's rate and must not play by itself.
 * @param {any} synthesizer a `SpeechSynthesizer` of Microsoft's SDK
 * @param {PcmStream} utterance of `client.start({ sampleRate })`
 * @param {() => void} [onSign] is called with each sign of life
 */
export function followAzure(synthesizer, utterance, onSign = () => {}) {
  synthesizer.synthesizing = (/** @type {any} */ _, /** @type {any} */ { result }) => {
    onSign();
    if (!utterance.ended && result.audioData) utterance.write(result.audioData);
  };
  synthesizer.visemeReceived = (/** @type {any} */ _, /** @type {any} */ event) => {
    onSign();
    utterance.addViseme(event.audioOffset / TICKS, event.visemeId);
  };
  synthesizer.wordBoundary = (/** @type {any} */ _, /** @type {any} */ event) => {
    onSign();
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
  /** Sentences asked for before the last `cancel` are not spoken any more. */
  #cancels = 0;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @param {SpeakingClient} client
   * @param {Sdk} sdk
   * @param {{getPass: () => AzureCredentials | Promise<AzureCredentials>, voice?: string}} options getPass: asks your server, which asks
   *   `POST /v1/azure-token`, so that no key is in the page; voice: such as "en-US-AvaNeural"
   */
  constructor(client, sdk, { getPass, voice }) {
    requireArgument(sdk?.SpeechSynthesizer, "AzureSpeaker needs microsoft-cognitiveservices-speech-sdk.");
    requireArgument(typeof getPass === "function", "AzureSpeaker needs getPass: () => your server's token.");
    this.#client = client;
    this.#sdk = sdk;
    this.#getPass = getPass;
    this.#voice = voice;
    client.on("cancel", () => {
      this.#cancels++;
    });
  }

  /**
   * Sentences are synthesised one after another; `client.cancel()` stops the one that is spoken and drops the rest.
   * @param {string | {ssml: string}} words
   * @returns {Promise<Outcome>} after it was heard, or cancelled; rejects with an A2FError where Azure fails
   */
  speak(words) {
    const cancels = this.#cancels;
    const synthesised = this.#last.then(() => this.#synthesize(words, () => cancels === this.#cancels));
    this.#last = synthesised.catch(() => {});
    return synthesised.then((utterance) => utterance?.done ?? UNSPOKEN);
  }

  /** Closes the connection to Azure. */
  close() {
    this.#synthesizer?.close();
    this.#synthesizer = null;
  }

  /**
   * @param {string | {ssml: string}} words
   * @param {() => boolean} wanted
   */
  async #synthesize(words, wanted) {
    const synthesizer = wanted() && (await this.#ready());
    if (!synthesizer || !wanted()) return null;
    const utterance = this.#client.start({ sampleRate: SAMPLE_RATE });
    try {
      await Promise.race([this.#spoken(synthesizer, words, utterance), utterance.done]);
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
   * @param {PcmStream} utterance
   * @returns {Promise<void>}
   */
  #spoken(synthesizer, words, utterance) {
    const { ResultReason } = this.#sdk;
    /** @type {any} */
    let timer;
    const spoken = new Promise((resolve, reject) => {
      const failed = (/** @type {unknown} */ error) => reject(failure(error));
      const done = (/** @type {any} */ { reason, errorDetails }) =>
        reason === ResultReason.SynthesizingAudioCompleted ? resolve(undefined) : failed(errorDetails);
      const onSign = () => {
        clearTimeout(timer);
        timer = setTimeout(() => failed("it said nothing for ten seconds; check the network"), SILENCE_MS);
      };
      onSign();
      followAzure(synthesizer, utterance, onSign);
      if (typeof words === "string") synthesizer.speakTextAsync(words, done, failed);
      else synthesizer.speakSsmlAsync(words.ssml, done, failed);
    });
    return spoken.finally(() => clearTimeout(timer));
  }

  /** The synthesizer, warm from one sentence to the next, until its pass runs out. */
  async #ready() {
    if (this.#synthesizer && performance.now() < this.#renewAt) return this.#synthesizer;
    this.close();
    const pass = await this.#pass();
    this.#renewAt = performance.now() + ((pass.expires_in ?? PASS_S) - SPARE_S) * 1000;
    this.#synthesizer = new this.#sdk.SpeechSynthesizer(this.#config(pass), null);
    return this.#synthesizer;
  }

  /** @returns {Promise<any>} */
  async #pass() {
    try {
      const pass = /** @type {any} */ (await this.#getPass());
      if (pass?.host || (pass?.token && pass.region)) return pass;
      throw new Error(pass?.message ?? "it must give { token, region }, or { host }");
    } catch (error) {
      throw new A2FError("tts_failed", `getPass() failed: ${/** @type {Error} */ (error).message}.`);
    }
  }

  /** @param {any} pass */
  #config({ token, region, host }) {
    const { SpeechConfig, SpeechSynthesisOutputFormat } = this.#sdk;
    const config = host
      ? SpeechConfig.fromHost(address(host))
      : SpeechConfig.fromAuthorizationToken(token, region);
    if (host && token) config.authorizationToken = token;
    config.speechSynthesisOutputFormat = SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm;
    if (this.#voice) config.speechSynthesisVoiceName = this.#voice;
    return config;
  }
}

/** @param {string} host */
function address(host) {
  if (/^wss?:\/\//.test(host) && URL.canParse(host)) return new URL(host);
  throw new A2FError("tts_failed", `getPass() gave the host "${host}"; write it as ws://host:port.`);
}

/** @param {any} error of the SDK, which may quote the address with what it carries */
function failure(error) {
  const words = String(error?.message ?? error ?? "no reason given")
    .replace(/(wss?|https?):\/\/\S+/g, "")
    .replace(/\s+/g, " ")
    .trim();
  const lost = /1006|unable to contact/i.test(words);
  const reason = lost
    ? "it cannot be reached, or the connection broke; check network, region and token"
    : words;
  return new A2FError("tts_failed", `Azure could not speak: ${reason.replace(/\.?$/, ".")}`);
}
