import { checkedOptions, checkedText } from "./argument_checks.js";
import { A2FError, requireArgument } from "./errors.js";
import { speechRequest, UNSPOKEN } from "./speech_request.js";

/**
 * @import { Outcome } from "./types.js"
 * @import { PcmStream } from "./utterance/pcm_stream.js"
 */

/**
 * @typedef {any} Sdk namespace of `microsoft-cognitiveservices-speech-sdk`
 * @typedef {{token?: string | null, region?: string | null, host?: string | null, expires_in?: number}} AzureCredentials
 *   response of `POST /v1/azure-token`; `host` (ws://…) names a container or an emulator, which needs no
 *   token
 * @typedef {object} SpeakingClient The methods of Audio2FaceClient that are used here.
 * @property {(options: {sampleRate: number}) => PcmStream} start
 * @property {(event: "cancel", callback: () => void) => unknown} on
 */

/** Output format requested from Azure: raw PCM at a rate that every component supports. */
const SAMPLE_RATE = 24000;
/** Azure reports times in units of 100 ns. */
const TICKS = 1e7;
/** Credentials are renewed this many seconds before they expire. */
const RENEW_BEFORE_S = 60;
const CREDENTIALS_S = 600;

/**
 * Azure is considered unreachable after this many milliseconds of silence; the SDK itself would wait forever.
 */
const SILENCE_MS = 10000;
/** Outcome of text that was cancelled before synthesis began. @type {Outcome} */
const CANCELLED = { ...UNSPOKEN, cancelled: true };

/**
 * Forwards audio, visemes and words of a SpeechSynthesizer to an utterance as they are synthesised. The
 * synthesizer must produce raw PCM at the utterance's sample rate and must not play it.
 * @param {any} synthesizer a `SpeechSynthesizer` of Microsoft's SDK
 * @param {PcmStream} utterance created with `client.start({ sampleRate })`
 * @param {() => void} [onSign] called on each event from Azure
 */
export function followAzure(synthesizer, utterance, onSign = () => {}) {
  requireArgument(synthesizer, "followAzure() needs a SpeechSynthesizer of Microsoft's SDK.");
  const fit = typeof utterance?.write === "function" && typeof utterance.addViseme === "function";
  requireArgument(fit, "followAzure() needs an utterance, made with start({ sampleRate }).");
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
    // Some versions of the SDK know no duration.
    utterance.addWord(event.audioOffset / TICKS, (event.duration || 0) / TICKS, event.text ?? "");
  };
  synthesizer.bookmarkReached = (/** @type {any} */ _, /** @type {any} */ event) => {
    onSign();
    utterance.addBookmark(event.audioOffset / TICKS, event.text ?? "");
  };
}

/** Synthesises speech with Microsoft's SDK in the browser; the client plays it and animates the face. */
export class AzureSpeaker {
  #client;
  #sdk;
  #getPass;
  #voice;
  /** @type {any} */
  #synthesizer = null;
  #renewAt = 0;
  /** Number of `cancel` events so far. Text queued before the latest one is dropped. */
  #cancels = 0;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @param {SpeakingClient} client
   * @param {Sdk} sdk
   * @param {{getPass: () => AzureCredentials | Promise<AzureCredentials>, voice?: string}} options getPass:
   *   fetches credentials from your server, which calls `POST /v1/azure-token`, so no key reaches the page;
   *   voice: for example "en-US-AvaNeural"
   */
  constructor(client, sdk, options) {
    const { getPass, voice } = checkedOptions("AzureSpeaker", options, ["getPass", "voice"]);
    requireArgument(typeof client?.start === "function", "AzureSpeaker needs an Audio2FaceClient.");
    requireArgument(sdk?.SpeechSynthesizer, "AzureSpeaker needs microsoft-cognitiveservices-speech-sdk.");
    requireArgument(typeof getPass === "function", "AzureSpeaker needs getPass: () => your server's token.");
    this.#client = client;
    this.#sdk = sdk;
    this.#getPass = getPass;
    this.#voice = checkedText("voice", voice);
    client.on("cancel", () => {
      this.#cancels++;
    });
  }

  /**
   * Speaks a text. Several texts are synthesised in order; `client.cancel()` stops the current one and drops
   * the rest.
   * @param {string | {ssml: string}} words
   * @param {{plain?: boolean}} [options] plain: removes Markdown, URLs and emoji from the text
   * @returns {Promise<Outcome>} resolves when it was played or cancelled; rejects with an A2FError if Azure
   *   fails
   */
  async speak(words, options) {
    const request = speechRequest(words, options);
    if (!request) return UNSPOKEN;
    const cancels = this.#cancels;
    const synthesised = this.#last.then(() => this.#synthesize(request, () => cancels === this.#cancels));
    this.#last = synthesised.catch(() => {});
    const utterance = await synthesised;
    return utterance ? utterance.done : CANCELLED;
  }

  /** Closes the connection to Azure. */
  close() {
    this.#synthesizer?.close();
    this.#synthesizer = null;
  }

  /**
   * @param {{text?: string, ssml?: string}} words
   * @param {() => boolean} wanted
   */
  async #synthesize(words, wanted) {
    const synthesizer = wanted() && (await this.#readySynthesizer());
    if (!synthesizer || !wanted()) return null;
    const utterance = this.#client.start({ sampleRate: SAMPLE_RATE });
    try {
      await Promise.race([this.#speakText(synthesizer, words, utterance), utterance.done]);
    } catch (error) {
      this.close();
      throw error;
    } finally {
      // Microsoft's SDK cannot stop a single request, so an interruption closes the connection.
      if (utterance.ended) this.close();
      else utterance.end();
    }
    return utterance;
  }

  /**
   * @param {any} synthesizer
   * @param {{text?: string, ssml?: string}} words
   * @param {PcmStream} utterance
   * @returns {Promise<void>}
   */
  #speakText(synthesizer, words, utterance) {
    const { ResultReason } = this.#sdk;
    /** @type {any} */
    let timer;
    const spoken = new Promise((resolve, reject) => {
      const failed = (/** @type {unknown} */ error) => reject(failure(error));
      const done = (/** @type {any} */ { reason, errorDetails }) =>
        reason === ResultReason.SynthesizingAudioCompleted ? resolve(undefined) : failed(errorDetails);
      const onSign = () => {
        clearTimeout(timer);
        timer = setTimeout(
          () => failed("there was no response for ten seconds; check the network"),
          SILENCE_MS,
        );
      };
      onSign();
      followAzure(synthesizer, utterance, onSign);
      if (words.text === undefined) synthesizer.speakSsmlAsync(words.ssml, done, failed);
      else synthesizer.speakTextAsync(words.text, done, failed);
    });
    return spoken.finally(() => clearTimeout(timer));
  }

  /** Returns the synthesizer, which is kept open between texts until its credentials expire. */
  async #readySynthesizer() {
    if (this.#synthesizer && performance.now() < this.#renewAt) return this.#synthesizer;
    this.close();
    const credentials = await this.#fetchCredentials();
    this.#renewAt = performance.now() + ((credentials.expires_in ?? CREDENTIALS_S) - RENEW_BEFORE_S) * 1000;
    this.#synthesizer = new this.#sdk.SpeechSynthesizer(this.#config(credentials), null);
    return this.#synthesizer;
  }

  /** @returns {Promise<any>} */
  async #fetchCredentials() {
    try {
      const credentials = /** @type {any} */ (await this.#getPass());
      if (credentials?.host || (credentials?.token && credentials.region)) return credentials;
      throw new Error(credentials?.message ?? "it must give { token, region }, or { host }");
    } catch (error) {
      throw new A2FError("tts_failed", `getPass() failed: ${/** @type {Error} */ (error).message}.`);
    }
  }

  /** @param {any} credentials */
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
  throw new A2FError("tts_failed", `getPass() returned the host "${host}"; write it as ws://host:port.`);
}

/** @param {any} error error of the SDK; its text may contain the address with credentials */
function failure(error) {
  const words = String(error?.message ?? error ?? "no reason given")
    .replace(/(wss?|https?):\/\/\S+/g, "")
    .replace(/\s+/g, " ")
    .trim();
  const lost = /1006|unable to contact/i.test(words);
  const reason = lost
    ? "it cannot be reached or the connection was lost; check network, region and token"
    : words;
  return new A2FError("tts_failed", `Azure speech synthesis failed: ${reason.replace(/\.?$/, ".")}`);
}
