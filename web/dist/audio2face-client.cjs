/* audio2face-client 0.1.0, MIT licence. Built from src/ by scripts/build.mjs; do not edit. */
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

// <stdin>
var stdin_exports = {};
__export(stdin_exports, {
  A2FError: () => A2FError,
  Audio2FaceClient: () => Audio2FaceClient,
  AzureSpeaker: () => AzureSpeaker,
  BLENDSHAPES: () => BLENDSHAPES,
  bakeTake: () => bakeTake,
  default: () => Audio2FaceClient,
  followAzure: () => followAzure
});
module.exports = __toCommonJS(stdin_exports);

// src/arkit.js
var NAMES = Object.freeze(
  /** @type {const} */
  [
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight",
    "eyeLookDownRight",
    "eyeLookInRight",
    "eyeLookOutRight",
    "eyeLookUpRight",
    "eyeSquintRight",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawRight",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut"
  ]
);
var BLENDSHAPES = NAMES;
var SHAPE_COUNT = BLENDSHAPES.length;
var SHAPE_INDEX = new Map(BLENDSHAPES.map((name, index) => [name, index]));
function shapeIndex(name) {
  const index = SHAPE_INDEX.get(name);
  if (index === void 0) throw new RangeError(`${name} is not an ARKit blendshape.`);
  return index;
}

// src/errors.js
var A2FError = class extends Error {
  /**
   * @param {ErrorCode | (string & {})} code
   * @param {string} message
   * @param {{fatal?: boolean, reason?: ErrorReason, scope?: ErrorScope}} [details]
   */
  constructor(code, message, { fatal = false, reason, scope } = {}) {
    super(message);
    this.name = "A2FError";
    this.code = /** @type {ErrorCode} */
    code;
    this.fatal = fatal;
    this.reason = reason;
    this.scope = scope;
  }
};
function serverError({ code, message, fatal, reason, scope }) {
  return new A2FError(code, message, {
    fatal,
    reason: typeof reason === "string" ? (
      /** @type {ErrorReason} */
      reason
    ) : void 0,
    scope: typeof scope === "string" ? (
      /** @type {ErrorScope} */
      scope
    ) : void 0
  });
}
function errorEvent({ code, message, fatal, reason, scope }) {
  return { code, message, fatal, ...reason ? { reason } : {}, ...scope ? { scope } : {} };
}
function requireArgument(condition, message) {
  if (!condition) throw new A2FError("bad_argument", message);
}
function isBetween(value, low, high) {
  return typeof value === "number" && value >= low && value <= high;
}

// src/option_names.js
var MISSPELT = 0.4;
var MOST_NAMES = 40;
function unknownNames(what, given, known) {
  return [...given].filter((name) => !known.includes(name)).map((name) => sentence(what, name, known));
}
function warnOfUnknownOptions(method, options, known) {
  if (typeof options !== "object" || options === null) return;
  for (const words of unknownNames("option", Object.keys(options), known)) warn(`${method}: ${words}`);
}
function warn(message) {
  console.warn(`Audio2FaceClient: ${message}`);
}
function nearestName(name, known) {
  const bare = bareOf(name);
  const [best] = known.map((each) => ({ each, edits: editsBetween(bare, bareOf(each)) })).filter(({ each, edits }) => edits <= MISSPELT * Math.min(bare.length, bareOf(each).length)).sort((a, b) => a.edits - b.edits);
  return best?.each ?? null;
}
var bareOf = (name) => name.toLowerCase().replace(/[^a-z\d]/g, "");
function sentence(what, name, known) {
  const nearest = nearestName(name, known);
  const some = known.slice(0, MOST_NAMES).join(", ") + (known.length > MOST_NAMES ? " …" : "");
  const remedy = nearest ? `did you mean "${nearest}"?` : `known are ${some}.`;
  return `there is no ${what} "${name}"; ${remedy}`;
}
function editsBetween(a, b) {
  let row2 = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row2[j] + 1, next[j - 1] + 1, row2[j - 1] + Number(a[i - 1] !== b[j - 1]));
    row2 = next;
  }
  return row2[b.length];
}

// src/oculus.js
var OCULUS = Object.freeze([
  "sil",
  "PP",
  "FF",
  "TH",
  "DD",
  "kk",
  "CH",
  "SS",
  "nn",
  "RR",
  "aa",
  "E",
  "I",
  "O",
  "U"
]);
var FACE_WIDTH = SHAPE_COUNT + OCULUS.length;
var VOWELS = Object.freeze(["aa", "I", "U", "E", "O"]);
var BOUND_WIDTH = FACE_WIDTH + VOWELS.length;
function arkitTerms(shares) {
  return Object.entries(shares).map(([name, gain]) => ({ shape: shapeIndex(name), gain }));
}
function oculusIndex(name) {
  return SHAPE_COUNT + indexIn(OCULUS, name);
}
function vowelIndex(name) {
  return FACE_WIDTH + indexIn(VOWELS, name);
}
function indexIn(names, name) {
  const index = names.indexOf(name);
  if (index < 0) throw new RangeError(`${name} is not one of the visemes ${names.join(" ")}.`);
  return index;
}

// src/viseme_schemes.js
var SILENCE = 0;
var table = (rows) => new Map(Object.entries(rows).flatMap(([id, names]) => names.split(" ").map((name) => [name, Number(id)])));
var POLLY = table({
  0: "sil",
  1: "@ V",
  2: "a",
  3: "O",
  4: "e E",
  6: "i",
  7: "u",
  8: "o",
  13: "r",
  15: "s",
  16: "S",
  18: "f",
  19: "t T",
  20: "k",
  21: "p"
});
var RHUBARB = table({ 0: "X", 21: "A", 15: "B", 4: "C", 2: "D", 3: "E", 7: "F", 18: "G", 14: "H" });
var OF_OCULUS = table({
  0: "sil",
  2: "aa",
  4: "E",
  6: "I",
  7: "U",
  8: "O",
  13: "RR",
  15: "SS",
  16: "CH",
  18: "FF",
  19: "TH DD nn",
  20: "kk",
  21: "PP"
});
var ARPABET = table({
  0: "SIL SP SPN",
  1: "AE AH AX",
  2: "AA",
  3: "AO",
  4: "EH EY UH",
  5: "ER AXR",
  6: "IY IH IX Y",
  7: "W UW UX WH",
  8: "OW",
  9: "AW",
  10: "OY",
  11: "AY",
  12: "HH",
  13: "R",
  14: "L EL",
  15: "S Z",
  16: "SH CH JH ZH",
  17: "DH",
  18: "F V",
  19: "D T N TH DX EN NX",
  20: "K G NG Q",
  21: "P B M EM"
});
var IPA = table({
  1: "æ ə ʌ ɐ a",
  2: "ɑ ɒ",
  3: "ɔ",
  4: "ɛ ʊ e œ ø",
  5: "ɝ ɚ ɜ",
  6: "i ɪ j ɨ y ʏ ɥ",
  7: "u w ʍ ɯ ʉ",
  8: "o ɤ ɵ",
  12: "h ɦ x χ ħ ç",
  13: "ɹ r ɾ ʁ ɻ ʀ",
  14: "l ɫ ɭ ʎ ɬ",
  15: "s z",
  16: "ʃ ʒ ɕ ʑ ʂ ʐ ʤ ʧ",
  17: "ð",
  18: "f v ʋ ɱ",
  19: "d t n θ ɲ ɳ ʈ ɖ",
  20: "k g ɡ ŋ q c ɟ ɢ ʔ",
  21: "p b m ɸ β"
});
var IPA_PAIRS = table({
  9: "aʊ au",
  10: "ɔɪ ɔi",
  11: "aɪ ai",
  4: "eɪ ei",
  8: "oʊ əʊ ou",
  16: "tʃ dʒ tɕ dʑ tʂ",
  15: "ts dz"
});
var IPA_MARKS = /\p{Mn}|[‿.]|[ʰ-˿]/gu;
function ipa(phone) {
  if (IPA.has(phone.normalize("NFC"))) return IPA.get(phone.normalize("NFC"));
  const bare = phone.normalize("NFD").replace(IPA_MARKS, "");
  return IPA_PAIRS.get(bare.slice(0, 2)) ?? IPA.get(bare.slice(0, 1)) ?? (bare ? void 0 : SILENCE);
}
var SCHEMES = {
  azure: (id) => Number.isInteger(id) && Number(id) >= 0 && Number(id) <= 21 ? Number(id) : void 0,
  oculus: (id) => OF_OCULUS.get(typeof id === "number" ? OCULUS[id] : id.replace(/^viseme_/, "")),
  polly: (id) => POLLY.get(String(id)),
  rhubarb: (id) => RHUBARB.get(String(id).toUpperCase()),
  arpabet: (id) => ARPABET.get(String(id).toUpperCase().replace(/\d$/, "")),
  ipa: (id) => ipa(String(id))
};
var VISEME_SCHEMES = (
  /** @type {VisemeScheme[]} */
  Object.keys(SCHEMES)
);
function azureViseme(scheme, id) {
  return SCHEMES[scheme](id);
}

// src/argument_checks.js
var MOST_AHEAD_S = 600;
var LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
function checkedOptions(method, options, known) {
  if (options === void 0 || options === null) return {};
  requireArgument(
    typeof options === "object" && !Array.isArray(options),
    `The options of ${method} are ${describe(options)}; give an object with ${known.join(", ")}.`
  );
  warnOfUnknownOptions(method, options, known);
  return (
    /** @type {Record<string, any>} */
    options
  );
}
function checkedWords(method, words) {
  const ssml = (
    /** @type {any} */
    words?.ssml
  );
  const spoken = typeof words === "string" ? words : ssml;
  requireArgument(
    typeof spoken === "string" && spoken.trim(),
    `${method} needs a non-empty text or { ssml }; it was given ${describe(words)}.`
  );
  requireArgument(
    !LONE_SURROGATE.test(spoken),
    `${method} was given half an emoji, because a text was cut within one; cut it between characters.`
  );
  return typeof words === "string" ? { text: words } : { ssml };
}
function checkedText(name, value) {
  if (value === void 0 || value === null) return void 0;
  requireArgument(typeof value === "string", `${name} is ${describe(value)}; give a string.`);
  return value;
}
function requireSeconds(name, value) {
  requireArgument(
    isBetween(value, 0, Number.MAX_VALUE),
    `${name} is ${describe(value)}; give seconds, a number from 0.`
  );
}
function requireReachable(name, time, written) {
  requireArgument(
    time <= written + MOST_AHEAD_S,
    `${name} is ${time}, later than any sound could be; give seconds (milliseconds / 1000, Azure's audioOffset / 1e7).`
  );
}
function checkedViseme(id, scheme) {
  const known = VISEME_SCHEMES.find((name) => name === scheme);
  requireArgument(known, `scheme is ${describe(scheme)}; give one of ${VISEME_SCHEMES.join(", ")}.`);
  const fit = typeof id === "string" || typeof id === "number";
  const viseme2 = fit ? azureViseme(
    /** @type {VisemeScheme} */
    known,
    id
  ) : void 0;
  requireArgument(viseme2 !== void 0, `id is ${describe(id)}; ${expectedId(known)}`);
  return (
    /** @type {number} */
    viseme2
  );
}
function expectedId(scheme) {
  if (scheme !== "azure") return `the scheme ${scheme} has no such viseme.`;
  return "give the id of an Azure viseme, a whole number from 0 to 21, or name another scheme.";
}
function isElement(value) {
  return typeof value?.play === "function" && typeof value.addEventListener === "function";
}
function requireFile(audio) {
  const bytes = audio instanceof ArrayBuffer || audio instanceof Uint8Array;
  requireArgument(
    bytes || audio instanceof Blob,
    "processAndAnimate() needs a Blob or an ArrayBuffer of an audio file."
  );
  if ((bytes ? audio.byteLength : audio.size) === 0)
    throw new A2FError("empty_audio", "The audio is empty; check where it comes from.");
}
function describe(value) {
  if (typeof value === "string") return `"${value.slice(0, 40)}"`;
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

// src/plain_text.js
var RULES = [
  [/```[^\n]*\n?[\s\S]*?(```|$)/g, " "],
  // code blocks
  [/`([^`\n]*)`/g, "$1"],
  [/!\[([^\]\n]*)\]\([^)\n]*\)/g, "$1"],
  // pictures, then links
  [/\[([^\]\n]+)\]\([^)\n]*\)/g, "$1"],
  [/\[\^?\d+\]/g, ""],
  // footnotes
  [/<?https?:\/\/[^\s>)]+>?/g, ""],
  [/^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|?)+[ \t]*$/gm, ""],
  // rules, and lines of tables
  [/^[ \t]*(?:#{1,6}|>+|[-*+•]|\d+[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/gm, ""],
  // headings, quotes, lists
  [/[ \t]*\|[ \t]*/g, ", "],
  [/(?<![\p{L}\p{N}])(\*{1,3}|_{1,3}|~~)(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}])/gu, "$2"],
  // emphasis
  [/(\*\*|\*|~~)(?=\S)([^*~\n]*?\S)\1/g, "$2"],
  [
    /\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\u{fe0f})?(?:\u{200d}\p{Extended_Pictographic}\u{fe0f}?)*/gu,
    ""
  ],
  [/[\u{1f1e6}-\u{1f1ff}]|\u{fe0f}|\u{20e3}/gu, ""],
  // flags, keycaps
  [/^[, ]+|[, ]+$/gm, ""],
  [/[ \t]+([,.;:!?])/g, "$1"],
  [/[ \t]{2,}/g, " "],
  [/\n{3,}/g, "\n\n"]
];
function plainText(text) {
  return RULES.reduce((rest, [what, by]) => rest.replace(what, by), text).trim();
}

// src/speech_request.js
var UNSPOKEN = Object.freeze({
  utterance: 0,
  frames: 0,
  duration: 0,
  rank: "neutral",
  cancelled: false,
  heard: 0,
  word: null,
  decodedBy: null,
  warning: null
});
function speechRequest(words, options) {
  const { voice, plain = false } = checkedOptions("speak()", options, ["voice", "plain"]);
  const named = checkedText("voice", voice);
  const checked2 = checkedWords("speak()", words);
  const spoken = plain && "text" in checked2 ? { text: plainText(checked2.text) } : checked2;
  if ("text" in spoken && !spoken.text.trim()) return null;
  return { ...spoken, ...named ? { voice: named } : {} };
}

// src/azure_speaker.js
var SAMPLE_RATE = 24e3;
var TICKS = 1e7;
var RENEW_BEFORE_S = 60;
var CREDENTIALS_S = 600;
var SILENCE_MS = 1e4;
var CANCELLED = { ...UNSPOKEN, cancelled: true };
function followAzure(synthesizer, utterance, onSign = () => {
}) {
  requireArgument(synthesizer, "followAzure() needs a SpeechSynthesizer of Microsoft's SDK.");
  const fit = typeof utterance?.write === "function" && typeof utterance.addViseme === "function";
  requireArgument(fit, "followAzure() needs an utterance, made with start({ sampleRate }).");
  synthesizer.synthesizing = (_, { result }) => {
    onSign();
    if (!utterance.ended && result.audioData) utterance.write(result.audioData);
  };
  synthesizer.visemeReceived = (_, event) => {
    onSign();
    utterance.addViseme(event.audioOffset / TICKS, event.visemeId);
  };
  synthesizer.wordBoundary = (_, event) => {
    onSign();
    utterance.addWord(event.audioOffset / TICKS, (event.duration || 0) / TICKS, event.text ?? "");
  };
  synthesizer.bookmarkReached = (_, event) => {
    onSign();
    utterance.addBookmark(event.audioOffset / TICKS, event.text ?? "");
  };
}
var AzureSpeaker = class {
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
    this.#last = synthesised.catch(() => {
    });
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
    const synthesizer = wanted() && await this.#readySynthesizer();
    if (!synthesizer || !wanted()) return null;
    const utterance = this.#client.start({ sampleRate: SAMPLE_RATE });
    try {
      await Promise.race([this.#speakText(synthesizer, words, utterance), utterance.done]);
    } catch (error) {
      this.close();
      throw error;
    } finally {
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
    let timer;
    const spoken = new Promise((resolve, reject) => {
      const failed2 = (error) => reject(failure(error));
      const done = ({ reason, errorDetails }) => reason === ResultReason.SynthesizingAudioCompleted ? resolve(void 0) : failed2(errorDetails);
      const onSign = () => {
        clearTimeout(timer);
        timer = setTimeout(
          () => failed2("there was no response for ten seconds; check the network"),
          SILENCE_MS
        );
      };
      onSign();
      followAzure(synthesizer, utterance, onSign);
      if (words.text === void 0) synthesizer.speakSsmlAsync(words.ssml, done, failed2);
      else synthesizer.speakTextAsync(words.text, done, failed2);
    });
    return spoken.finally(() => clearTimeout(timer));
  }
  /** Returns the synthesizer, which is kept open between texts until its credentials expire. */
  async #readySynthesizer() {
    if (this.#synthesizer && performance.now() < this.#renewAt) return this.#synthesizer;
    this.close();
    const credentials = await this.#fetchCredentials();
    this.#renewAt = performance.now() + ((credentials.expires_in ?? CREDENTIALS_S) - RENEW_BEFORE_S) * 1e3;
    this.#synthesizer = new this.#sdk.SpeechSynthesizer(this.#config(credentials), null);
    return this.#synthesizer;
  }
  /** @returns {Promise<any>} */
  async #fetchCredentials() {
    try {
      const credentials = (
        /** @type {any} */
        await this.#getPass()
      );
      if (credentials?.host || credentials?.token && credentials.region) return credentials;
      throw new Error(credentials?.message ?? "it must give { token, region }, or { host }");
    } catch (error) {
      throw new A2FError("tts_failed", `getPass() failed: ${/** @type {Error} */
      error.message}.`);
    }
  }
  /** @param {any} credentials */
  #config({ token, region, host }) {
    const { SpeechConfig, SpeechSynthesisOutputFormat } = this.#sdk;
    const config = host ? SpeechConfig.fromHost(address(host)) : SpeechConfig.fromAuthorizationToken(token, region);
    if (host && token) config.authorizationToken = token;
    config.speechSynthesisOutputFormat = SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm;
    if (this.#voice) config.speechSynthesisVoiceName = this.#voice;
    return config;
  }
};
function address(host) {
  if (/^wss?:\/\//.test(host) && URL.canParse(host)) return new URL(host);
  throw new A2FError("tts_failed", `getPass() returned the host "${host}"; write it as ws://host:port.`);
}
function failure(error) {
  const words = String(error?.message ?? error ?? "no reason given").replace(/(wss?|https?):\/\/\S+/g, "").replace(/\s+/g, " ").trim();
  const lost = /1006|unable to contact/i.test(words);
  const reason = lost ? "it cannot be reached or the connection was lost; check network, region and token" : words;
  return new A2FError("tts_failed", `Azure speech synthesis failed: ${reason.replace(/\.?$/, ".")}`);
}

// src/page_events.js
function watchPage({ window, document }, { onShow, onHide, onNetwork }) {
  const onVisible = () => document?.visibilityState === "visible" && onShow?.();
  const network = (
    /** @type {any} */
    window?.navigator?.connection
  );
  const watched = [
    [window, ["pageshow", "focus"], onShow],
    [document, ["visibilitychange"], onShow && onVisible],
    [window, ["pagehide"], onHide],
    [window, ["online", "offline"], onNetwork],
    [network, ["change"], onNetwork]
  ];
  const each = (method) => {
    for (const [target, names, callback] of watched)
      if (callback) for (const name of names) target?.[method]?.(name, callback);
  };
  each("addEventListener");
  return () => each("removeEventListener");
}

// src/audio/clock.js
var SNAP_S = 0.08;
var FINE_FALL = 0.3;
var FINE_STREAK = 6;
var COARSE_STOPS = 5;
var REACH_S = 8e-3;
var STALL_MS = 300;
var SteadyClock = class {
  #rise;
  #fall;
  #time = 0;
  #raw = Number.NaN;
  #now = 0;
  #movedAt = 0;
  #moving = false;
  #stops = 0;
  #streak = 0;
  #fine = false;
  /** Current speed; 0 while stopped. */
  rate = 0;
  /**
   * @param {number} [rise] share of a positive error that is corrected per reading
   * @param {number} [fall] share of a negative error that is corrected per reading
   */
  constructor(rise = 0.5, fall = 0.05) {
    this.#rise = rise;
    this.#fall = fall;
  }
  /**
   * @param {number} raw reading of the source, seconds
   * @param {number} now ms
   * @param {number} rate playback rate
   * @param {boolean} running
   * @returns {number} seconds
   */
  read(raw2, now, rate, running) {
    if (!running || rate === 0) this.#stop(raw2);
    else if (!this.#moving) this.#wait(raw2, rate);
    else this.#run(raw2, now, rate);
    if (now !== this.#now) this.#learn(raw2 !== this.#raw);
    if (raw2 !== this.#raw) this.#movedAt = now;
    this.#raw = raw2;
    this.#now = now;
    return this.#time;
  }
  /** @param {number} raw */
  #stop(raw2) {
    this.#moving = false;
    this.#time = raw2;
    this.rate = 0;
  }
  /**
   * Waits until the source moves: an element reports playing some time before audio is output.
   * @param {number} raw
   * @param {number} rate
   */
  #wait(raw2, rate) {
    this.#moving = !Number.isNaN(this.#raw) && raw2 !== this.#raw;
    this.#time = raw2;
    this.rate = this.#moving ? rate : 0;
  }
  /**
   * @param {number} raw
   * @param {number} now
   * @param {number} rate
   */
  #run(raw2, now, rate) {
    this.rate = rate;
    if (raw2 === this.#raw && now - this.#movedAt > STALL_MS) return this.#stop(raw2);
    const predicted = this.#time + Math.max(0, now - this.#now) / 1e3 * rate;
    const time = raw2 === this.#raw ? predicted : this.#corrected(predicted, raw2);
    const furthest = Math.max(this.#time, raw2 + this.#reach * rate);
    this.#time = Math.min(time, furthest);
  }
  /**
   * Maximum lead over the source. Chromium advances an element's time by a tick or two, halts it for 50 ms
   * and only then continues, so the limit depends on whether the source has proved to be coarse.
   */
  get #reach() {
    return this.#fine || this.#stops < COARSE_STOPS ? REACH_S : STALL_MS / 1e3;
  }
  /** @param {boolean} moved */
  #learn(moved) {
    if (moved && this.#streak === 0) this.#stops++;
    this.#streak = moved ? this.#streak + 1 : 0;
    if (this.#streak >= FINE_STREAK) this.#fine = true;
  }
  /**
   * @param {number} predicted
   * @param {number} raw
   */
  #corrected(predicted, raw2) {
    const error = raw2 - predicted;
    if (Math.abs(error) > SNAP_S) return raw2;
    const fall = this.#fine ? FINE_FALL : this.#fall;
    return Math.max(this.#time, predicted + error * (error > 0 ? this.#rise : fall));
  }
};
var ContextClock = class {
  #context;
  #steady = new SteadyClock(0.2, 0.1);
  /** @param {AudioContext} context */
  constructor(context) {
    this.#context = context;
  }
  /** Speed: 1, or 0 while suspended. */
  get rate() {
    return this.#steady.rate;
  }
  /**
   * @param {number} now ms, of performance.now()
   * @returns {number} seconds
   */
  read(now) {
    return this.#steady.read(this.deviceTime(now), now, 1, this.#context.state === "running");
  }
  /**
   * Returns the playback position as the context reports it, without smoothing.
   * @param {number} now ms, of performance.now()
   * @returns {number} seconds
   */
  deviceTime(now) {
    const context = this.#context;
    const guess = context.currentTime - (context.outputLatency || context.baseLatency || 0);
    const stamp = context.getOutputTimestamp?.();
    if (!stamp?.contextTime || !stamp.performanceTime) return guess;
    const stamped = stamp.contextTime + (now - stamp.performanceTime) / 1e3;
    return Math.abs(stamped - guess) < 0.2 && stamped <= context.currentTime + 0.02 ? stamped : guess;
  }
};

// src/audio/audio_output.js
var WAKE_MS = 300;
var GESTURES = ["pointerdown", "keydown", "touchend"];
var AudioOutput = class {
  #platform;
  #hooks;
  /** @type {AudioContext | null} */
  #context = null;
  #owned = false;
  /** @type {ContextClock | null} */
  #clock = null;
  /** @type {Set<() => void>} */
  #waiting = /* @__PURE__ */ new Set();
  /** True once the context has run. */
  #hasRun = false;
  #interrupted = false;
  #stopWatching;
  #onGesture = () => {
    if (this.#waiting.size > 0 || this.#mayResume) void this.unlock().catch(() => {
    });
  };
  #onStateChange = () => this.#followState();
  /**
   * @param {Platform} platform
   * @param {Partial<AudioOutputHooks>} [hooks]
   */
  constructor(platform, hooks = {}) {
    this.#platform = platform;
    this.#hooks = hooks;
    this.#stopWatching = watchPage(platform, { onShow: () => this.#recover() });
    for (const gesture of GESTURES) {
      platform.document?.addEventListener(gesture, this.#onGesture, { capture: true, passive: true });
    }
  }
  /** Returns the time in ms. */
  now() {
    return this.#platform.now();
  }
  /** @param {AudioContext} context owned by the app */
  setContext(context) {
    if (context === this.#context) return;
    this.#forget();
    this.#context = context;
    this.#clock = new ContextClock(context);
    this.#hasRun = context.state === "running";
    context.addEventListener?.("statechange", this.#onStateChange);
  }
  /** @returns {AudioContext} */
  get context() {
    if (!this.#context) {
      const { AudioContext } = this.#platform;
      if (!AudioContext)
        throw new A2FError("playback_failed", "This browser has no AudioContext to play PCM.");
      this.setContext(new AudioContext({ latencyHint: "interactive" }));
      this.#owned = true;
    }
    const context = (
      /** @type {AudioContext} */
      this.#context
    );
    if (context.state === "closed")
      throw new A2FError(
        "playback_failed",
        "The AudioContext is closed; configure({ audioContext }) another one."
      );
    return context;
  }
  /**
   * Clock of the playback position of {@link context}. Shared by all utterances, so it has settled before it
   * is needed.
   */
  get clock() {
    void this.context;
    return (
      /** @type {ContextClock} */
      this.#clock
    );
  }
  /**
   * Resumes audio. Browsers allow this only in a gesture.
   * @returns {Promise<void>}
   */
  async unlock() {
    for (const retry of [...this.#waiting]) retry();
    this.#waiting.clear();
    if (!this.#platform.AudioContext && !this.#context) return;
    if (this.context.state !== "running") await this.context.resume();
    this.#followState();
  }
  /** @param {() => void} retry called on the next gesture */
  whenUnlocked(retry) {
    this.#waiting.add(retry);
    if (this.#waiting.size === 1) this.#hooks.onLocked?.();
  }
  /** Tries to resume without a gesture, which browsers allow on pages that had one before. */
  tryResume() {
    void this.context.resume().catch(() => {
    });
    this.#platform.setTimeout(() => {
      if (!this.#context || this.#context.state === "running") return;
      this.whenUnlocked(() => {
      });
    }, WAKE_MS);
  }
  dispose() {
    this.#stopWatching();
    for (const gesture of GESTURES) {
      this.#platform.document?.removeEventListener(gesture, this.#onGesture, { capture: true });
    }
    this.#waiting.clear();
    this.#forget();
  }
  /**
   * True if the client should resume the context. An app that suspends its own context, to pause, resumes it
   * itself.
   */
  get #mayResume() {
    const state = (
      /** @type {string | undefined} */
      this.#context?.state
    );
    if (state === void 0) return true;
    if (state === "running" || state === "closed") return false;
    return this.#owned || state === "interrupted" || !this.#hasRun;
  }
  /** The system may stop a context and start it again any number of times. */
  #followState() {
    const state = this.#context?.state;
    if (state === "running") {
      this.#hasRun = true;
      if (this.#interrupted) this.#hooks.onResumed?.();
      this.#interrupted = false;
    } else if (this.#hasRun && state !== "closed") {
      if (!this.#interrupted) this.#hooks.onInterrupted?.();
      this.#interrupted = true;
      this.#recover();
    }
  }
  /** Resumes an interrupted context if the browser allows it without a gesture. */
  #recover() {
    if (!this.#interrupted) return;
    const context = this.#context;
    if (this.#mayResume) void context?.resume().catch(() => {
    });
    this.#platform.setTimeout(() => {
      if (this.#interrupted && context === this.#context) this.#hooks.onBlocked?.(this.#mayResume);
    }, WAKE_MS);
  }
  #forget() {
    const context = this.#context;
    context?.removeEventListener?.("statechange", this.#onStateChange);
    if (this.#owned) void context?.close().catch(() => {
    });
    this.#context = this.#clock = null;
    this.#owned = this.#hasRun = this.#interrupted = false;
  }
};

// src/audio/element_sink.js
var HAVE_FUTURE_DATA = 3;
var ElementSink = class {
  /** @type {A2FError | null} */
  failure = null;
  #element;
  #output;
  #follow;
  #clock = new SteadyClock();
  #ended = false;
  #onEnded = () => {
    this.#ended = true;
    this.#onChange();
  };
  #onError = () => {
    if (this.#element.error) this.#fail("The audio element cannot play its source; check its src and type.");
  };
  #source = "";
  #onEmptied = () => {
    if (this.#element.src !== this.#source) this.#fail("The audio element was given another source.");
  };
  #onChange;
  /**
   * @param {HTMLMediaElement} element
   * @param {AudioOutput} output restarts a blocked element on the next gesture
   * @param {() => void} onChange it ended or failed
   * @param {{follow?: boolean}} [options] follow: the app starts the element
   */
  constructor(element, output, onChange, { follow = false } = {}) {
    this.#element = element;
    this.#follow = follow;
    this.#output = output;
    this.#onChange = onChange;
  }
  /** The app has started the element or will do so. */
  get startsImmediately() {
    return this.#follow || !this.#element.paused;
  }
  /** The app paused the element and may never resume it. */
  get isPaused() {
    return this.#follow && this.#element.paused;
  }
  get rate() {
    return this.#clock.rate;
  }
  start() {
    this.#element.addEventListener("ended", this.#onEnded);
    this.#element.addEventListener("error", this.#onError);
    this.#element.addEventListener("emptied", this.#onEmptied);
    this.#source = this.#element.src;
    this.#onError();
    if (this.#element.paused && !this.#follow) this.#play();
  }
  stop() {
    this.#release();
    this.#element.pause();
  }
  /** Stops following the element. */
  #release() {
    this.#element.removeEventListener("ended", this.#onEnded);
    this.#element.removeEventListener("error", this.#onError);
    this.#element.removeEventListener("emptied", this.#onEmptied);
  }
  /** @param {number} now ms */
  time(now) {
    const { currentTime, playbackRate, paused, ended, readyState, seeking } = this.#element;
    const running = !(paused || ended || seeking || readyState < HAVE_FUTURE_DATA);
    return this.#clock.read(currentTime, now, playbackRate, running);
  }
  /** The element waits for more of its source. A paused one does not. @returns {Supply} */
  supply() {
    const { paused, ended, seeking, readyState, currentTime } = this.#element;
    const waits = !(paused || ended || seeking) && readyState < HAVE_FUTURE_DATA && currentTime > 0;
    return waits ? "stalled" : "ample";
  }
  deviceTime() {
    const { paused, currentTime } = this.#element;
    return paused || currentTime === 0 ? Number.NaN : currentTime;
  }
  /** True when everything was played. The element is released then. */
  isOver() {
    if (this.#ended || this.failure) this.#release();
    return this.#ended || this.failure !== null;
  }
  #play() {
    void this.#element.play()?.catch((error) => {
      if (error.name === "NotAllowedError") this.#waitForGesture();
      else if (error.name !== "AbortError") this.#fail(`The audio element cannot play: ${error.message}`);
    });
  }
  #waitForGesture() {
    this.#output.whenUnlocked(() => {
      if (!this.#ended && this.#element.paused) this.#play();
    });
  }
  /** @param {string} message */
  #fail(message) {
    this.failure = new A2FError("playback_failed", message);
    this.#onChange();
  }
};

// src/audio/external_sink.js
var ExternalSink = class {
  /** Playback is started elsewhere and cannot be delayed. */
  startsImmediately = true;
  /** @type {() => MediaClock} */
  #read;
  #clock = new SteadyClock();
  #duration = Number.POSITIVE_INFINITY;
  #last = 0;
  /** Set if the source cannot be read any more. @type {A2FError | null} */
  failure = null;
  /** @param {(() => number) | MediaClock} source */
  constructor(source) {
    this.#read = typeof source === "function" ? () => ({ currentTime: source() }) : () => source;
  }
  get rate() {
    return this.#clock.rate;
  }
  start() {
  }
  stop() {
  }
  /** @param {number} duration seconds in all */
  finish(duration) {
    this.#duration = duration;
  }
  /** @param {number} now ms */
  time(now) {
    const { currentTime, playbackRate = 1, paused = false } = this.#state();
    if (Number.isFinite(currentTime)) this.#last = currentTime;
    return this.#clock.read(this.#last, now, playbackRate, !paused);
  }
  /** @param {number} now ms */
  isOver(now) {
    return this.time(now) >= this.#duration - 1e-3 || this.#state().ended === true;
  }
  /** @returns {MediaClock} */
  #state() {
    if (this.failure) return { currentTime: this.#last, ended: true };
    try {
      return this.#read();
    } catch (error) {
      const why = (
        /** @type {Error} */
        error.message
      );
      this.failure = new A2FError(
        "playback_failed",
        `The function that reports the playback time failed: ${why}`
      );
      return this.#state();
    }
  }
};

// src/audio/jitter_buffer.js
var MARGIN_S = 0.02;
var LONGEST_S = 1.5;
var PAUSE_S = 1;
var FORGET = 0.01;
var RESUME_S = 0.2;
var JitterBuffer = class {
  #setting;
  #learnt = 0;
  /** @param {() => number | "adaptive"} setting seconds, or "adaptive" */
  constructor(setting) {
    this.#setting = setting;
  }
  /** Seconds of audio needed to start. */
  get start() {
    const setting = this.#setting();
    return setting === "adaptive" ? this.#learnt : setting;
  }
  /** Seconds of audio needed to resume after an underrun. */
  get resume() {
    const setting = this.#setting();
    return setting === "adaptive" ? Math.min(this.#learnt, RESUME_S) : setting;
  }
  /**
   * Learns from a piece of audio that arrived during playback.
   * @param {number} late how long before its arrival the audio had run out, seconds; negative: it was in time
   * @param {number} head seconds of audio with which playback had started
   * @param {number} length of the piece, seconds
   */
  observe(late, head, length) {
    this.#learnt = Math.max(0, this.#learnt - FORGET * length);
    if (late < -MARGIN_S || late > PAUSE_S) return;
    this.#learnt = Math.max(this.#learnt, Math.min(LONGEST_S, head + late + MARGIN_S));
  }
};

// src/audio/live_sink.js
var RESERVE_S = 0.06;
var FIRST_DELAY_S = 0.12;
var LONGEST_DELAY_S = 1;
var MAX_SPEED_CHANGE = 0.1;
var LAG_DECAY = 0.01;
var LiveSink = class {
  startsImmediately = true;
  forwardOnly = true;
  #sampleRate;
  #clock = new SteadyClock();
  #samples = 0;
  #duration = Number.POSITIVE_INFINITY;
  #targetDelay = FIRST_DELAY_S;
  #delay = FIRST_DELAY_S;
  #last = 0;
  /** @param {number} sampleRate Hertz */
  constructor(sampleRate) {
    this.#sampleRate = sampleRate;
  }
  /** Current delay of the face behind the audio, seconds. */
  get delay() {
    return this.#delay;
  }
  get rate() {
    return this.#clock.rate;
  }
  start() {
  }
  stop() {
    this.#duration = 0;
  }
  /** @param {Float32Array[]} planes */
  write(planes) {
    this.#samples += planes[0].length;
  }
  /** @param {number} duration seconds in all */
  finish(duration) {
    this.#duration = duration;
  }
  /** @param {number} lookahead the server's look-ahead, seconds */
  expectLookahead(lookahead) {
    this.#targetDelay = Math.max(this.#targetDelay, lookahead + FIRST_DELAY_S);
  }
  /**
   * Measures the lag: how far the newest frame was behind the audio just before new frames arrived.
   * @param {number} newest time of that frame, seconds of the utterance
   * @param {number} now ms
   */
  observeFrames(newest, now) {
    const lag = this.#livePosition(now) - newest + RESERVE_S;
    this.#targetDelay = Math.min(LONGEST_DELAY_S, Math.max(this.#targetDelay, lag));
  }
  /** @param {number} now ms */
  time(now) {
    const elapsed = Math.min(Math.max(0, now - this.#last), 1e3) / 1e3;
    this.#last = now;
    this.#targetDelay = Math.max(RESERVE_S, this.#targetDelay - LAG_DECAY * elapsed);
    const live = this.#livePosition(now);
    const most = live < this.#targetDelay ? LONGEST_DELAY_S : MAX_SPEED_CHANGE * elapsed;
    this.#delay += Math.max(-most, Math.min(most, this.#targetDelay - this.#delay));
    return Math.max(0, live - this.#delay);
  }
  /** Tells whether the audio keeps coming. @returns {Supply} */
  supply() {
    const waits = this.#duration === Number.POSITIVE_INFINITY && this.#clock.rate === 0 && this.#last > 0;
    return waits && this.#samples > 0 ? "stalled" : "ample";
  }
  /** @param {number} now ms */
  deviceTime(now) {
    return this.#livePosition(now);
  }
  /** @param {number} now ms */
  isOver(now) {
    return this.time(now) >= this.#duration - 1e-3;
  }
  /** @param {number} now ms */
  #livePosition(now) {
    const received = this.#samples / this.#sampleRate;
    if (this.#duration === Number.POSITIVE_INFINITY) return this.#clock.read(received, now, 1, true);
    this.#stoppedAt ??= now;
    return this.#clock.read(received, now, 1, false) + (now - this.#stoppedAt) / 1e3;
  }
  /** @type {number | undefined} */
  #stoppedAt;
};

// src/audio/pcm.js
var PcmFormat = class {
  /**
   * @param {{sampleRate: number, channels?: number, encoding?: string}} options sampleRate in Hertz, 8000–48000
   */
  constructor({ sampleRate, channels = 1, encoding = "pcm_s16le" }) {
    requireArgument(
      Number.isInteger(sampleRate) && isBetween(sampleRate, 8e3, 48e3),
      `sampleRate is ${sampleRate}; give the rate of the PCM in Hertz, a whole number from 8000 to 48000.`
    );
    requireArgument(channels === 1 || channels === 2, `channels is ${channels}; give 1 or 2.`);
    requireArgument(
      encoding === "pcm_s16le" || encoding === "pcm_f32le",
      `encoding is ${encoding}; give "pcm_s16le" or "pcm_f32le".`
    );
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.encoding = /** @type {PcmEncoding} */
    encoding;
    this.sampleBytes = encoding === "pcm_s16le" ? 2 : 4;
    this.blockBytes = this.sampleBytes * channels;
  }
  get secondBytes() {
    return this.blockBytes * this.sampleRate;
  }
};
var PcmReader = class {
  #format;
  #carry = new Uint8Array(0);
  /** @param {PcmFormat} format */
  constructor(format) {
    this.#format = format;
  }
  /** Bytes of an incomplete sample block. */
  get pending() {
    return this.#carry.length;
  }
  /**
   * @param {Int16Array | Float32Array | ArrayBuffer | Uint8Array} data interleaved channels; bytes are in the
   *   format's encoding and may end within a sample. The data is copied, so the caller may reuse its buffer.
   * @returns {{bytes: Uint8Array, planes: Float32Array[]}} whole sample blocks only
   */
  read(data) {
    const bytes = this.#whole(this.#bytesOf(data));
    return { bytes, planes: this.#planesOf(bytes) };
  }
  /** @param {unknown} data */
  #bytesOf(data) {
    const { encoding } = this.#format;
    if (data instanceof ArrayBuffer) return new Uint8Array(data);
    if (data instanceof Uint8Array) return data;
    if (data instanceof Int16Array) return encoding === "pcm_s16le" ? raw(data) : raw(toFloat(data));
    if (data instanceof Float32Array) return encoding === "pcm_f32le" ? raw(data) : raw(toInt16(data));
    throw new A2FError(
      "bad_argument",
      "write() takes an Int16Array, a Float32Array or an ArrayBuffer of PCM."
    );
  }
  /** @param {Uint8Array} bytes */
  #whole(bytes) {
    const all = new Uint8Array(this.#carry.length + bytes.length);
    all.set(this.#carry);
    all.set(bytes, this.#carry.length);
    const usable2 = all.length - all.length % this.#format.blockBytes;
    this.#carry = all.slice(usable2);
    return all.subarray(0, usable2);
  }
  /** @param {Uint8Array} bytes */
  #planesOf(bytes) {
    const { channels, encoding } = this.#format;
    const samples = encoding === "pcm_s16le" ? toFloat(new Int16Array(bytes.buffer, 0, bytes.length / 2)) : finite(new Float32Array(bytes.buffer, 0, bytes.length / 4));
    if (channels === 1) return [samples];
    const half = samples.length / 2;
    const planes = [new Float32Array(half), new Float32Array(half)];
    for (let i = 0; i < samples.length; i++) planes[i & 1][i >> 1] = samples[i];
    return planes;
  }
};
function raw(samples) {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
function toFloat(samples) {
  const floats = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) floats[i] = samples[i] / 32768;
  return floats;
}
function toInt16(samples) {
  const whole = new Int16Array(samples.length);
  finite(samples);
  for (let i = 0; i < samples.length; i++) {
    whole[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768)));
  }
  return whole;
}
function finite(samples) {
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(samples[i])) {
      throw new A2FError("bad_audio", "The PCM contains NaN or infinite samples; check what produces it.");
    }
  }
  return samples;
}

// src/audio/resample.js
var Resampler = class {
  #from;
  #to;
  /**
   * Position of the next output sample, in input samples times `to`. An integer, so that it does not drift.
   */
  #phase = 0;
  #tail = new Float32Array(3);
  /**
   * @param {number} from Hertz
   * @param {number} to Hertz
   */
  constructor(from, to) {
    this.#from = from;
    this.#to = to;
  }
  /**
   * @param {Float32Array} input
   * @returns {Float32Array}
   */
  process(input) {
    if (this.#from === this.#to) return input;
    const known = new Float32Array(3 + input.length);
    known.set(this.#tail);
    known.set(input, 3);
    this.#tail = known.slice(-3);
    return this.#interpolate(known, input.length);
  }
  /**
   * @param {Float32Array} known three samples of the past, then the new ones
   * @param {number} length number of new samples
   */
  #interpolate(known, length) {
    const count = Math.max(0, Math.ceil((length * this.#to - this.#phase) / this.#from));
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) out[i] = cubic(known, (this.#phase + i * this.#from) / this.#to);
    this.#phase += count * this.#from - length * this.#to;
    return out;
  }
};
function cubic(samples, position) {
  const i = Math.floor(position);
  const x = position - i;
  const a = samples[i];
  const b = samples[i + 1];
  const c = samples[i + 2];
  const d = samples[i + 3];
  return b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)));
}

// src/audio/playback_sink.js
var LEAD_S = 0.05;
var LATE_S = 5e-3;
var RAMP_S = 5e-3;
var GIVE_UP_MS = 2e3;
var LOOKAHEAD_S = 0.1;
var RESERVE_S2 = 0.1;
var PlaybackSink = class {
  forwardOnly = true;
  underruns = 0;
  /** @type {A2FError | null} */
  failure = null;
  #output;
  /** The context that it plays on, which stays the same to the end. @type {AudioContext | null} */
  #context = null;
  /** @type {ContextClock | null} */
  #clock = null;
  #sampleRate = 0;
  /** @type {Resampler[]} */
  #resamplers = [];
  #buffer;
  /** Audio that is not scheduled yet. @type {Float32Array[][]} */
  #pending = [];
  #pendingSeconds = 0;
  #writtenAt = 0;
  #lookahead = LOOKAHEAD_S;
  #playing = false;
  /** Playback has run out of audio. */
  #dry = false;
  /** The position does not move, as there is nothing to play at the moment. */
  #still = true;
  #position = 0;
  #duration = Number.POSITIVE_INFINITY;
  /** @type {Set<AudioBufferSourceNode>} */
  #nodes = /* @__PURE__ */ new Set();
  /** @type {GainNode | null} */
  #gain = null;
  /**
   * Stretches of audio without a gap: start on the context's clock and in the utterance, length in seconds,
   * length in samples of the context, by which pieces are joined, and seconds of audio there were at the start.
   */
  #runs = (
    /** @type {{start: number, from: number, length: number, samples: number, head: number}[]} */
    []
  );
  #run = 0;
  /**
   * @param {AudioOutput} output
   * @param {number} [sampleRate] of the PCM, Hertz; otherwise {@link setSampleRate} is called before the
   *   first samples
   * @param {JitterBuffer} [buffer] by default playback starts with the first audio
   */
  constructor(output, sampleRate = 0, buffer = new JitterBuffer(() => 0)) {
    this.#output = output;
    this.#sampleRate = sampleRate;
    this.#buffer = buffer;
  }
  /** @param {number} sampleRate Hertz */
  setSampleRate(sampleRate) {
    this.#sampleRate = sampleRate;
  }
  /** @param {number} lookahead the server's look-ahead, seconds */
  expectLookahead(lookahead) {
    this.#lookahead = lookahead;
  }
  get rate() {
    return this.#clock && !this.#still ? this.#clock.rate : 0;
  }
  /** True if there is enough audio to start or resume, or no more will come. */
  get isBuffered() {
    const needed = this.#runs.length > 0 ? this.#buffer.resume : this.#buffer.start;
    return this.#pendingSeconds >= needed - 1e-6 || this.#duration < Number.POSITIVE_INFINITY || this.#output.now() - this.#writtenAt > GIVE_UP_MS;
  }
  start() {
    this.#playing = true;
    try {
      this.#context = this.#output.context;
    } catch (error) {
      this.failure = /** @type {A2FError} */
      error;
      return;
    }
    this.#clock = this.#output.clock;
    if (this.#context.state !== "running") this.#output.tryResume();
    this.#gain = this.#context.createGain();
    this.#gain.connect(this.#context.destination);
    this.#release();
  }
  /** @param {Float32Array[]} planes one array per channel */
  write(planes) {
    if (planes[0].length === 0 || this.#playing && !this.#context) return;
    const seconds = planes[0].length / this.#sampleRate;
    if (this.#context) this.#noticeUnderrun(this.#context, seconds);
    this.#pending.push(planes);
    this.#pendingSeconds += seconds;
    this.#writtenAt = this.#output.now();
    this.#release();
  }
  /** @param {number} duration seconds in all */
  finish(duration) {
    this.#duration = duration;
    this.#release();
  }
  stop() {
    this.#pending = [];
    this.#pendingSeconds = 0;
    const context = this.#context;
    if (!context || !this.#gain || context.state === "closed") return;
    const end = context.currentTime + RAMP_S;
    this.#gain.gain.setValueAtTime(1, context.currentTime);
    this.#gain.gain.linearRampToValueAtTime(0, end);
    for (const node of this.#nodes) node.stop(end);
    this.#nodes.clear();
  }
  /** @param {number} now ms */
  time(now) {
    if (!this.#clock) return 0;
    if (this.#pending.length > 0) this.#release();
    const deviceTime = this.#clock.read(now);
    while (this.#run + 1 < this.#runs.length && this.#runs[this.#run + 1].start <= deviceTime) this.#run++;
    const run = this.#runs[this.#run];
    this.#still = !run || deviceTime < run.start || deviceTime >= run.start + run.length;
    this.#position = this.#positionAt(deviceTime);
    return this.#position;
  }
  /**
   * Tells whether the audio keeps coming, at the position that `time` returned last. A stall lasts until there is sound.
   * @returns {Supply}
   */
  supply() {
    const last = this.#runs.at(-1);
    if (!last || this.#position === 0) return "ample";
    const silent = this.#still && this.#position < this.#duration - 1e-3;
    if (silent || this.#clock?.rate === 0) return "stalled";
    if (this.#duration < Number.POSITIVE_INFINITY) return "ample";
    const ahead = last.from + last.length - this.#position;
    return ahead < this.#lookahead + RESERVE_S2 ? "low" : "ample";
  }
  /** @param {number} now ms */
  deviceTime(now) {
    return this.#clock && this.rate > 0 ? this.#positionAt(this.#clock.deviceTime(now)) : Number.NaN;
  }
  /** Converts a time of the context to a position in the utterance. @param {number} instant seconds */
  #positionAt(instant) {
    const run = this.#runs[this.#run];
    return run ? run.from + Math.min(Math.max(0, instant - run.start), run.length) : 0;
  }
  /** @param {number} now ms */
  isOver(now) {
    if (this.#context?.state === "closed") this.failure ??= closed();
    return this.failure !== null || this.#playing && this.time(now) >= this.#duration - 1e-3;
  }
  /**
   * Measures how late a piece is before it is added.
   * @param {AudioContext} context
   * @param {number} seconds length of the piece
   */
  #noticeUnderrun(context, seconds) {
    const last = this.#runs.at(-1);
    if (!last || this.#dry) return;
    const late = context.currentTime - (last.start + last.length);
    this.#buffer.observe(late, last.head, seconds);
    this.#dry = late > -LATE_S;
    if (this.#dry) this.underruns++;
  }
  /** Schedules what is there, unless playback has to wait for the buffer. */
  #release() {
    const context = this.#context;
    const starts = this.#dry || this.#runs.length === 0;
    if (!context || context.state === "closed") return;
    if (this.#pending.length === 0 || starts && !this.isBuffered) return;
    if (starts) this.#startRun(context);
    for (const planes of this.#pending.splice(0)) this.#schedule(context, planes);
    this.#pendingSeconds = 0;
  }
  /** @param {AudioContext} context */
  #startRun({ currentTime, sampleRate }) {
    const start = Math.ceil((currentTime + LEAD_S) * sampleRate) / sampleRate;
    const last = this.#runs.at(-1);
    const from = last ? last.from + last.length : 0;
    this.#runs.push({ start, from, length: 0, samples: 0, head: this.#pendingSeconds });
    this.#dry = false;
  }
  /**
   * @param {AudioContext} context
   * @param {Float32Array[]} planes
   */
  #schedule(context, planes) {
    const run = (
      /** @type {{start: number, samples: number, length: number}} */
      this.#runs.at(-1)
    );
    const samples = planes.map(
      (plane, channel) => this.#resampler(channel, context.sampleRate).process(plane)
    );
    const length = samples[0].length;
    if (length > 0) this.#play(context, samples, run.start + run.samples / context.sampleRate);
    run.samples += length;
    run.length += planes[0].length / this.#sampleRate;
  }
  /**
   * @param {AudioContext} context
   * @param {Float32Array[]} samples
   * @param {number} when
   */
  #play(context, samples, when) {
    const buffer = context.createBuffer(samples.length, samples[0].length, context.sampleRate);
    samples.forEach((plane, channel) => {
      buffer.getChannelData(channel).set(plane);
    });
    const node = context.createBufferSource();
    node.buffer = buffer;
    node.connect(
      /** @type {GainNode} */
      this.#gain
    );
    node.onended = () => this.#nodes.delete(node);
    node.start(when);
    this.#nodes.add(node);
  }
  /**
   * @param {number} channel
   * @param {number} to sample rate of the context, Hertz
   */
  #resampler(channel, to) {
    this.#resamplers[channel] ??= new Resampler(this.#sampleRate, to);
    return this.#resamplers[channel];
  }
};
function closed() {
  return new A2FError("playback_failed", "The AudioContext was closed during playback; keep it open.");
}

// src/shape_synonyms.js
var SYNONYMS = {
  "browdrop*": "browDown*",
  "browraiseinner*": "browInnerUp",
  "browraisein*": "browInnerUp",
  "browraiseouter*": "browOuterUp*",
  "cheekraise*": "cheekSquint*",
  "eyecheekraise*": "cheekSquint*",
  "eyewiden*": "eyeWide*",
  "eyesquintinner*": "eyeSquint*",
  "mouthcornerpull*": "mouthSmile*",
  "mouthcornerdepress*": "mouthFrown*",
  "mouthdownlower*": "mouthLowerDown*",
  "mouthlowerlipdepress*": "mouthLowerDown*",
  "mouthupupper*": "mouthUpperUp*",
  "mouthupperlipraise*": "mouthUpperUp*",
  "mouthrollinlower*": "mouthRollLower",
  "mouthrollinupper*": "mouthRollUpper",
  "mouthlipspursed*": "mouthPucker",
  "mouthlipspurseu*": "mouthPucker",
  "nosewrinkle*": "noseSneer*",
  "nosewrinkler*": "noseSneer*",
  "nosescrunch*": "noseSneer*",
  "browlowerer*": "browDown*",
  "browsdown*": "browDown*",
  "outerbrowraiser*": "browOuterUp*",
  "browsup*": "browOuterUp*",
  "cheekraiser*": "cheekSquint*",
  "eyesclosed*": "eyeBlink*",
  "eyeclosed*": "eyeBlink*",
  "eyeslookup*": "eyeLookUp*",
  "eyeslookdown*": "eyeLookDown*",
  "lidtightener*": "eyeSquint*",
  "squint*": "eyeSquint*",
  "upperlidraiser*": "eyeWide*",
  "eyeswide*": "eyeWide*",
  "lipcornerpuller*": "mouthSmile*",
  "lipcornerdepressor*": "mouthFrown*",
  "smile*": "mouthSmile*",
  "frown*": "mouthFrown*",
  "mouthsad*": "mouthFrown*",
  "dimpler*": "mouthDimple*",
  "mouthdimpler*": "mouthDimple*",
  "lipstretcher*": "mouthStretch*",
  "lippressor*": "mouthPress*",
  "lowerlipdepressor*": "mouthLowerDown*",
  "lowerlipdown*": "mouthLowerDown*",
  "upperlipraiser*": "mouthUpperUp*",
  "upperlipup*": "mouthUpperUp*"
};
var PARTS = {
  browInnerUp: ["innerbrowraiserl", "innerbrowraiserr"],
  jawOpen: ["jawdrop"],
  jawForward: ["jawthrust"],
  jawLeft: ["jawsidewaysleft"],
  jawRight: ["jawsidewaysright"],
  mouthClose: ["lipstoward", "mouthclosed", "mouthapeshape"],
  mouthPucker: ["lippuckerl", "lippuckerr", ...quarters("lippucker"), "mouthpout"],
  mouthFunnel: [...quarters("lipfunneler"), ...quarters("lipfunnel")],
  mouthRollUpper: [
    "lipsucklt",
    "lipsuckrt",
    "lipsuckupperleft",
    "lipsuckupperright",
    "mouthupperinside",
    "upperlipin"
  ],
  mouthRollLower: [
    "lipsucklb",
    "lipsuckrb",
    "lipsucklowerleft",
    "lipsucklowerright",
    "mouthlowerinside",
    "lowerlipin"
  ],
  mouthShrugUpper: ["chinraisert", "mouthraiserupper"],
  mouthShrugLower: ["chinraiserb", "mouthraiserlower", "mouthloweroverlay"],
  mouthLeft: ["mouthupperleft", "mouthlowerleft"],
  mouthRight: ["mouthupperright", "mouthlowerright"],
  tongueOut: ["tonguelongstep1"]
};
function quarters(name) {
  return ["lb", "lt", "rb", "rt", "upperleft", "upperright", "lowerleft", "lowerright"].map(
    (part) => name + part
  );
}
var GAZE = {
  eyellookl: "eyeLookOutLeft",
  eyellookr: "eyeLookInLeft",
  eyellookup: "eyeLookUpLeft",
  eyellookdown: "eyeLookDownLeft",
  eyerlookl: "eyeLookInRight",
  eyerlookr: "eyeLookOutRight",
  eyerlookup: "eyeLookUpRight",
  eyerlookdown: "eyeLookDownRight",
  eyelookleftl: "eyeLookOutLeft",
  eyelookrightl: "eyeLookInLeft",
  eyelookleftr: "eyeLookInRight",
  eyelookrightr: "eyeLookOutRight",
  eyeslookleftl: "eyeLookOutLeft",
  eyeslookrightl: "eyeLookInLeft",
  eyeslookleftr: "eyeLookInRight",
  eyeslookrightr: "eyeLookOutRight",
  eyeleftleft: "eyeLookOutLeft",
  eyeleftright: "eyeLookInLeft",
  eyeleftup: "eyeLookUpLeft",
  eyeleftdown: "eyeLookDownLeft",
  eyerightleft: "eyeLookInRight",
  eyerightright: "eyeLookOutRight",
  eyerightup: "eyeLookUpRight",
  eyerightdown: "eyeLookDownRight",
  eyeleftblink: "eyeBlinkLeft",
  eyerightblink: "eyeBlinkRight",
  eyeleftwide: "eyeWideLeft",
  eyerightwide: "eyeWideRight",
  eyeleftsqueeze: "eyeSquintLeft",
  eyerightsqueeze: "eyeSquintRight"
};

// src/shape_names.js
var SPLITS = ["", "up", "down", "u", "d"].flatMap(
  (part) => ["", "l", "r", "left", "right"].map((side) => part + side)
);
var SPELLINGS = /* @__PURE__ */ new Map();
for (const [name, shape] of SHAPE_INDEX) addSpellings(name, shape);
for (const [pattern, name] of Object.entries(SYNONYMS)) addSynonym(pattern, name);
for (const [spelling, name] of Object.entries(GAZE)) add(spelling, name, "");
for (const [name, spellings] of Object.entries(PARTS)) for (const each of spellings) add(each, name, each);
var SUFFIX = /^(\d+|ncl|div|copy|dup)$/;
function addSpellings(name, shape) {
  const lower = name.toLowerCase();
  const sided = /^(.*)(left|right)$/.exec(lower);
  SPELLINGS.set(lower, { shape, part: "" });
  if (sided) SPELLINGS.set(sided[1] + sided[2][0], { shape, part: "" });
  for (const part of sided ? ["u", "d"] : SPLITS) {
    if (!part) continue;
    const spelling = sided ? sided[1] + part + sided[2][0] : lower + part;
    if (!SPELLINGS.has(spelling)) SPELLINGS.set(spelling, { shape, part });
  }
}
function addSynonym(pattern, name) {
  for (const side of ["Left", "Right"]) {
    const part = name.endsWith("*") ? "" : pattern.slice(-2, -1) + side[0].toLowerCase();
    add(pattern.replace("*", side[0].toLowerCase()), name.replace("*", side), part);
    add(pattern.replace("*", side.toLowerCase()), name.replace("*", side), part);
  }
}
function add(spelling, name, part) {
  SPELLINGS.set(spelling, { shape: (
    /** @type {number} */
    SHAPE_INDEX.get(name)
  ), part });
}
function wordsOf(name) {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\0-\x7f]+/g) ?? []).map(
    (word) => word.toLowerCase()
  );
}
function wordsWithoutAffixes(name) {
  const words = wordsOf(name);
  while (words.length > 1 && SUFFIX.test(
    /** @type {string} */
    words.at(-1)
  )) words.pop();
  return words.filter((word) => !/^\d/.test(word));
}
function matchShape(name) {
  const words = wordsOf(name);
  for (let suffix = 0; suffix < words.length; suffix++) {
    if (suffix > 0 && !SUFFIX.test(words[words.length - suffix])) break;
    for (let prefix = 0; prefix < words.length - suffix; prefix++) {
      const spelling = SPELLINGS.get(words.slice(prefix, words.length - suffix).join(""));
      if (spelling) return { ...spelling, prefix, suffix };
    }
  }
  return null;
}
function canonicalShape(name) {
  const exact = SHAPE_INDEX.get(name);
  if (exact !== void 0) return exact;
  const match = matchShape(name);
  return match && match.part === "" ? match.shape : -1;
}
function schemeOf(name, match) {
  const arkit = BLENDSHAPES[match.shape];
  if (name === arkit) return "arkit";
  if (match.prefix > 0) return "prefixed";
  if (match.suffix) return "suffixed";
  if (name.toLowerCase() === arkit.toLowerCase()) return "pascal";
  if (/[._-](l|r|L|R)$/.test(name)) return "side-suffix";
  return "other";
}

// src/viseme_animation/mixture.js
var L1_PENALTY = 0.01;
var L2_PENALTY = 4e-3;
var MAX_SWEEPS = 200;
var TOLERANCE = 1e-4;
var MixtureSolver = class {
  /** Share of each template, 0–1 and at most 1 in total. */
  shares;
  #templates;
  #size;
  #gram;
  #target;
  #raw;
  /** @param {readonly Float32Array[]} templates all of the same length, none zero */
  constructor(templates) {
    this.#templates = templates;
    this.#size = templates.length;
    this.#gram = Float32Array.from(templates.flatMap((a) => templates.map((b) => dot(a, b))));
    this.#target = new Float32Array(this.#size);
    this.#raw = new Float32Array(this.#size);
    this.shares = new Float32Array(this.#size);
  }
  /** @param {Float32Array} given as long as a template */
  solve(given) {
    for (let i = 0; i < this.#size; i++) this.#target[i] = dot(this.#templates[i], given);
    for (let sweep = 0; sweep < MAX_SWEEPS && this.#sweep() > TOLERANCE; sweep++) ;
    let sum = 0;
    for (let i = 0; i < this.#size; i++) sum += this.#raw[i];
    const scale = sum > 1 ? 1 / sum : 1;
    for (let i = 0; i < this.#size; i++) this.shares[i] = this.#raw[i] * scale;
  }
  /** Improves each share once. @returns {number} largest change */
  #sweep() {
    let most = 0;
    for (let i = 0; i < this.#size; i++) {
      const own = this.#gram[i * this.#size + i];
      const next = Math.max(0, (this.#residual(i) - L1_PENALTY * Math.sqrt(own)) / (own * (1 + L2_PENALTY)));
      most = Math.max(most, Math.abs(next - this.#raw[i]));
      this.#raw[i] = next;
    }
    return most;
  }
  /** Returns the residual for one template. @param {number} i */
  #residual(i) {
    let residual = this.#target[i];
    const row2 = i * this.#size;
    for (let other = 0; other < this.#size; other++)
      if (other !== i) residual -= this.#gram[row2 + other] * this.#raw[other];
    return residual;
  }
};
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

// src/viseme_animation/mouth.js
var MOUTH_FEATURES = 11;
var WEIGHTS = [1.4, 1, 1, 1.1, 1.1, 1, 0.3, 1, 1];
var BITE_WEIGHT = 1.2;
var SEAL_WEIGHT = 0.8;
var SEALED = 0.22;
var APART = 0.16;
var [JAW, CLOSE, ROLL_LOWER, ROLL_UPPER] = [
  "jawOpen",
  "mouthClose",
  "mouthRollLower",
  "mouthRollUpper"
].map(shapeIndex);
var SINGLE = ["mouthFunnel", "mouthPucker"].map(shapeIndex);
var [LOWER, UPPER, STRETCH, SMILE, PRESS] = ["LowerDown", "UpperUp", "Stretch", "Smile", "Press"].map(
  (part) => shapeIndex(`mouth${part}Left`)
);
var [TONGUE, FORWARD] = ["tongueOut", "jawForward"].map(shapeIndex);
function mouthFeatures(face, out) {
  const gap = Math.max(0, face[JAW] - face[CLOSE]);
  const lower = average(face, LOWER);
  const upper = average(face, UPPER);
  out[0] = gap * WEIGHTS[0];
  out[1] = lower * WEIGHTS[1];
  out[2] = upper * WEIGHTS[2];
  out[3] = face[SINGLE[0]] * WEIGHTS[3];
  out[4] = face[SINGLE[1]] * WEIGHTS[4];
  out[5] = average(face, STRETCH) * WEIGHTS[5];
  out[6] = average(face, SMILE) * WEIGHTS[6];
  out[7] = face[TONGUE] * WEIGHTS[7];
  out[8] = face[FORWARD] * WEIGHTS[8];
  out[9] = Math.max(0, face[ROLL_LOWER] - face[ROLL_UPPER] - average(face, PRESS)) * BITE_WEIGHT;
  const pressed = face[CLOSE] + face[ROLL_UPPER] + average(face, PRESS) + Math.min(face[ROLL_LOWER], SEALED / 3);
  out[10] = Math.min(1, pressed / SEALED) * Math.max(0, 1 - (gap + lower + upper) / APART) * SEAL_WEIGHT;
}
function average(face, left) {
  return (face[left] + face[left + 1]) / 2;
}

// src/viseme_animation/shapes.js
var CURVES = ["jaw", "lower", "upper", "funnel", "pucker", "stretch", "smile", "tongue", "forward"];
var VALUES = CURVES.length + OCULUS.length;
var OPENING_END = 3;
var VOWELS_START = VALUES - 5;
var GROUPS = 6;
var GROUP_END = [1, 3, 5, 7, 9, VALUES];
var SWELLS_FIRST = [true, false, false, false, true, true];
var EARLY = [0.165, 0.135, 0.225, 0.15, 0.12, 0.14];
var LATE = [0.165, 0.15, 0.15, 0.135, 0.12, 0.14];
var SILENCE2 = 0;
var H = 12;
var BITE = 18;
var SEAL = 21;
var MURMUR = 22;
var IDS = 22;
var VOWEL = [1, 1, 1, 1, 0.6, 1];
var CONSONANT = [0.8, 0.8, 0.3, 0.3, 1, 0.8];
var SHAPES = [
  { strengths: [0, 0, 0, 0, 0, 0] },
  { as: "aa", strengths: VOWEL, face: { jaw: 0.34, lower: 0.15, upper: 0.07, stretch: 0.02 } },
  { as: "aa", strengths: [1.2, 1, 1, 1, 0.6, 1], face: { jaw: 0.52, lower: 0.12, upper: 0.06 } },
  {
    as: "O",
    strengths: [1.2, 1, 1, 1, 0.6, 1],
    face: { jaw: 0.42, lower: 0.11, upper: 0.04, funnel: 0.32, pucker: 0.14 }
  },
  { as: "E", strengths: VOWEL, face: { jaw: 0.32, lower: 0.19, upper: 0.09, stretch: 0.07, smile: 0.04 } },
  { as: "RR", strengths: VOWEL, face: { jaw: 0.22, lower: 0.13, upper: 0.06, funnel: 0.14, pucker: 0.08 } },
  {
    as: "I",
    strengths: [1, 1, 1, 1.2, 0.6, 1],
    face: { jaw: 0.16, lower: 0.22, upper: 0.09, stretch: 0.26, smile: 0.16 }
  },
  {
    as: "U",
    strengths: [1, 1, 1.6, 1, 0.6, 1],
    face: { jaw: 0.15, lower: 0.1, upper: 0.04, funnel: 0.26, pucker: 0.48 }
  },
  {
    as: "O",
    strengths: [1, 1, 1.3, 1, 0.6, 1],
    face: { jaw: 0.29, lower: 0.09, upper: 0.03, funnel: 0.36, pucker: 0.28 }
  },
  // 9–11 are diphthongs (TURNS); 12 takes the shape of the following sound.
  { strengths: VOWEL },
  { strengths: VOWEL },
  { strengths: VOWEL },
  { strengths: [0.4, 0.4, 0.3, 0.3, 0.2, 0.6] },
  {
    as: "RR",
    strengths: [0.6, 0.8, 0.6, 0.3, 1, 0.8],
    face: { jaw: 0.15, lower: 0.13, upper: 0.06, funnel: 0.16, pucker: 0.08 }
  },
  {
    as: "nn",
    strengths: [0.6, 0.8, 0.3, 0.3, 1, 0.8],
    face: { jaw: 0.17, lower: 0.16, upper: 0.05, tongue: 0.06 }
  },
  {
    as: "SS",
    strengths: [1.5, 1.2, 0.7, 0.9, 1, 1],
    face: { jaw: 0.06, lower: 0.28, upper: 0.13, stretch: 0.18, smile: 0.07 }
  },
  {
    as: "CH",
    strengths: [1.4, 0.8, 1.4, 1, 1, 1],
    face: { jaw: 0.08, lower: 0.22, upper: 0.13, funnel: 0.4, pucker: 0.12, forward: 0.12 }
  },
  { as: "TH", strengths: CONSONANT, face: { jaw: 0.14, lower: 0.17, upper: 0.06, tongue: 0.28 } },
  { strengths: [0.8, 0.8, 0.4, 0.4, 1, 0], face: { jaw: 0.1, upper: 0.12 } },
  {
    as: "DD",
    strengths: [0.5, 0.6, 0.2, 0.2, 0.6, 0.6],
    face: { jaw: 0.13, lower: 0.18, upper: 0.06, stretch: 0.02 }
  },
  { as: "kk", strengths: [0.4, 0.5, 0.15, 0.15, 0.3, 0.6], face: { jaw: 0.16, lower: 0.14, upper: 0.05 } },
  { strengths: [0.8, 0.4, 0.2, 0.15, 1, 0], face: { jaw: 0.09, lower: 0.1, upper: 0.04 } },
  { as: "aa", strengths: VOWEL, face: { jaw: 0.5, lower: 0.2, upper: 0.1 } }
];
var DIPHTHONGS = { 9: [2, 7], 10: [3, 6], 11: [2, 6] };
var STRENGTHS = Float32Array.from(SHAPES.flatMap(({ strengths }) => strengths));
var REST = Float32Array.from(SHAPES.flatMap(valuesOf));
function valuesOf({ as, face = {} }) {
  return [...CURVES.map((curve) => face[curve] ?? 0), ...OCULUS.map((name) => name === as ? 1 : 0)];
}

// src/viseme_animation/rig.js
var RIG = {
  jaw: { jawOpen: 1 },
  lower: { mouthLowerDown: 1 },
  upper: { mouthUpperUp: 1 },
  funnel: { mouthFunnel: 1 },
  pucker: { mouthPucker: 1 },
  stretch: { mouthStretch: 1 },
  smile: { mouthSmile: 1, mouthDimple: 0.3, cheekSquint: 0.15 },
  tongue: { tongueOut: 1 },
  forward: { jawForward: 1 },
  seal: { jawOpen: 0.05, mouthClose: 0.05, mouthPress: 0.06, mouthRollLower: 0.06, mouthRollUpper: 0.05 },
  press: { mouthPress: 0.12, mouthRollLower: 0.06, mouthRollUpper: 0.06 },
  bite: { jawOpen: 0.03, mouthRollLower: 0.4, mouthUpperUp: 0.2, mouthShrugLower: 0.1 }
};
var TERMS = Object.fromEntries(Object.entries(RIG).map(([name, shares]) => [name, termsOf(shares)]));
var CURVE_TERMS = CURVES.map((curve) => TERMS[curve]);
var YIELD_TO_SEAL = [1, 1, 1, 0, 0, 0.9, 0.9, 1, 0];
var YIELD_TO_BITE = [0.6, 1, 0.3, 0, 0, 0, 0.3, 1, 0];
var BITE_YIELD_TO_SEAL = 0.75;
var [SIL, PP, FF] = ["sil", "PP", "FF"].map(oculusIndex);
function termsOf(shares) {
  const sided = Object.entries(shares).flatMap(([name, gain]) => {
    const names = SHAPE_INDEX.has(name) ? [name] : [`${name}Left`, `${name}Right`];
    return names.map((shape) => ({ shape: shapeIndex(shape), gain }));
  });
  return {
    shapes: Int16Array.from(sided, (term) => term.shape),
    gains: Float32Array.from(sided, (term) => term.gain)
  };
}
function writeVisemeFace(values, { seal, bite, rest, press }, out) {
  const held = bite * (1 - BITE_YIELD_TO_SEAL * seal);
  const awake = 1 - rest;
  out.fill(0);
  for (let curve = 0; curve < CURVES.length; curve++) {
    const room = awake * (1 - YIELD_TO_SEAL[curve] * seal) * (1 - YIELD_TO_BITE[curve] * held);
    add2(CURVE_TERMS[curve], values[curve] * room, out);
  }
  add2(TERMS.seal, seal, out);
  add2(TERMS.press, press, out);
  add2(TERMS.bite, held, out);
  const free = (1 - seal) * (1 - bite);
  for (let i = CURVES.length; i < VALUES; i++)
    out[SHAPE_COUNT + i - CURVES.length] = values[i] * awake * free;
  out[SIL] = rest * free;
  out[PP] = seal;
  out[FF] = bite * (1 - seal);
}
function add2({ shapes, gains }, value, out) {
  for (let i = 0; i < shapes.length; i++) out[shapes[i]] += value * gains[i];
}

// src/viseme_animation/fit.js
var OPEN = { seal: 0, bite: 0, rest: 0, press: 0 };
var AZURE_VISEMES = {
  TH: 17,
  DD: 19,
  kk: 20,
  CH: 16,
  SS: 15,
  nn: 14,
  RR: 13,
  aa: 2,
  E: 4,
  I: 6,
  O: 8,
  U: 7
};
var GATES = { PP: { ...OPEN, seal: 1 }, FF: { ...OPEN, bite: 1 } };
var MIN_VISIBLE = 0.049;
var VISEME_FACES = Object.fromEntries(
  OCULUS.filter((name) => name in AZURE_VISEMES || name in GATES).map((name) => [name, visemeFace(name)])
);
function visemeFace(name) {
  const values = new Float32Array(VALUES);
  const start = AZURE_VISEMES[name] * VALUES;
  if (name in AZURE_VISEMES) values.set(REST.subarray(start, start + CURVES.length));
  const face = new Float32Array(FACE_WIDTH);
  writeVisemeFace(values, GATES[name] ?? OPEN, face);
  return face.slice(0, SHAPE_COUNT);
}
function arkitShapesOf(channel) {
  if (channel < SHAPE_COUNT) return [channel];
  const name = channel < FACE_WIDTH ? OCULUS[channel - SHAPE_COUNT] : VOWELS[channel - FACE_WIDTH];
  return [...VISEME_FACES[name] ?? []].flatMap((value, shape) => value > MIN_VISIBLE ? [shape] : []);
}
var VisemeFit = class _VisemeFit {
  #channels;
  #mixture;
  #mouth = new Float32Array(MOUTH_FEATURES);
  /** Uses all visemes; closed lips are PP. */
  static ofAll() {
    return new _VisemeFit(Object.keys(VISEME_FACES), oculusIndex);
  }
  /** Uses the vowels only, for {@link vowelIndex}; closed lips match none of them. */
  static ofVowels() {
    return new _VisemeFit(VOWELS, vowelIndex);
  }
  /**
   * @param {readonly string[]} names
   * @param {(name: string) => number} channelOf
   */
  constructor(names, channelOf) {
    this.#channels = Int16Array.from(names, channelOf);
    this.#mixture = new MixtureSolver(names.map((name) => mouthOf(VISEME_FACES[name])));
  }
  /**
   * @param {Float32Array} face its 52 shapes are read and its visemes written, each 0–1 and at most 1 in
   *   total
   */
  write(face) {
    mouthFeatures(face, this.#mouth);
    this.#mixture.solve(this.#mouth);
    for (let i = 0; i < this.#channels.length; i++) face[this.#channels[i]] = this.#mixture.shares[i];
  }
};
function mouthOf(face) {
  const mouth2 = new Float32Array(MOUTH_FEATURES);
  mouthFeatures(face, mouth2);
  return mouth2;
}

// src/avatar/advice.js
var FEATURES = {
  lids: /^eyeBlink/,
  gaze: /^eyeLook/,
  brows: /^brow/,
  cheeks: /^cheek/,
  tongue: /^tongue/
};
var PERFECT_SYNC = "Give the VRM the ARKit shapes (jawOpen, eyeBlinkLeft …) as custom expressions (“perfect sync”)";
var EXPORT = "Export the avatar with ARKit blend shapes (jawOpen, eyeBlinkLeft …)";
var MOUTHS = [
  ["visemes", "Only visemes move the mouth", EXPORT],
  ["vrm", "Only the presets of VRM move the mouth", PERFECT_SYNC],
  ["simple", "Only simple shapes move the mouth", EXPORT],
  ["jaw-bone", "There are no mouth shapes: the jaw bone opens the mouth, lips cannot close or round", EXPORT]
];
var NO_MOUTH = "Nothing here moves the mouth";
var NO_MESH = "There is no mesh here yet. Call initializeWithScene() again once the avatar has loaded, in the callback of its loader.";
var OVERWRITTEN = "Something sets the same morph targets after the client, for example an AnimationMixer with an idle clip: call update() between mixer.update() and render(), with autoUpdate: false, or remove the clip's tracks of morphTargetInfluences.";
var MOST_NAMES2 = 5;
function problemOf({ meshes, targets, moving }) {
  if (meshes === 0) return "no_mesh";
  if (targets.length === 0) return "no_targets";
  if (targets.every(({ name, index }) => name === String(index))) return "no_names";
  return moving.length === 0 ? "empty_targets" : "unknown_names";
}
function explanation(problem, moving) {
  if (problem === "no_targets") return "The meshes have no morph targets and no jaw bone.";
  if (problem === "no_names")
    return 'The morph targets have no names: export them too (in glTF as extras.targetNames), or list them in map: { jawOpen: "0" }.';
  if (problem === "empty_targets")
    return "All morph targets are empty: export the shapes with their movements, before modifiers are applied.";
  if (problem !== "unknown_names") return "";
  const shown = moving.slice(0, MOST_NAMES2).map((name) => `“${name}”`);
  const names = shown.join(", ") + (moving.length > MOST_NAMES2 ? " …" : "");
  return `These names are not known: ${names}. If they are mouth shapes, list them in map: { jawOpen: "${moving[0]}" }.`;
}
function adviceFor(found2, schemes, vrm, { problem = null, moving = [] } = {}) {
  if (problem === "no_mesh") return NO_MESH;
  const still = Object.keys(FEATURES).filter(
    (feature) => !found2.some((name) => FEATURES[feature].test(name))
  );
  const [, words, remedy] = found2.includes("jawOpen") ? MOUTHS.find(([scheme]) => schemes.has(scheme)) ?? ["", "", remedyFor(vrm)] : ["", NO_MOUTH, remedyFor(vrm)];
  if (!words && still.length === 0) return "";
  const stands = still.length > 0 ? `${list(still)} cannot move` : "";
  const missing2 = [words, stands].filter(Boolean).join("; ");
  const advice = `${missing2[0].toUpperCase()}${missing2.slice(1)}. ${remedy} to change that.`;
  return [advice, explanation(problem, moving)].filter(Boolean).join(" ");
}
var remedyFor = (vrm) => vrm ? PERFECT_SYNC : EXPORT;
function list(words) {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

// src/avatar/channel_mixer.js
var ChannelMixer = class {
  /** One per row, 0–1. */
  values;
  #ends;
  #shapes;
  #gains;
  /** @param {readonly (readonly Term[])[]} rows */
  constructor(rows) {
    const terms = rows.flat();
    let end = 0;
    this.values = new Float32Array(rows.length);
    this.#ends = Int16Array.from(rows, (row2) => {
      end += row2.length;
      return end;
    });
    this.#shapes = Int16Array.from(terms, (term) => term.shape);
    this.#gains = Float32Array.from(terms, (term) => term.gain);
  }
  /** @param {Float32Array} face all channels */
  mix(face) {
    for (let row2 = 0, term = 0; row2 < this.values.length; row2++) {
      let value = 0;
      for (; term < this.#ends[row2]; term++) value += face[this.#shapes[term]] * this.#gains[term];
      this.values[row2] = Math.min(1, Math.max(0, value));
    }
  }
};

// src/avatar/gaze.js
var [YAW, PITCH] = [0.52, 0.42];
var GAZE_SHAPES = ["In", "Out", "Up", "Down"].flatMap((way) => [
  `eyeLook${way}Left`,
  `eyeLook${way}Right`
]);
var GazeAngles = class {
  /** Radians to the character's left. */
  yaw = 0;
  /** Radians down. */
  pitch = 0;
  #ways = new ChannelMixer([
    arkitTerms({ eyeLookOutLeft: 0.5, eyeLookInRight: 0.5 }),
    arkitTerms({ eyeLookInLeft: 0.5, eyeLookOutRight: 0.5 }),
    arkitTerms({ eyeLookDownLeft: 0.5, eyeLookDownRight: 0.5 }),
    arkitTerms({ eyeLookUpLeft: 0.5, eyeLookUpRight: 0.5 })
  ]);
  /** @param {Float32Array} face */
  read(face) {
    this.#ways.mix(face);
    const [left, right, down, up] = this.#ways.values;
    this.yaw = (left - right) * YAW;
    this.pitch = (down - up) * PITCH;
  }
};

// src/avatar/pivot.js
var CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [i & 1, i >> 1 & 1, i >> 2]);
var BELOW = 0.5;
var BESIDE = 2;
function isTurnable(node, most = BELOW) {
  if (!node.quaternion || node.isSkinnedMesh) return false;
  if (node.isBone) return true;
  const box = boxOf(node);
  const m = node.matrixWorld.elements;
  const extent = Math.max(...box.map(([low, high]) => high - low));
  const off = box.map(([low, high], i) => Math.max(0, low - m[12 + i], m[12 + i] - high));
  return !Number.isFinite(extent) || Math.hypot(...off) <= most * extent;
}
function boxOf(node) {
  const box = [0, 1, 2].map(() => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  node.updateWorldMatrix?.(true, true);
  node.traverse?.((each) => {
    if (each.isMesh && !each.isSkinnedMesh) expand(box, each);
  });
  return box;
}
function expand(box, { geometry, matrixWorld }) {
  if (geometry && !geometry.boundingBox) geometry.computeBoundingBox?.();
  const bounds = geometry?.boundingBox;
  if (!bounds) return;
  const m = matrixWorld.elements;
  for (const [i, j, k] of CORNERS) {
    const x = (i ? bounds.max : bounds.min).x;
    const y = (j ? bounds.max : bounds.min).y;
    const z = (k ? bounds.max : bounds.min).z;
    for (let axis2 = 0; axis2 < 3; axis2++) {
      const at = m[axis2] * x + m[4 + axis2] * y + m[8 + axis2] * z + m[12 + axis2];
      box[axis2] = [Math.min(box[axis2][0], at), Math.max(box[axis2][1], at)];
    }
  }
}

// src/avatar/jaw_bone.js
var JAW2 = /^(lower)?jaw(bone|root|joint|jnt|lower)?$|^(あご|顎)$/;
var OTHER = /^(l|r|lf|rt|lft|rgt|left|right|upper|up|end|tip|nub|leaf|bulge|recess|line|teeth|tooth|tongue|cheek|corner|muscle|lip)$/;
var MIDDLE = /^(root|m|x|mid|center|centre|main|skin|bn|jt|lower|open|rot|rotate|pivot|skel)$/;
var CONTROL = /^(ctrl|control|ctl|con|mch|org|ik|fk|target|tgt|drv|driver|helper|locator|loc|grp|group|offset|master|c)$/;
var DEFORMS = /^(def|jnt|joint|bone|bind|base)$/;
function jawOf(nodes, skinned = /* @__PURE__ */ new Set()) {
  const [best] = nodes.map((node) => ({ node, rank: rankOf(node, skinned) })).filter(({ rank: rank2 }) => rank2 > 0).sort((a, b) => b.rank - a.rank);
  return best?.node;
}
function rankOf(node, skinned) {
  const words = jawWords(node.name);
  const at = words.findIndex((word) => JAW2.test(word));
  if (at < 0 || words.some((word) => OTHER.test(word))) return 0;
  const after = words.slice(at + 1);
  if (!after.every((word) => [MIDDLE, CONTROL, DEFORMS].some((known) => known.test(word)))) return 0;
  if (!isTurnable(node, BESIDE)) return 0;
  const kind = skinned.has(node) ? 3 : node.isBone ? 2 : 1;
  const controls = words.filter((word) => CONTROL.test(word)).length;
  const deforms = words.filter((word) => DEFORMS.test(word)).length;
  return 1e3 * kind - 100 * controls + 10 * deforms - words.length;
}
function jawWords(name) {
  const spaced = name.replace(/upper|lower|left|right/gi, " $& ").replace(/lower\s+jaw/i, "lowerjaw");
  return wordsOf(spaced).filter((word) => !/^\d/.test(word));
}

// src/avatar/shared_values.js
var REPEATED = 2;
var KEEP = 15;
var PATIENCE = 10;
var SharedValues = class {
  #access;
  #installHook;
  /** What the client wants to show. */
  #own;
  /** What the other writer wants to show. */
  #other;
  /** What is in the values after the last write; NaN before. */
  #written;
  #quiet = true;
  #repeats = 0;
  #sinceChange = 0;
  #lost = 0;
  #hooked = false;
  #restored = false;
  /**
   * @param {number} count
   * @param {{get: (i: number) => number, set: (i: number, value: number) => void}} access
   * @param {() => void} installHook called once there is another writer: makes something call `restore` just
   *   before values are drawn
   */
  constructor(count, access, installHook) {
    this.#access = access;
    this.#installHook = installHook;
    this.#own = new Float32Array(count);
    this.#other = new Float32Array(count);
    this.#written = new Float32Array(count).fill(Number.NaN);
  }
  /** True if another writer overwrites the values on every tick, and nothing calls `restore`. */
  get overwritten() {
    return this.#lost >= PATIENCE;
  }
  /** @param {Float32Array} values what the client wants to show */
  write(values) {
    const changed = this.#observe();
    this.#lost = changed && !this.#quiet && !this.#restored ? this.#lost + 1 : 0;
    this.#own.set(values);
    this.#quiet = !values.some(isSet);
    this.#put();
    if (this.#repeats < REPEATED || this.#hooked) return;
    this.#hooked = true;
    this.#installHook();
  }
  /** Writes the values again if they were changed. At rest the other writer is left alone. */
  restore() {
    this.#restored = true;
    if (this.#quiet) return;
    if (this.#observe()) this.#put();
  }
  /** @returns {boolean} whether something else has changed a value since the last write */
  #observe() {
    let changed = false;
    for (let i = 0; i < this.#written.length; i++) changed ||= this.#isChanged(i);
    if (changed) this.#remember();
    else if (++this.#sinceChange > KEEP) this.#forget();
    return changed;
  }
  #remember() {
    this.#sinceChange = 0;
    if (++this.#repeats < REPEATED) return;
    for (let i = 0; i < this.#written.length; i++)
      if (this.#isChanged(i)) this.#other[i] = Math.min(1, Math.max(0, this.#access.get(i)));
  }
  #forget() {
    this.#repeats = 0;
    this.#other.fill(0);
  }
  /** @param {number} i */
  #isChanged(i) {
    const written = this.#written[i];
    const value = Math.fround(this.#access.get(i));
    return value !== written && !Number.isNaN(written) && !Number.isNaN(value);
  }
  #put() {
    for (let i = 0; i < this.#written.length; i++) {
      this.#written[i] = Math.max(this.#own[i], this.#other[i]);
      this.#access.set(i, this.#written[i]);
    }
  }
};
var isSet = (value) => value !== 0;
function callBefore(object, method, before) {
  const original = object[method];
  const own = Object.hasOwn(object, method);
  if (typeof original !== "function") return () => {
  };
  let active = true;
  object[method] = function(...given) {
    if (active) before();
    return original.apply(this, given);
  };
  const hook = object[method];
  return () => {
    active = false;
    if (object[method] !== hook) return;
    if (own) object[method] = original;
    else delete object[method];
  };
}

// src/avatar/morph_targets.js
var DRAWN = ["onBeforeRender", "onBeforeShadow"];
var MorphTargets = class {
  #mesh;
  #targets;
  #blend;
  #values;
  /** @type {(() => void)[]} */
  #unhooks = [];
  /**
   * @param {MorphMesh} mesh
   * @param {readonly TargetTerms[]} rows
   */
  constructor(mesh, rows) {
    const dictionary = (
      /** @type {Record<string, number>} */
      mesh.morphTargetDictionary
    );
    this.#mesh = mesh;
    this.#targets = Int16Array.from(rows, (row2) => dictionary[row2.target]);
    this.#blend = new ChannelMixer(rows.map((row2) => row2.terms));
    this.#values = new SharedValues(rows.length, this.#access(), () => this.#hook());
  }
  /** True if something else overwrites the targets before they are drawn. */
  get overwritten() {
    return this.#values.overwritten;
  }
  /** @param {Float32Array} face all channels */
  write(face) {
    if (!this.#mesh.morphTargetInfluences) return;
    this.#blend.mix(face);
    this.#values.write(this.#blend.values);
  }
  release() {
    for (const unhook of this.#unhooks.splice(0)) unhook();
    const influences = this.#mesh.morphTargetInfluences;
    if (influences) for (const target of this.#targets) influences[target] = 0;
  }
  #hook() {
    const restore = () => {
      if (this.#mesh.morphTargetInfluences) this.#values.restore();
    };
    this.#unhooks = DRAWN.map((method) => callBefore(this.#mesh, method, restore));
  }
  #access() {
    const influences = () => (
      /** @type {number[]} */
      this.#mesh.morphTargetInfluences
    );
    return {
      get: (i) => influences()[this.#targets[i]],
      set: (i, value) => {
        influences()[this.#targets[i]] = value;
      }
    };
  }
};

// src/avatar/viseme_dialects.js
var OF_AZURE = {
  0: "sil",
  2: "aa",
  4: "E",
  6: "I",
  7: "U",
  8: "O",
  13: "RR",
  14: "nn",
  15: "SS",
  16: "CH",
  17: "TH",
  18: "FF",
  19: "DD",
  20: "kk",
  21: "PP"
};
var AZURE_IDS = 22;
var wholeName = (target) => wordsWithoutAffixes(target.replace(/^.*ctrl_?/i, "").replace(/^.*[.:](?!\d)/, "")).join("").replace(/^(visemes?|phonemes?)(?=.)/, "");
var numberOf = (target) => String(Number(/(\d+)$/.exec(target)?.[1] ?? Number.NaN));
var hasClosedLips = (targets) => targets.some((target) => wholeName(target) === "mbp");
var hasFewLetters = (targets) => targets.filter((target) => /^[a-z]$/i.test(target)).length <= 6;
var DIALECTS = [
  {
    // Oculus without a prefix, and with the vowels of VRM.
    least: 5,
    keyOf: wholeName,
    shows: {
      ...same("sil PP FF TH DD kk CH SS nn RR aa E I O U"),
      ...{ ih: "I", oh: "O", ou: "U" }
    }
  },
  {
    // MPFB and MakeHuman: Microsoft's visemes by their sounds.
    least: 12,
    keyOf: wholeName,
    shows: {
      sil: OF_AZURE[0],
      aa: OF_AZURE[2],
      eyehuh: OF_AZURE[4],
      yiyihix: OF_AZURE[6],
      wuw: OF_AZURE[7],
      ow: OF_AZURE[8],
      r: OF_AZURE[13],
      l: OF_AZURE[14],
      sz: OF_AZURE[15],
      shchjhzh: OF_AZURE[16],
      thdh: OF_AZURE[17],
      fv: OF_AZURE[18],
      dtn: OF_AZURE[19],
      kgng: OF_AZURE[20],
      pbm: OF_AZURE[21]
    }
  },
  // Microsoft's visemes by their ids.
  { least: 12, keyOf: numberOf, shows: OF_AZURE, only: areAzureIds },
  {
    // Character Creator 4.
    least: 8,
    keyOf: wholeName,
    shows: {
      ah: "aa",
      ae: "E",
      ee: "I",
      oh: "O",
      woo: "U",
      r: "RR",
      bmp: "PP",
      fv: "FF",
      th: "TH",
      tldn: ["DD", "nn"],
      kghng: "kk",
      chj: "CH",
      sz: "SS"
    }
  },
  {
    // Character Creator 3.
    least: 5,
    keyOf: wholeName,
    shows: {
      open: "aa",
      explosive: "PP",
      dentallip: "FF",
      tighto: "O",
      tight: "U",
      wide: "I",
      affricate: "CH",
      lipopen: "E"
    }
  },
  {
    // DAZ Genesis 3 to 9.
    least: 8,
    keyOf: wholeName,
    shows: {
      vaa: "aa",
      veh: "E",
      viy: "I",
      vow: "O",
      vuw: "U",
      ver: "RR",
      vm: "PP",
      vf: "FF",
      vth: "TH",
      vt: "DD",
      vl: "nn",
      vk: "kk",
      vs: ["SS", "CH"]
    }
  },
  {
    // Papagayo: the set of Preston Blair.
    least: 5,
    keyOf: wholeName,
    shows: {
      ai: "aa",
      e: ["E", "I"],
      o: "O",
      u: "U",
      mbp: "PP",
      fv: "FF",
      l: "nn",
      etc: ["DD", "SS", "CH", "kk", "TH", "RR"]
    },
    only: hasClosedLips
  },
  { least: 4, keyOf: wholeName, vowels: true, shows: { aa: "aa", ih: "I", ou: "U", ee: "E", oh: "O" } },
  {
    least: 5,
    keyOf: wholeName,
    vowels: true,
    shows: { a: "aa", i: "I", u: "U", e: "E", o: "O" },
    only: hasFewLetters
  },
  { least: 3, keyOf: wholeName, vowels: true, shows: { あ: "aa", い: "I", う: "U", え: "E", お: "O" } }
];
function dialectOf(targets) {
  const fits = DIALECTS.map((dialect) => ({ dialect, hits: hitsOf(dialect, targets) })).filter(
    ({ dialect, hits }) => hits >= dialect.least && (dialect.only?.(targets) ?? true)
  );
  return fits.sort((a, b) => b.hits - a.hits)[0]?.dialect ?? null;
}
function hitsOf({ keyOf, shows }, targets) {
  return new Set(targets.map(keyOf).filter((key) => Object.hasOwn(shows, key))).size;
}
function areAzureIds(targets) {
  const numbered = targets.map((target) => /^(.*?)0*(\d+)$/.exec(target)).filter((match) => match !== null);
  const stems = new Set(numbered.map(([, stem2]) => stem2));
  const ids = new Set(numbered.map(([, , id]) => Number(id)));
  if (stems.size !== 1 || Math.max(...ids) >= AZURE_IDS || ids.size < AZURE_IDS - 1) return false;
  const [stem] = stems;
  return stem === "" ? targets.length === AZURE_IDS : /vis|phon|azure/i.test(stem);
}
function same(names) {
  return Object.fromEntries(names.split(" ").map((name) => [name.toLowerCase(), name]));
}

// src/avatar/stand_ins.js
var MOUTH = [shapeIndex("jawOpen")];
var LIPS = ["mouthFunnel", "mouthPucker"].map(shapeIndex);
var OPENS = arkitTerms({ jawOpen: 2, mouthClose: -2 });
var JAW3 = arkitTerms({ jawOpen: 1, mouthClose: -1 });
var SMILE2 = entry("smile", arkitTerms({ mouthSmileLeft: 0.5, mouthSmileRight: 0.5 }));
var LID_LEFT = entry("lidLeft", arkitTerms({ eyeBlinkLeft: 1 }));
var LID_RIGHT = entry("lidRight", arkitTerms({ eyeBlinkRight: 1 }));
var LIDS = entry("lids", arkitTerms({ eyeBlinkLeft: 0.5, eyeBlinkRight: 0.5 }));
var BY_VOWEL = (
  /** @type {const} */
  { aa: "aa", I: "ih", U: "ou", E: "ee", O: "oh" }
);
var VOWEL_OF = { aa: vowel("aa"), ih: vowel("I"), ou: vowel("U"), ee: vowel("E"), oh: vowel("O") };
var SPOKEN = {
  PP: ["explosive"],
  FF: ["dentallip"],
  CH: ["affricate"],
  aa: ["open"],
  E: ["lipopen"],
  I: ["ih", "wide"],
  O: ["oh", "tighto"],
  U: ["ou", "tight"],
  nn: ["tongueup"]
};
var VISEMES = Object.fromEntries(OCULUS.flatMap(spellingsOf));
var SIMPLE = {
  mtha: VOWEL_OF.aa,
  mthi: VOWEL_OF.ih,
  mthu: VOWEL_OF.ou,
  mthe: VOWEL_OF.ee,
  mtho: VOWEL_OF.oh,
  moutha: VOWEL_OF.aa,
  mouthi: VOWEL_OF.ih,
  mouthu: VOWEL_OF.ou,
  mouthe: VOWEL_OF.ee,
  moutho: VOWEL_OF.oh,
  mouthopen: { kind: "aa", instead: MOUTH, terms: JAW3, opens: JAW3 },
  mouthsmile: SMILE2,
  eyeclosel: LID_LEFT,
  eyecloser: LID_RIGHT,
  eyesclosed: LIDS,
  eyeclose: LIDS,
  まばたき: LIDS,
  口角上げ: SMILE2,
  怒り: entry("brows", arkitTerms({ browDownLeft: 0.5, browDownRight: 0.5 })),
  困る: entry("innerBrows", arkitTerms({ browInnerUp: 1 }))
};
var LONE = { blink: LIDS, blinkl: LID_LEFT, blinkr: LID_RIGHT, blinkleft: LID_LEFT, blinkright: LID_RIGHT };
var PRESETS = {
  ...VOWEL_OF,
  blinkleft: LID_LEFT,
  blinkright: LID_RIGHT,
  blink: LIDS,
  relaxed: entry("smile", arkitTerms({ mouthSmileLeft: 0.25, mouthSmileRight: 0.25 })),
  sad: entry("frown", arkitTerms({ mouthFrownLeft: 0.25, mouthFrownRight: 0.25 })),
  angry: entry("brows", arkitTerms({ browDownLeft: 0.25, browDownRight: 0.25 }))
};
var EMOTION_PRESETS = ["relaxed", "sad", "angry"];
var MESH_TABLES = [
  { scheme: "visemes", entries: VISEMES },
  { scheme: "simple", entries: SIMPLE },
  { scheme: "simple", entries: LONE, keyOf: (target) => wordsWithoutAffixes(target).join("") }
];
var VRM_TABLES = [{ scheme: "vrm", entries: PRESETS }];
function entry(kind, terms) {
  return { kind, instead: terms.map((term) => term.shape), terms };
}
function vowel(name) {
  return mouth(name, vowelIndex(name));
}
function viseme(name) {
  return mouth(name, oculusIndex(name));
}
function mouth(kind, channel) {
  return {
    kind,
    instead: MOUTH,
    terms: [{ shape: channel, gain: 1 }],
    opens: kind === "aa" ? OPENS : void 0
  };
}
function spellingsOf(name) {
  const known = viseme(name);
  const spellings = [
    `viseme${name}`,
    ...["v", "vi"].flatMap((v) => [name, ...SPOKEN[name] ?? []].map((n) => v + n))
  ];
  return spellings.map((spelling) => [spelling.toLowerCase(), known]);
}
function termsOf2({ instead, terms, opens }, lips) {
  return lips && instead === MOUTH ? opens : terms;
}
function tablesFor(targets) {
  const dialect = dialectOf(targets);
  return dialect ? [tableOf(dialect), ...MESH_TABLES] : MESH_TABLES;
}
function tableOf({ keyOf, shows, vowels }) {
  const entries = Object.entries(shows).map(([key, names]) => [key, mouthOf2([names].flat(), vowels)]);
  return { scheme: vowels ? "simple" : "visemes", entries: Object.fromEntries(entries), keyOf };
}
function mouthOf2(names, vowels) {
  const [first] = names;
  if (vowels) return VOWEL_OF[BY_VOWEL[
    /** @type {keyof typeof BY_VOWEL} */
    first
  ]];
  return { ...viseme(first), terms: names.flatMap((name) => viseme(name).terms) };
}
function entryOf({ entries, keyOf }, target) {
  if (keyOf) return found(entries, keyOf(target), 0);
  const words = wordsWithoutAffixes(target);
  for (let prefix = 0; prefix < words.length; prefix++) {
    const known = found(entries, words.slice(prefix).join(""), prefix);
    if (known) return known;
  }
  return null;
}
function found(entries, key, prefix) {
  return Object.hasOwn(entries, key) ? { entry: entries[key], prefix } : null;
}

// src/avatar/plan.js
function planTargets(targets, map, schemes, tables = tablesFor(targets)) {
  const mapped = mappedRows(targets, map);
  if (mapped.length > 0) schemes.add("mapped");
  const taken = new Set(mapped.map((row2) => row2.target));
  const free = targets.filter((target) => !taken.has(target));
  const named = candidatesOf(free, map).map((candidate) => {
    schemes.add(schemeOf(candidate.target, candidate));
    return { target: candidate.target, terms: [{ shape: candidate.shape, gain: 1 }] };
  });
  const rows = [...mapped, ...named];
  const left = Object.entries(map).flatMap(([name, wanted]) => wanted === null ? [name] : []);
  const shown = /* @__PURE__ */ new Set([
    ...left.map(shapeIndex),
    ...rows.flatMap((row2) => row2.terms.map((term) => term.shape))
  ]);
  return [...rows, ...standInRows(free, shown, tables, schemes)];
}
function mappedRows(targets, map) {
  const rows = /* @__PURE__ */ new Map();
  for (const [name, wanted] of Object.entries(map)) {
    for (const target of wanted === null ? [] : [wanted].flat()) {
      if (!targets.includes(target)) continue;
      const row2 = rows.get(target) ?? { target, terms: [] };
      row2.terms.push({ shape: shapeIndex(name), gain: 1 });
      rows.set(target, row2);
    }
  }
  return [...rows.values()];
}
function candidatesOf(targets, map) {
  const mapped = new Set(Object.keys(map).map((name) => SHAPE_INDEX.get(name)));
  const best = /* @__PURE__ */ new Map();
  for (const target of targets) {
    const match = matchShape(target);
    if (!match || mapped.has(match.shape)) continue;
    const key = `${match.shape}/${match.part}`;
    const other = best.get(key);
    if (!other || isBetterMatch({ target, ...match }, other)) best.set(key, { target, ...match });
  }
  return [...best.values()].filter(({ shape, part }) => part === "" || !best.has(`${shape}/`));
}
function isBetterMatch(one, other) {
  if (SHAPE_INDEX.has(other.target)) return false;
  return SHAPE_INDEX.has(one.target) || one.prefix + one.suffix < other.prefix + other.suffix;
}
function standInRows(targets, shown, tables, schemes) {
  const kinds = /* @__PURE__ */ new Set();
  const lips = LIPS.some((shape) => shown.has(shape));
  const rows = [];
  for (const table2 of tables) {
    const { scheme, entries } = table2;
    const known = targetsOf(table2, targets);
    for (const entry2 of new Set(Object.values(entries))) {
      const target = known.get(entry2);
      const terms = termsOf2(entry2, lips);
      if (target === void 0 || !terms || kinds.has(entry2.kind)) continue;
      if (entry2.instead.some((shape) => shown.has(shape))) continue;
      if (entry2.kind === "lids" && (kinds.has("lidLeft") || kinds.has("lidRight"))) continue;
      kinds.add(entry2.kind);
      schemes.add(lips && terms === entry2.opens ? "other" : scheme);
      rows.push({ target, terms, standsIn: true });
    }
  }
  return rows;
}
function targetsOf(table2, targets) {
  const best = /* @__PURE__ */ new Map();
  for (const target of targets) {
    const match = entryOf(table2, target);
    if (!match) continue;
    const other = best.get(match.entry);
    if (!other || match.prefix <= other.prefix) best.set(match.entry, { target, prefix: match.prefix });
  }
  return new Map([...best].map(([entry2, { target }]) => [entry2, target]));
}

// src/avatar/scene_parts.js
var SceneParts = class {
  /** Excludes meshes of VRMs, which are moved by expressions. @type {Set<MorphMesh>} */
  meshes = /* @__PURE__ */ new Set();
  /** Nodes with a position and orientation. @type {Set<BoneLike>} */
  bones = /* @__PURE__ */ new Set();
  /** Bones that move a mesh. @type {Set<unknown>} */
  skinned = /* @__PURE__ */ new Set();
  /** Number of meshes of any kind, with or without morph targets. */
  meshCount = 0;
  /** @type {Set<VrmLike>} */
  vrms = /* @__PURE__ */ new Set();
  /** @param {unknown} target a scene, a glTF, a mesh, a VRM, or an array of them */
  constructor(target) {
    for (const root of Array.isArray(target) ? target : [target]) {
      requireArgument(
        root && typeof root === "object",
        "initializeWithScene() needs a scene, a mesh or a VRM."
      );
      this.#add(root);
    }
    for (const vrm of this.vrms) this.#forget(vrm);
  }
  /** @param {any} root */
  #add(root) {
    const vrm = vrmOf(root);
    if (vrm) this.vrms.add(vrm);
    const tree = typeof root.traverse === "function" ? root : root.scene;
    tree?.updateWorldMatrix?.(true, true);
    if (vrm) return;
    if (tree) tree.traverse((object) => this.#visit(object));
    else this.#visit(root);
  }
  /** @param {any} object */
  #visit(object) {
    const vrm = vrmOf(object);
    if (vrm) this.vrms.add(vrm);
    if (object?.isMesh || object?.morphTargetInfluences) this.meshCount++;
    for (const bone of object?.skeleton?.bones ?? []) this.skinned.add(bone);
    if (object?.morphTargetDictionary && object.morphTargetInfluences) this.meshes.add(object);
    else if (object?.quaternion && object.name && !object.isMesh) this.bones.add(object);
  }
  /** @param {VrmLike} vrm */
  #forget(vrm) {
    vrm.scene?.traverse?.((object) => {
      this.meshes.delete(object);
      this.bones.delete(object);
    });
  }
};
function vrmOf(root) {
  if (root?.humanoid && root.scene) return root;
  return root?.userData?.vrm ?? null;
}

// src/avatar/bone_pose.js
var REPEATED2 = 2;
var poses = /* @__PURE__ */ new WeakMap();
var BonePose = class _BonePose {
  #bone;
  #quaternion;
  #repeats = 0;
  #hooked = false;
  #rest = { x: 0, y: 0, z: 0, w: 1 };
  #written = { x: NaN, y: NaN, z: NaN, w: NaN };
  /** @type {((quaternion: Quaternion) => void)[]} */
  #rotations = [];
  /** @param {{quaternion: Quaternion}} bone @returns {BonePose} shared by all users of the bone */
  static of(bone) {
    const known = poses.get(bone);
    if (known) return known;
    const pose = new _BonePose(bone);
    poses.set(bone, pose);
    return pose;
  }
  /** @param {{quaternion: Quaternion}} bone */
  constructor(bone) {
    this.#bone = bone;
    this.#quaternion = bone.quaternion;
  }
  /**
   * @param {(quaternion: Quaternion) => void} turn added unless present, and applied together with all others
   */
  hold(turn2) {
    if (!this.#rotations.includes(turn2)) this.#rotations.push(turn2);
    this.#repeats = this.#untouched ? 0 : this.#repeats + 1;
    if (this.#repeats > REPEATED2) this.#hook();
    if (!this.#untouched) copy(this.#quaternion, this.#rest);
    this.#write();
  }
  /**
   * Removes a rotation. After the last one, the bone is at its rest pose unless the app has moved it.
   * @param {(quaternion: Quaternion) => void} turn
   */
  release(turn2) {
    if (!this.#rotations.includes(turn2)) return;
    this.#rotations = this.#rotations.filter((other) => other !== turn2);
    if (this.#untouched) this.#write();
  }
  #hook() {
    if (this.#hooked) return;
    this.#hooked = true;
    callBefore(this.#bone, "updateMatrixWorld", () => {
      if (this.#untouched || this.#rotations.length === 0) return;
      copy(this.#quaternion, this.#rest);
      this.#write();
    });
  }
  get #untouched() {
    return same2(this.#quaternion, this.#written);
  }
  #write() {
    copy(this.#rest, this.#quaternion);
    for (let i = 0; i < this.#rotations.length; i++) this.#rotations[i](this.#quaternion);
    copy(this.#quaternion, this.#written);
  }
};
var same2 = (a, b) => a.x === b.x && a.y === b.y && a.z === b.z && a.w === b.w;
function copy({ x, y, z, w }, to) {
  to.x = x;
  to.y = y;
  to.z = z;
  to.w = w;
}

// src/avatar/bone_rotation.js
var BoneRotation = class {
  #bone;
  #world;
  #pose;
  /**
   * Axes of the character in the frame of the bone's parent.
   * @type {[left: Vector, up: Vector, front: Vector] | null}
   */
  #axes;
  #pitch = 0;
  #yaw = 0;
  #roll = 0;
  /**
   * @param {BoneLike} bone
   * @param {() => {left: Vector, up: Vector} | null} world axes of the character in world space; null while
   *   it has no size
   */
  constructor(bone, world) {
    this.#bone = bone;
    this.#world = world;
    this.#pose = BonePose.of(bone);
    this.#axes = this.#read();
  }
  /**
   * @param {number} pitch radians about the left axis; positive tilts forward
   * @param {number} [yaw] radians about the up axis; positive turns left
   * @param {number} [roll] radians about the front axis; positive tilts to the right
   */
  set(pitch, yaw = 0, roll = 0) {
    this.#axes ??= this.#read();
    if (!this.#axes) return;
    this.#pitch = pitch;
    this.#yaw = yaw;
    this.#roll = roll;
    this.#pose.hold(this.#apply);
  }
  /** Returns to the rest pose, unless the app has moved the bone. */
  release() {
    this.#pose.release(this.#apply);
  }
  /** @param {Quaternion} quaternion */
  #apply = (quaternion) => {
    const [left, up, front] = (
      /** @type {Vector[]} */
      this.#axes
    );
    rotate(quaternion, left, this.#pitch);
    rotate(quaternion, up, this.#yaw);
    rotate(quaternion, front, this.#roll);
  };
  /**
   * Reads the axes once: a body that turns takes parent and axes along.
   * @returns {[Vector, Vector, Vector] | null}
   */
  #read() {
    this.#bone.updateWorldMatrix?.(true, false);
    const world = this.#world();
    if (!world) return null;
    const [left, up] = [inParent(this.#bone, world.left), inParent(this.#bone, world.up)];
    return [...left, ...up].every(Number.isFinite) ? [left, up, cross(left, up)] : null;
  }
};
function inParent(bone, direction) {
  const m = bone.parent?.matrixWorld?.elements;
  return m ? normal([0, 4, 8].map((at) => along(m, at, direction))) : direction;
}
function along(m, at, [x, y, z]) {
  return (m[at] * x + m[at + 1] * y + m[at + 2] * z) / Math.hypot(m[at], m[at + 1], m[at + 2]);
}
function normal([x, y, z]) {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}
function cross([ax, ay, az], [bx, by, bz]) {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}
function rotate(q, [ax, ay, az], angle) {
  if (angle === 0) return;
  const s = Math.sin(angle / 2);
  const w = Math.cos(angle / 2);
  const [x, y, z] = [ax * s, ay * s, az * s];
  const { x: qx, y: qy, z: qz, w: qw } = q;
  q.x = w * qx + x * qw + y * qz - z * qy;
  q.y = w * qy - x * qz + y * qw + z * qx;
  q.z = w * qz + x * qy - y * qx + z * qw;
  q.w = w * qw - x * qx - y * qy - z * qz;
}

// src/avatar/sides.js
var RIGHT_OF = { l: "r", left: "right", 左: "右" };
var SIDES = new Set(Object.entries(RIGHT_OF).flat());
var EYES = /^(eye|目)$/;
var ARMS = /^(arm|shoulder|腕|肩)$/;
var APART2 = 1e-6;
function pairsOf(nodes) {
  const named = /* @__PURE__ */ new Map();
  for (const node of nodes) {
    const name = partsOf(node.name).join(" ");
    if (!named.has(name)) named.set(name, node);
  }
  const pairs = [];
  for (const [name, left] of named) {
    const right = named.get(mirrored(name));
    if (right && right !== left) pairs.push([left, right]);
  }
  return pairs.sort((a, b) => rank(a) - rank(b));
}
var eyesOf = (pairs) => pairs.find((pair) => rank(pair) === 0);
function leftOf(pairs) {
  for (const [left, right] of pairs) {
    const [to, from] = [placeOf(left), placeOf(right)];
    const across = to.map((value, i) => value - from[i]);
    if (Math.hypot(...across) > APART2) return normal(across);
  }
  return null;
}
function placeOf(node) {
  node.updateWorldMatrix?.(true, false);
  const m = node.matrixWorld?.elements ?? [];
  return [m[12] ?? 0, m[13] ?? 0, m[14] ?? 0];
}
function rank([{ name }]) {
  const words = partsOf(name).filter((word) => !SIDES.has(word));
  if (EYES.test(words.at(-1) ?? "")) return 0;
  return ARMS.test(words.at(-1) ?? "") ? 1 : 2;
}
var mirrored = (name) => name.split(" ").map((word) => RIGHT_OF[word] ?? word).join(" ");
function partsOf(name) {
  const spaced = name.replace(/left|right|[左右]/gi, " $& ");
  const words = spaced.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\0-\x7f\s]+/g) ?? [];
  return words.flatMap((word) => word.toLowerCase().split(/(?<=^[lr])(?=eye$)|(?<=^eye)(?=[lr]$)/));
}

// src/avatar/skeleton.js
var JAW_OPEN = 0.3;
var AXES = { left: [1, 0, 0], up: [0, 1, 0] };
var JawBone = class {
  #rotation;
  #open = new ChannelMixer([arkitTerms({ jawOpen: 1, mouthClose: -1 })]);
  /** @param {BoneLike} bone @param {readonly Pair[]} pairs */
  constructor(bone, pairs) {
    this.#rotation = new BoneRotation(bone, () => axesOf(pairs));
  }
  /** @param {Float32Array} face */
  write(face) {
    this.#open.mix(face);
    this.#rotation.set(this.#open.values[0] * JAW_OPEN);
  }
  release() {
    this.#rotation.release();
  }
};
var EyeBones = class {
  #rotations;
  #gaze = new GazeAngles();
  /** @param {Pair} eyes @param {readonly Pair[]} pairs */
  constructor(eyes, pairs) {
    this.#rotations = eyes.map((bone) => new BoneRotation(bone, () => axesOf(pairs)));
  }
  /** @param {Float32Array} face */
  write(face) {
    this.#gaze.read(face);
    for (const turn2 of this.#rotations) turn2.set(this.#gaze.pitch, this.#gaze.yaw);
  }
  release() {
    for (const turn2 of this.#rotations) turn2.release();
  }
};
var axesOf = (pairs) => ({ left: leftOf(pairs) ?? AXES.left, up: AXES.up });

// src/avatar/targets.js
var OF_SIZE = 1e-3;
var OF_MOVES = 0.01;
function movingTargets({ morphTargetDictionary = {}, geometry }) {
  const names = Object.keys(morphTargetDictionary);
  const positions = geometry?.morphTargetsRelative ? geometry.morphAttributes?.position : void 0;
  if (!positions) return names;
  const reaches = positions.map(reachOf);
  const noise = noiseOf(reaches, sizeOf(geometry?.attributes?.position));
  const colors = geometry?.morphAttributes?.color ?? [];
  return names.filter((name) => {
    const target = morphTargetDictionary[name];
    return !(reaches[target] <= noise) || colors[target] && reachOf(colors[target]) > 0;
  });
}
function noiseOf(reaches, size) {
  const most = Math.max(0, ...reaches.filter(Number.isFinite));
  return Math.min(OF_SIZE * size, OF_MOVES * most);
}
function reachOf(target) {
  let reach = 0;
  for (let i = 0; i < target.count; i++) {
    const x = Math.abs(target.getX(i));
    const y = Math.abs(target.getY(i));
    const z = Math.abs(target.getZ(i));
    if (x > reach) reach = x;
    if (y > reach) reach = y;
    if (z > reach) reach = z;
  }
  return reach;
}
function sizeOf(vertices) {
  if (!vertices) return Number.POSITIVE_INFINITY;
  const { count } = vertices;
  const sides = (
    /** @type {const} */
    ["getX", "getY", "getZ"].map((axis2) => {
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let i = 0; i < count; i++) {
        const at = vertices[axis2](i);
        if (at < low) low = at;
        if (at > high) high = at;
      }
      return high - low;
    })
  );
  return Math.max(0, ...sides);
}

// src/avatar/vrm.js
var BINARY_GAIN = 2;
var DEGREES = 180 / Math.PI;
var EYES2 = ["leftEye", "rightEye"];
var ARMS2 = ["leftUpperArm", "rightUpperArm"];
function planVrm({ expressionManager }, map, schemes) {
  const expressions = expressionManager?.expressionMap ?? {};
  const names = Object.keys(expressions).filter((name) => usable(name, expressions[name]));
  return planTargets(names, map, schemes, VRM_TABLES).map((row2) => ({
    ...row2,
    terms: expressions[row2.target].isBinary ? row2.terms.map(doubled) : row2.terms
  }));
}
function usable(name, { binds, isBinary, overrideMouth, overrideBlink }) {
  if (binds.length === 0) return false;
  return !EMOTION_PRESETS.includes(name) || !isBinary && overrideMouth === "none" && overrideBlink === "none";
}
var doubled = ({ shape, gain }) => ({ shape, gain: gain * BINARY_GAIN });
var VrmExpressions = class {
  #manager;
  #names;
  #blend;
  #values;
  #unhook = () => {
  };
  /** @param {ExpressionManagerLike} manager @param {readonly TargetTerms[]} rows */
  constructor(manager, rows) {
    this.#manager = manager;
    this.#names = rows.map((row2) => row2.target);
    this.#blend = new ChannelMixer(rows.map((row2) => row2.terms));
    this.#values = new SharedValues(rows.length, this.#access(), () => {
      this.#unhook = callBefore(manager, "update", () => this.#values.restore());
    });
  }
  /** True if something else overwrites the expressions before they are applied. */
  get overwritten() {
    return this.#values.overwritten;
  }
  /** @param {Float32Array} face a bound one */
  write(face) {
    this.#blend.mix(face);
    this.#values.write(this.#blend.values);
  }
  release() {
    this.#unhook();
    for (const name of this.#names) this.#manager.setValue(name, 0);
  }
  #access() {
    const [manager, names] = [this.#manager, this.#names];
    return {
      get: (i) => manager.expressionMap[names[i]]?.weight ?? Number.NaN,
      set: (i, value) => manager.setValue(names[i], value)
    };
  }
};
var VrmLookAt = class {
  #lookAt;
  #gaze = new GazeAngles();
  /** @param {LookAtLike} lookAt */
  constructor(lookAt) {
    this.#lookAt = lookAt;
  }
  /** @param {Float32Array} face */
  write(face) {
    if (this.#lookAt.target) return;
    this.#gaze.read(face);
    this.#lookAt.yaw = this.#gaze.yaw * DEGREES;
    this.#lookAt.pitch = this.#gaze.pitch * DEGREES;
  }
  release() {
    if (!this.#lookAt.target) this.#lookAt.yaw = this.#lookAt.pitch = 0;
  }
};
function canLookAround({ lookAt, humanoid, expressionManager }, found2) {
  if (!lookAt || GAZE_SHAPES.some((name) => found2.has(name))) return false;
  if (!lookAt.applier.expressions) return humanoid.getNormalizedBoneNode("leftEye") !== null;
  return (expressionManager?.expressionMap.lookLeft?.binds.length ?? 0) > 0;
}
function pairsOfVrm(vrm) {
  return [eyesOfVrm(vrm), pairOf(vrm, ARMS2)].filter((pair) => pair !== null);
}
var eyesOfVrm = (vrm) => pairOf(vrm, EYES2);
function pairOf({ humanoid }, names) {
  const [left, right] = names.map((name) => humanoid.getNormalizedBoneNode(name));
  return left && right ? [left, right] : null;
}

// src/avatar/binding.js
var MIN_SHARE = 0.3;
var JAW4 = shapeIndex("jawOpen");
var Binding = class {
  /** @type {FaceWriter[]} */
  #writers = [];
  #face = new Float32Array(BOUND_WIDTH);
  /** Created if a target needs it. @type {VisemeFit | null} */
  #vowels = null;
  #visemes = VisemeFit.ofAll();
  /** ARKit shapes that the avatar can show. @type {Set<string>} */
  #found = /* @__PURE__ */ new Set();
  /** True if a real jaw shape opens the mouth, not a substitute. */
  #jaw = false;
  /** @type {Set<string>} */
  #schemes = /* @__PURE__ */ new Set();
  #overwritten = false;
  /** @type {BindingReport} */
  report;
  /**
   * @param {unknown} target a scene, a glTF, a mesh, a VRM, or an array of them
   * @param {MorphMap} [map]
   */
  constructor(target, map = {}) {
    checkMap(map);
    const parts = new SceneParts(target);
    const moving = new Map([...parts.meshes].map((mesh) => [mesh, movingTargets(mesh)]));
    const opens = [...moving.values()].some(hasJaw);
    for (const [mesh, targets] of moving) this.#bindMesh(mesh, targets, opens, map);
    const meshes = this.#writers.length;
    for (const vrm of parts.vrms) this.#bindVrm(vrm, map);
    this.#bindBones(parts, map);
    this.report = this.#describe(meshes, parts, moving, map);
  }
  /**
   * @param {Float32Array} weights 0–1: a full face, or 52 ARKit weights from which the visemes are derived
   */
  write(weights) {
    this.#face.set(weights);
    if (weights.length < FACE_WIDTH) this.#visemes.write(this.#face);
    this.#vowels?.write(this.#face);
    for (let i = 0; i < this.#writers.length; i++) this.#writers[i].write(this.#face);
  }
  /**
   * Notices once if something else overwrites the face before it is drawn, on every tick.
   * @returns {string | null} advice, which is added to the report
   */
  noticeOverwriting() {
    if (this.#overwritten || !this.#writers.some((writer) => writer.overwritten)) return null;
    this.#overwritten = true;
    this.report.advice = [this.report.advice, OVERWRITTEN].filter(Boolean).join(" ");
    return OVERWRITTEN;
  }
  /** Resets shapes and expressions to 0 and bones to their rest pose. */
  release() {
    for (const writer of this.#writers) writer.release();
  }
  /**
   * Binds a mesh. If another mesh has a moving jaw and this one (eyes, for example) does not, it is not part
   * of the mouth.
   * @param {MorphMesh} mesh
   * @param {readonly string[]} targets targets that move something
   * @param {boolean} opens whether any mesh has a moving jaw
   * @param {MorphMap} map
   */
  #bindMesh(mesh, targets, opens, map) {
    const all = Object.keys(mesh.morphTargetDictionary ?? {});
    const still = opens && !hasJaw(targets) && hasJaw(all);
    const own = still ? { jawOpen: null, ...map } : map;
    const rows = planTargets(targets, own, this.#schemes, tablesFor(all));
    this.#note(rows);
    if (rows.length > 0) this.#writers.push(new MorphTargets(mesh, rows));
  }
  /** @param {VrmLike} vrm @param {MorphMap} map */
  #bindVrm(vrm, map) {
    const rows = planVrm(vrm, map, this.#schemes);
    this.#note(rows);
    if (vrm.expressionManager && rows.length > 0)
      this.#writers.push(new VrmExpressions(vrm.expressionManager, rows));
    if (vrm.lookAt && canLookAround(vrm, this.#found))
      this.#add("look-at", GAZE_SHAPES, new VrmLookAt(vrm.lookAt));
    const jaw = vrm.humanoid.getNormalizedBoneNode("jaw");
    if (jaw && this.#lacks("jawOpen", map))
      this.#add("jaw-bone", ["jawOpen"], new JawBone(jaw, pairsOfVrm(vrm)));
  }
  /**
   * Binds bones for shapes that no target shows.
   * @param {SceneParts} parts
   * @param {MorphMap} map
   */
  #bindBones({ bones, skinned }, map) {
    const turnable = [...bones].filter((node) => isTurnable(node, BESIDE));
    const nodes = turnable.sort((a, b) => boneRank(b, skinned) - boneRank(a, skinned));
    const [jaw, pairs] = [jawOf(nodes, skinned), pairsOf(nodes)];
    const eyes = eyesOf(pairs);
    if (jaw && this.#lacks("jawOpen", map)) this.#add("jaw-bone", ["jawOpen"], new JawBone(jaw, pairs));
    if (eyes && GAZE_SHAPES.every((name) => this.#lacks(name, map)))
      this.#add("eye-bones", GAZE_SHAPES, new EyeBones(eyes, pairs));
  }
  /** @param {string} shape @param {MorphMap} map */
  #lacks(shape, map) {
    return !this.#found.has(shape) && map[
      /** @type {BlendshapeName} */
      shape
    ] !== null;
  }
  /**
   * @param {string} scheme
   * @param {readonly string[]} shapes
   * @param {FaceWriter} writer
   */
  #add(scheme, shapes, writer) {
    this.#schemes.add(scheme);
    for (const shape of shapes) this.#found.add(shape);
    this.#writers.push(writer);
  }
  /** @param {readonly TargetTerms[]} rows */
  #note(rows) {
    this.#jaw ||= rows.some(({ terms, standsIn }) => !standsIn && terms.some(({ shape }) => shape === JAW4));
    for (const { shape, gain } of rows.flatMap((row2) => row2.terms)) {
      if (shape >= FACE_WIDTH) this.#vowels ??= VisemeFit.ofVowels();
      if (gain > MIN_SHARE) for (const arkit of arkitShapesOf(shape)) this.#found.add(BLENDSHAPES[arkit]);
    }
  }
  /**
   * @param {number} meshes number of bound meshes
   * @param {SceneParts} parts
   * @param {Map<MorphMesh, string[]>} moving
   * @param {MorphMap} map
   * @returns {BindingReport}
   */
  #describe(meshes, parts, moving, map) {
    const found2 = BLENDSHAPES.filter((name) => this.#found.has(name));
    const missing2 = BLENDSHAPES.filter((name) => !this.#found.has(name));
    const targets = [...moving.keys()].flatMap(targetsOf2);
    const names = [...moving.values()].flat();
    const vrm = parts.vrms.size > 0;
    const mute = !vrm && !this.#found.has("jawOpen");
    const problem = mute ? problemOf({ meshes: parts.meshCount, targets, moving: names }) : null;
    const advice = adviceFor(found2, this.#jaw ? /* @__PURE__ */ new Set() : this.#schemes, vrm, { problem, moving: names });
    const unmapped = vrm ? "" : unmappedNames(map, targets);
    const words = [advice, unmapped].filter(Boolean).join(" ");
    return { found: found2, missing: missing2, meshes, schemes: [...this.#schemes], problem, advice: words };
  }
};
var targetsOf2 = ({ morphTargetDictionary = {} }) => Object.entries(morphTargetDictionary).map(([name, index]) => ({ name, index }));
function unmappedNames(map, targets) {
  const known = targets.map(({ name }) => name);
  const wanted = Object.values(map).flatMap((names) => names ?? []);
  return unknownNames("morph target", wanted, known.length > 0 ? known : ["(none)"]).map((words) => `map: ${words}`).join(" ");
}
var boneRank = (node, skinned) => skinned.has(node) ? 2 : node.isBone ? 1 : 0;
var hasJaw = (targets) => targets.some((target) => matchShape(target)?.shape === JAW4);
function checkMap(map) {
  requireArgument(map && typeof map === "object" && !Array.isArray(map), "map must be an object of names.");
  for (const [name, targets] of Object.entries(map)) {
    requireArgument(SHAPE_INDEX.has(name), `map names "${name}", which is not an ARKit blendshape.`);
    const fit = targets === null || [targets].flat().every((target) => typeof target === "string");
    requireArgument(fit, `map.${name} must be the name of a morph target, an array of names, or null.`);
  }
}

// src/addresses.js
function addresses(serverUrl) {
  const url = parse(serverUrl);
  const secure = url.protocol === "https:" || url.protocol === "wss:";
  const rest = `//${url.host}${url.pathname.replace(/\/+$/, "")}`;
  return { http: `http${secure ? "s" : ""}:${rest}`, socket: `ws${secure ? "s" : ""}:${rest}/ws` };
}
function parse(serverUrl) {
  try {
    const url = new URL(serverUrl);
    if (/^(https?|wss?):$/.test(url.protocol) && url.host) return url;
  } catch {
  }
  throw new A2FError(
    "bad_argument",
    `serverUrl "${serverUrl}" is not a valid address; write it as http://host:port.`
  );
}

// src/connection/backoff.js
var Backoff = class {
  #first;
  #longest;
  #random;
  #failures = 0;
  /**
   * @param {number} first ms
   * @param {number} longest ms
   * @param {() => number} random 0–1
   */
  constructor(first, longest, random) {
    this.#first = first;
    this.#longest = longest;
    this.#random = random;
  }
  /** Returns the next delay. @returns {number} milliseconds */
  next() {
    const full = Math.min(this.#longest, this.#first * 2 ** this.#failures++);
    return full * (0.5 + this.#random() / 2);
  }
  reset() {
    this.#failures = 0;
  }
};

// src/connection/keep_alive.js
var PING_MS = 15e3;
var CHECK_MS = 5e3;
var KeepAlive = class {
  #platform;
  #socket;
  #hooks;
  #timer = (
    /** @type {any} */
    null
  );
  #checkTimer = (
    /** @type {any} */
    null
  );
  #unanswered = 0;
  /** Bytes that the socket had still to send at the last ping. */
  #backlog = 0;
  /**
   * @param {Platform} platform
   * @param {WebSocket} socket
   * @param {KeepAliveHooks} hooks
   */
  constructor(platform, socket, hooks) {
    this.#platform = platform;
    this.#socket = socket;
    this.#hooks = hooks;
  }
  start() {
    this.#platform.clearTimeout(this.#timer);
    this.#timer = this.#platform.setTimeout(() => this.#onTimer(), PING_MS);
  }
  stop() {
    this.#platform.clearTimeout(this.#timer);
    this.#platform.clearTimeout(this.#checkTimer);
  }
  /** Notes that the server has sent something. */
  onMessage() {
    this.#unanswered = 0;
  }
  /** Finds out within seconds whether the socket is still alive. */
  check() {
    if (this.#checkTimer !== null) return;
    this.#ping();
    this.#checkTimer = this.#platform.setTimeout(() => {
      this.#checkTimer = null;
      if (this.#isDead(1)) this.#hooks.onLost();
    }, CHECK_MS);
  }
  #onTimer() {
    if (this.#isDead(2)) return this.#hooks.onLost();
    this.#hooks.onKept();
    this.#ping();
    this.start();
  }
  #ping() {
    this.#unanswered++;
    this.#hooks.ping();
    this.#backlog = this.#socket.bufferedAmount;
  }
  /** A ping may wait behind audio that the socket is still sending. @param {number} pings unanswered ones */
  #isDead(pings) {
    const left = this.#socket.bufferedAmount;
    const uploading = left > 0 && left < this.#backlog;
    return this.#unanswered >= pings && !uploading;
  }
};

// src/connection/open_requests.js
var ECHOES = 2;
var REQUESTS = ["start", "speak"];
var OpenRequests = class {
  /** @type {Set<number>} */
  #ids = /* @__PURE__ */ new Set();
  /** `bad_state` errors that may still arrive for a stream that failed. */
  #echoes = 0;
  /** @param {number} id */
  add(id) {
    this.#ids.add(id);
  }
  clear() {
    this.#ids.clear();
    this.#echoes = 0;
  }
  /**
   * Notes a message that names an utterance.
   * @param {{type: string, utterance: number}} message
   * @param {boolean} streams whether the client sends its audio
   */
  onAnswer({ type, utterance }, streams) {
    if (this.#ids.delete(utterance)) this.#echoes = 0;
    if (type === "error" && streams) this.expectEchoes();
  }
  /** Notes that a stream failed whose audio and `end` may still be on the way. */
  expectEchoes() {
    this.#echoes = ECHOES;
  }
  /**
   * @param {{code: string, request?: string}} error an error that names no utterance; `request` is missing
   *   from older servers
   * @returns {number | undefined} id of the request that it refuses
   */
  refusedBy({ code, request }) {
    if (request !== void 0) return REQUESTS.includes(request) ? this.#takeOldest() : void 0;
    if (code !== "bad_state" || this.#echoes === 0) return this.#takeOldest();
    this.#echoes--;
    return void 0;
  }
  #takeOldest() {
    const [oldest] = this.#ids;
    this.#ids.delete(oldest);
    return oldest;
  }
};

// src/connection/protocol.js
var SUBPROTOCOL = "a2f.v1";
var HEADER_BYTES = 16;
var KIND_FRAMES = 1;
var KIND_AUDIO = 2;
var FULL_SCALE = 65535;
function decodeFrames(buffer) {
  if (buffer.byteLength < HEADER_BYTES) throw broken("is shorter than its header");
  const header = new DataView(buffer);
  if (header.getUint8(0) !== KIND_FRAMES || header.getUint8(1) !== 1) return null;
  const count = header.getUint16(2, true);
  const expected = HEADER_BYTES + count * BLENDSHAPES.length * 2;
  if (buffer.byteLength !== expected) throw broken(`has ${buffer.byteLength} bytes instead of ${expected}`);
  const fps = header.getUint32(12, true);
  if (fps < 1) throw broken("has no frame rate");
  return {
    utterance: header.getUint32(4, true),
    first: header.getUint32(8, true),
    fps,
    count,
    // Typed arrays are little-endian in all browsers, as is the protocol.
    values: new Uint16Array(buffer, HEADER_BYTES),
    scale: 1 / FULL_SCALE
  };
}
function decodeAudio(buffer) {
  const header = new DataView(buffer);
  if (header.getUint8(0) !== KIND_AUDIO || header.getUint8(1) !== 1) return null;
  return {
    utterance: header.getUint32(4, true),
    sampleRate: header.getUint32(12, true),
    samples: toFloat(new Int16Array(buffer, HEADER_BYTES))
  };
}
function broken(what) {
  return new A2FError(
    "bad_message",
    `A message with frames from the server ${what}; update the client or the server.`
  );
}
function columnsOf(names) {
  return Int16Array.from(names, (name) => canonicalShape(name));
}
function subprotocols(token) {
  return token ? [SUBPROTOCOL, `a2f.bearer.${base64url(token)}`] : [SUBPROTOCOL];
}
function base64url(text) {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
  return btoa(bytes.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// src/connection/open_utterances.js
var OpenUtterances = class {
  /** @type {Map<number, MessageListener>} */
  #listeners = /* @__PURE__ */ new Map();
  /** Ids of utterances that the server synthesises. @type {Set<number>} */
  #serverSpeech = /* @__PURE__ */ new Set();
  /** @type {(() => void)[]} */
  #afterServerSpeech = [];
  #requests = new OpenRequests();
  #lastId = 0;
  /** True if there are none. */
  get isEmpty() {
    return this.#listeners.size === 0;
  }
  /**
   * @param {MessageListener} listener
   * @param {boolean} speaks whether the server synthesises the audio
   * @returns {number} id of the utterance in the protocol; always increasing
   */
  add(listener, speaks) {
    this.#listeners.set(++this.#lastId, listener);
    this.#requests.add(this.#lastId);
    if (speaks) this.#serverSpeech.add(this.#lastId);
    return this.#lastId;
  }
  /** @param {number} id */
  remove(id) {
    this.#listeners.delete(id);
    if (!this.#serverSpeech.delete(id) || this.#serverSpeech.size > 0) return;
    for (const action of this.#afterServerSpeech.splice(0)) action();
  }
  /** Forgets all, because the connection is lost. */
  clear() {
    this.#listeners.clear();
    this.#requests.clear();
    this.#serverSpeech.clear();
    this.#afterServerSpeech = [];
  }
  /**
   * @param {() => void} action called as soon as the server synthesises nothing; never if the connection is
   *   lost before
   */
  afterServerSpeech(action) {
    if (this.#serverSpeech.size === 0) action();
    else this.#afterServerSpeech.push(action);
  }
  /**
   * Passes on a binary message.
   * @param {ArrayBuffer} data
   * @throws {A2FError} bad_message
   */
  onBinary(data) {
    const frames = decodeFrames(data);
    if (frames) return this.#listeners.get(frames.utterance)?.onFrames(frames);
    const sound = decodeAudio(data);
    if (sound) this.#listeners.get(sound.utterance)?.onAudio(sound);
  }
  /**
   * Passes on a JSON message.
   * @param {any} message
   * @returns {boolean} false: it is an error of the connection itself
   */
  onMessage(message) {
    const { type, utterance } = message;
    if (type === "error" && utterance === void 0) return this.#onUnnamedError(message);
    this.#requests.onAnswer(message, !this.#serverSpeech.has(utterance));
    this.#listeners.get(utterance)?.onMessage(message);
    return true;
  }
  /** @param {any} error */
  #onUnnamedError(error) {
    if (error.fatal) return false;
    const id = this.#requests.refusedBy(error);
    if (id === void 0) return error.code === "bad_state";
    if (!this.#serverSpeech.has(id)) this.#requests.expectEchoes();
    this.#listeners.get(id)?.onMessage(error);
    return true;
  }
};

// src/connection/connection.js
var OPEN_TIMEOUT_MS = 6e4;
var FIRST_RETRY_MS = 500;
var LONGEST_RETRY_MS = 3e4;
var TRY_AGAIN_LATER = 1013;
var ABNORMAL = 1006;
var Connection = class {
  /** The server's `ready` message. @type {any} */
  ready = null;
  /** Index in BLENDSHAPES for each column of a frame. @type {Int16Array | null} */
  columns = null;
  /** @type {ConnectionState} */
  state = "idle";
  /** Why there is no connection; null while connected. @type {A2FError | null} */
  failure = null;
  /**
   * Called with true when the server is ready and with false when the connection is lost.
   * @type {Set<(up: boolean) => void>}
   */
  watchers = /* @__PURE__ */ new Set();
  utterances = new OpenUtterances();
  #platform;
  #settings;
  #hooks;
  #backoff;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {KeepAlive | null} */
  #keepAlive = null;
  /** Of the attempt to open the socket, or of the next one. */
  #timer = (
    /** @type {any} */
    null
  );
  #reported = false;
  /** True if this server has been ready before. */
  #wasReadyBefore = false;
  #stopWatching;
  /**
   * @param {Platform} platform
   * @param {() => Settings} settings
   * @param {ConnectionHooks} hooks
   */
  constructor(platform, settings, hooks) {
    this.#platform = platform;
    this.#settings = settings;
    this.#hooks = hooks;
    this.#backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS, platform.random);
    this.#stopWatching = watchPage(platform, {
      onShow: () => this.check(),
      onNetwork: () => this.check(),
      onHide: () => this.#leavePage()
    });
  }
  /** Connects, unless already connected or connecting. Does not wait for the next scheduled retry. */
  connect() {
    if (this.state === "connecting" || this.state === "ready" || this.state === "closed") return;
    this.#platform.clearTimeout(this.#timer);
    void this.#open();
  }
  /**
   * Connects, unless already connected or connecting.
   * @returns {Promise<void>} resolves when the server is ready; rejects if this attempt fails
   */
  whenReady() {
    this.connect();
    return new Promise((resolve, reject) => {
      const settle = (up) => {
        this.watchers.delete(settle);
        if (up) resolve();
        else reject(this.failure ?? new A2FError("connection_failed", "The connection was closed."));
      };
      if (this.state === "connecting") this.watchers.add(settle);
      else settle(this.state === "ready");
    });
  }
  /**
   * Finds out whether the connection survived a change of the network or a sleep, and ends it if not. A retry that
   * waits is made now.
   */
  check() {
    if (this.state === "waiting") this.connect();
    if (this.state === "ready") this.#keepAlive?.check();
  }
  /** @param {Record<string, any> | Uint8Array<ArrayBuffer>} message JSON, or binary audio */
  send(message) {
    if (this.state !== "ready") return;
    this.#socket?.send(message instanceof Uint8Array ? message : JSON.stringify(message));
  }
  /**
   * Reconnects so that a load balancer may choose another server.
   * @returns {boolean} false if utterances are open or there is no connection
   */
  switchServer() {
    if (this.state !== "ready" || !this.utterances.isEmpty) return false;
    this.#dropSocket();
    this.ready = null;
    void this.#open();
    return true;
  }
  /** Closes the connection. `connect` opens a new one with the current settings. */
  close(state = (
    /** @type {ConnectionState} */
    "idle"
  )) {
    this.#dropSocket();
    this.#backoff.reset();
    this.#reported = false;
    this.#wasReadyBefore = false;
    if (state === "closed") this.#stopWatching();
    this.#disconnect(state);
  }
  async #open() {
    this.#setState("connecting");
    try {
      const { serverUrl, apiToken, getToken } = this.#settings();
      if (!serverUrl) throw new A2FError("no_server", "No server is set; call configure({ serverUrl }).");
      const { socket } = addresses(serverUrl);
      const token = getToken ? await getToken() : apiToken;
      if (this.state === "connecting" && !this.#socket) this.#attach(socket, subprotocols(token));
    } catch (error) {
      this.#onOpenFailed(error);
    }
  }
  /**
   * @param {string} address
   * @param {string[]} protocols
   */
  #attach(address2, protocols) {
    const { WebSocket } = this.#platform;
    if (!WebSocket) throw new A2FError("connection_failed", "This browser has no WebSocket.");
    const socket = new WebSocket(address2, protocols);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#keepAlive = this.#keepAliveOf(socket);
    socket.onmessage = ({ data }) => this.#socket === socket && this.#onData(data);
    socket.onclose = ({ code }) => this.#socket === socket && this.#onClose(code);
    this.#schedule(OPEN_TIMEOUT_MS, () => this.#onClose(ABNORMAL));
  }
  /** @param {WebSocket} socket */
  #keepAliveOf(socket) {
    return new KeepAlive(this.#platform, socket, {
      ping: () => this.send({ type: "ping" }),
      // Not as soon as it is ready: a server that accepts and immediately drops connections must not be retried
      // at full speed.
      onKept: () => this.#backoff.reset(),
      onLost: () => this.#onClose(ABNORMAL)
    });
  }
  /** @param {any} error thrown before a socket existed */
  #onOpenFailed(error) {
    if (this.state !== "connecting") return;
    const known = error instanceof A2FError;
    if (known || !this.#reported)
      this.#fail(known ? error : new A2FError("connection_failed", `Cannot connect: ${error.message}`));
    if (known || !this.#wasReadyBefore) return this.#disconnect("failed");
    this.#reported = true;
    this.#disconnect("waiting");
    this.#schedule(this.#backoff.next(), () => this.#open());
  }
  /** @param {string | ArrayBuffer} data */
  #onData(data) {
    this.#keepAlive?.onMessage();
    try {
      if (typeof data !== "string") this.utterances.onBinary(data);
      else this.#onMessage(JSON.parse(data));
    } catch (error) {
      const message = `The client cannot read a message from the server: ${/** @type {Error} */
      error.message}`;
      this.#hooks.onError(error instanceof A2FError ? error : new A2FError("bad_message", message));
    }
  }
  /** @param {any} message */
  #onMessage(message) {
    if (message.type === "ready") return this.#onReady(message);
    if (message.type === "pong") return;
    if (!this.utterances.onMessage(message)) return this.#onConnectionError(message);
    if (message.type === "error" && message.fatal) this.#onFatalRefusal(message);
  }
  /**
   * An error that closes the socket after its utterance has reported it.
   * @param {any} message
   */
  #onFatalRefusal(message) {
    this.#reported = true;
    this.failure = serverError(message);
  }
  /** @param {any} message */
  #onConnectionError(message) {
    this.#reported = true;
    if (message.code === "unauthorized" || message.code === "origin") this.#setState("failed");
    this.#fail(serverError(message));
  }
  /** @param {A2FError} error */
  #fail(error) {
    this.failure = error;
    this.#hooks.onError(error);
  }
  /** @param {any} message */
  #onReady(message) {
    this.ready = message;
    this.columns = columnsOf(message.blendshapes);
    this.#wasReadyBefore = true;
    this.#reported = false;
    this.failure = null;
    this.#platform.clearTimeout(this.#timer);
    this.#keepAlive?.start();
    this.#setState("ready");
    for (const watcher of [...this.watchers]) watcher(true);
  }
  /**
   * Closes the socket of a page that is left, which would keep the page out of the back/forward cache. If it is
   * shown again, `check` reconnects.
   */
  #leavePage() {
    if (this.state !== "ready" && this.state !== "connecting") return;
    this.#dropSocket();
    this.#disconnect("waiting");
  }
  /** @param {number} code */
  #onClose(code) {
    const wasReady = this.state === "ready";
    const failed2 = this.state === "failed";
    this.#dropSocket();
    if (!this.#reported) this.#fail(closeError(wasReady, code, this.#settings().serverUrl || null));
    this.#reported = true;
    this.#disconnect(failed2 ? "failed" : "waiting");
    if (!failed2) this.#schedule(this.#backoff.next(), () => this.#open());
  }
  #dropSocket() {
    this.#platform.clearTimeout(this.#timer);
    this.#keepAlive?.stop();
    const socket = this.#socket;
    this.#socket = null;
    if (socket && socket.readyState < 2) socket.close();
  }
  /** @param {ConnectionState} state */
  #disconnect(state) {
    this.ready = null;
    this.utterances.clear();
    this.#setState(state);
    for (const watcher of [...this.watchers]) watcher(false);
  }
  /**
   * @param {number} ms
   * @param {() => void} action
   */
  #schedule(ms, action) {
    this.#platform.clearTimeout(this.#timer);
    this.#timer = this.#platform.setTimeout(action, ms);
  }
  /** @param {ConnectionState} state */
  #setState(state) {
    if (state === this.state) return;
    this.state = state;
    this.#hooks.onState(state);
  }
};
function closeError(wasReady, code, address2) {
  if (code === TRY_AGAIN_LATER)
    return new A2FError("busy", "The server is busy; the client retries shortly.");
  if (wasReady) return new A2FError("connection_lost", "The connection was lost; the client reconnects.");
  const advice = "check that it is running and that an https page uses wss";
  return new A2FError("connection_failed", `Cannot reach the server at ${address2}; ${advice}.`);
}

// src/connection/health.js
var TIMEOUT_MS = 5e3;
async function checkHealth(platform, serverUrl) {
  const abort = new AbortController();
  const timer = platform.setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    if (!serverUrl || !platform.fetch) return failed("No server is set; call configure({ serverUrl }).");
    const response = await platform.fetch(`${addresses(serverUrl).http}/health`, { signal: abort.signal });
    const health = await response.json().catch(() => ({}));
    return { ...health, connected: response.ok };
  } catch (error) {
    const late = abort.signal.aborted ? `no answer in ${TIMEOUT_MS / 1e3} s` : (
      /** @type {Error} */
      error.message
    );
    return failed(`Cannot reach ${serverUrl}: ${late}.`);
  } finally {
    platform.clearTimeout(timer);
  }
}
function failed(error) {
  return { connected: false, error };
}

// src/events.js
var EVENT_NAMES = [
  "processing",
  "frame",
  "error",
  "speaking",
  "rank",
  "connection",
  "started",
  "end",
  "cancel",
  "viseme",
  "word",
  "bookmark",
  "bound",
  "take",
  "audio"
];
var Emitter = class {
  /** @type {Map<keyof Events, ((payload: any) => void)[]>} */
  #listeners = /* @__PURE__ */ new Map();
  #report;
  /** @param {(error: unknown) => void} [report] receives errors thrown by listeners */
  constructor(report = (error) => console.error("Audio2FaceClient: a listener threw.", error)) {
    this.#report = report;
  }
  /**
   * @template {keyof Events} Name
   * @param {Name} event
   * @param {(payload: Events[Name]) => void} callback
   * @returns {() => void} removes the listener
   */
  on(event, callback) {
    requireArgument(typeof callback === "function", `on("${String(event)}", callback) needs a function.`);
    this.#listeners.set(event, [...this.#listeners.get(event) ?? [], callback]);
    return () => this.off(event, callback);
  }
  /**
   * @template {keyof Events} Name
   * @param {Name} event
   * @param {(payload: Events[Name]) => void} callback
   */
  off(event, callback) {
    const left = (this.#listeners.get(event) ?? []).filter((listener) => listener !== callback);
    this.#listeners.set(event, left);
  }
  /**
   * @template {keyof Events} Name
   * @param {Name} event
   * @param {Events[Name]} payload
   */
  emit(event, payload) {
    const listeners = this.#listeners.get(event);
    if (!listeners) return;
    for (let i = 0; i < listeners.length; i++) {
      try {
        listeners[i](payload);
      } catch (error) {
        this.#report(error);
      }
    }
  }
  clear() {
    this.#listeners.clear();
  }
};

// src/face_mixing/expression_table.js
var TIMEOUT_MS2 = 5e3;
async function fetchExpressionTable(platform, serverUrl) {
  if (!serverUrl || !platform.fetch) throw missing("No server is set; call configure({ serverUrl }).");
  const abort = new AbortController();
  const timer = platform.setTimeout(() => abort.abort(), TIMEOUT_MS2);
  try {
    const url = `${addresses(serverUrl).http}/v1/expressions`;
    const response = await platform.fetch(url, { signal: abort.signal });
    if (!response.ok)
      throw missing(`${url} answers ${response.status}; the server may be too old; update it.`);
    return parseExpressionTable(await response.json());
  } catch (error) {
    if (error instanceof A2FError) throw error;
    const late = abort.signal.aborted;
    const why = late ? `no answer in ${TIMEOUT_MS2 / 1e3} s` : (
      /** @type {Error} */
      error.message
    );
    throw missing(`Expressions need the server, but ${serverUrl} cannot be reached: ${why}.`);
  } finally {
    platform.clearTimeout(timer);
  }
}
function parseExpressionTable(body) {
  try {
    const parted = numeric(body.parted);
    if (parted <= 0) throw new RangeError("parted must be positive.");
    const lips = Object.entries(body.aperture).filter(([name]) => SHAPE_INDEX.has(name));
    return {
      emotions: body.emotions,
      shapes: body.emotions.map((name) => row(body.shapes[name])),
      opens: Uint8Array.from(BLENDSHAPES, (name) => body.opens.includes(name) ? 1 : 0),
      lips: Int16Array.from(lips, ([name]) => (
        /** @type {number} */
        SHAPE_INDEX.get(name)
      )),
      shares: Float32Array.from(lips, ([, share]) => numeric(share)),
      parted: Math.fround(parted)
    };
  } catch {
    throw missing("The client cannot read the server's table of expressions; update the client.");
  }
}
function row(shapes) {
  return Float32Array.from(BLENDSHAPES, (name) => numeric(shapes[name] ?? 0));
}
function numeric(value) {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new TypeError(`${value} is not a number.`);
  return value;
}
function missing(message) {
  return new A2FError("no_expressions", message);
}

// src/face_mixing/expression_controller.js
var ExpressionController = class {
  #platform;
  #layer;
  #hooks;
  /** @type {Map<string | null, Promise<ExpressionTable | null>>} */
  #tables = /* @__PURE__ */ new Map();
  /** Number of requests, so that only the latest takes effect. */
  #requests = 0;
  /**
   * @param {Platform} platform
   * @param {ExpressionLayer} layer
   * @param {ExpressionHooks} hooks
   */
  constructor(platform, layer, hooks) {
    this.#platform = platform;
    this.#layer = layer;
    this.#hooks = hooks;
  }
  /**
   * @param {Record<string, number>} mix emotion → 0–1
   * @returns {Promise<boolean>} true if an expression is shown
   * @throws {A2FError} bad_argument
   */
  async set(mix) {
    const fit = typeof mix === "object" && !Array.isArray(mix) && Object.values(mix).every((share) => isBetween(share, 0, 1));
    requireArgument(fit, "setExpression() needs an object of numbers from 0 to 1.");
    const request = ++this.#requests;
    if (Object.keys(mix).length === 0) return this.#blendOut();
    const url = this.#hooks.serverUrl();
    const table2 = await this.#table(url);
    if (!table2 || request !== this.#requests || url !== this.#hooks.serverUrl()) return false;
    for (const name of Object.keys(mix))
      requireArgument(table2.emotions.includes(name), `"${name}" is not one of ${table2.emotions.join(", ")}.`);
    this.#layer.blendTo(table2, mix, this.#platform.now());
    this.#hooks.onChange();
    return Object.values(mix).some((share) => share > 0);
  }
  /** Drops a request that still waits for its table. */
  cancelPending() {
    this.#requests++;
  }
  #blendOut() {
    this.#layer.blendOut(this.#platform.now());
    this.#hooks.onChange();
    return false;
  }
  /** @param {string | null} url */
  #table(url) {
    const known = this.#tables.get(url);
    if (known) return known;
    const own = url ? null : this.#hooks.ownTable?.();
    const found2 = own ? own.then(parseExpressionTable) : fetchExpressionTable(this.#platform, url);
    const asked = found2.catch((error) => {
      this.#tables.delete(url);
      this.#hooks.onError(error);
      return null;
    });
    this.#tables.set(url, asked);
    return asked;
  }
};

// src/fallback.js
var FALLBACK = Object.freeze({
  /** The server has accepted the utterance but has not sent frames yet. */
  waiting: "waiting for frames",
  /** Frames arrive too late for the playback position. */
  late: "frames late",
  /** Frames for the playback position are available. */
  framesAvailable: "frames are there",
  /** There was no connection when the utterance started. */
  noConnection: "no connection",
  connectionLost: "connection lost",
  /** The client was told to use no server (`serverUrl: false`). */
  noServer: "no server",
  /** The server refused the utterance for lack of capacity; the client retries. */
  serverBusy: "server busy",
  /** The audio stopped coming in the middle of the utterance, so the mouth relaxes. */
  stalled: "audio stalled",
  cancelled: "cancelled",
  finished: "utterance over"
});

// src/face_mixing/expression_layer.js
var BLEND_MS = 250;
var { fround } = Math;
var ExpressionLayer = class {
  /** @type {ExpressionTable | null} */
  #table = null;
  #current = new Float32Array(0);
  #from = new Float32Array(0);
  #target = new Float32Array(0);
  #sum = new Float32Array(SHAPE_COUNT);
  #start = 0;
  #blending = false;
  /** How freely shapes may part closed lips, 0–1: 1 while nothing is spoken, so that surprise opens the mouth. */
  freedom = 0;
  /** True if it changes the face now or is about to. */
  get active() {
    return this.#blending || this.#current.some(isSet2);
  }
  /**
   * Blends to another mix, starting from the current state.
   * @param {ExpressionTable} table
   * @param {Record<string, number>} mix emotion → 0–1; the others are 0
   * @param {number} now ms
   */
  blendTo(table2, mix, now) {
    if (table2 !== this.#table) this.#use(table2);
    this.#from.set(this.#current);
    for (let k = 0; k < this.#target.length; k++) this.#target[k] = mix[table2.emotions[k]] ?? 0;
    this.#start = now;
    this.#blending = true;
  }
  /** Blends out. @param {number} now ms */
  blendOut(now) {
    if (this.#table) this.blendTo(this.#table, {}, now);
  }
  /** Removes all expressions immediately. */
  reset() {
    this.#current.fill(0);
    this.#target.fill(0);
    this.#blending = false;
  }
  /**
   * Adds the current expressions.
   * @param {Float32Array} face its first 52 weights are ARKit's, 0–1
   * @param {number} now ms
   */
  apply(face, now) {
    if (this.#blending) this.#blend((now - this.#start) / BLEND_MS);
    this.#add(face, this.#current, this.freedom);
  }
  /**
   * Adds the target expressions, as if the blend had finished.
   * @param {Float32Array} face its first 52 weights are ARKit's, 0–1
   */
  applyTarget(face) {
    this.#add(face, this.#target);
  }
  /**
   * @param {Float32Array} face
   * @param {Float32Array} mix strength of each emotion, 0–1
   * @param {number} [least] how freely shapes may part closed lips
   */
  #add(face, mix, least = 0) {
    const table2 = this.#table;
    if (!table2 || !mix.some(isSet2)) return;
    this.#addUp(table2, mix);
    const freedom = fround(Math.min(1, Math.max(least, fround(aperture(face, table2) / table2.parted))));
    for (let i = 0; i < SHAPE_COUNT; i++) {
      const added = table2.opens[i] ? fround(this.#sum[i] * freedom) : this.#sum[i];
      face[i] = Math.min(1, face[i] + added);
    }
  }
  /** @param {ExpressionTable} table */
  #use(table2) {
    this.#table = table2;
    this.#current = new Float32Array(table2.emotions.length);
    this.#from = new Float32Array(table2.emotions.length);
    this.#target = new Float32Array(table2.emotions.length);
  }
  /** @param {number} share progress, 0–1 */
  #blend(share) {
    const to = Math.min(1, Math.max(0, share));
    for (let k = 0; k < this.#current.length; k++)
      this.#current[k] = this.#from[k] + (this.#target[k] - this.#from[k]) * to;
    this.#blending = to < 1;
  }
  /**
   * @param {ExpressionTable} table
   * @param {Float32Array} mix
   */
  #addUp({ shapes }, mix) {
    this.#sum.fill(0);
    for (let k = 0; k < shapes.length; k++) {
      const much = mix[k];
      if (much === 0) continue;
      for (let i = 0; i < SHAPE_COUNT; i++) this.#sum[i] += fround(much * shapes[k][i]);
    }
  }
};
function aperture(face, { lips, shares }) {
  let total = 0;
  for (let i = 0; i < lips.length; i++) total = fround(total + fround(shares[i] * face[lips[i]]));
  return Math.max(0, total);
}
function isSet2(value) {
  return value !== 0;
}

// src/face_mixing/stall_hold.js
var HOLD_MS = 150;
var HOLD_IN_SOUND_MS = 100;
var StallHold = class {
  #since = Number.NaN;
  /**
   * @param {Supply} supply
   * @param {boolean} worse whether the source that is shown has run out of data
   * @param {number} now ms
   * @returns {"follow" | "hold" | "rest"} follow: show the best source
   */
  decide(supply, worse, now) {
    const waits = supply === "stalled" || supply === "low" && worse;
    if (!waits) {
      this.reset();
      return "follow";
    }
    if (Number.isNaN(this.#since)) this.#since = now;
    const held = now - this.#since;
    if (supply === "stalled") return held < HOLD_MS ? "hold" : "rest";
    return held < HOLD_IN_SOUND_MS ? "hold" : "follow";
  }
  reset() {
    this.#since = Number.NaN;
  }
};

// src/face_mixing/source_selector.js
var FADE_MS = 100;
var RELEASE_MS = 200;
var QUICK_RELEASE_MS = 70;
var PATIENCE_S = 0.04;
var RESERVE_S3 = 0.05;
var LEAP_S = 0.25;
var LONGEST_TICK_MS = 17;
var SILENCE3 = oculusIndex("sil");
var UPPER2 = Int16Array.from(
  BLENDSHAPES.flatMap((name, index) => /^(eye|brow)/.test(name) ? [index] : [])
);
var NO_OPTIONS = {};
var SourceSelector = class {
  /** Current full face. */
  weights = new Float32Array(FACE_WIDTH);
  #target = new Float32Array(FACE_WIDTH);
  #offset = new Float32Array(FACE_WIDTH);
  #upperFace = new Float32Array(FACE_WIDTH);
  #visemes = VisemeFit.ofAll();
  #stall = new StallHold();
  /** @type {Source | null} */
  #source = null;
  /** Source of eyes and brows, if it differs. @type {Source | null} */
  #upper = null;
  #fadeStart = 0;
  #fadeMs = 0;
  #lastNow = 0;
  #lastTime = 0;
  /** @returns {Rank} */
  get rank() {
    return this.#source ? this.#source.rank : "neutral";
  }
  /** True if server frames move eyes, lids and brows. */
  get serverLeads() {
    return this.rank === "server" || this.#upper !== null;
  }
  /** Neutral, and no fade in progress. */
  get settled() {
    return this.#source === null && this.#fadeMs === 0;
  }
  /**
   * @param {readonly Source[] | null} sources best first; null: release to neutral
   * @param {number} time playback position, seconds of the utterance
   * @param {number} now ms
   * @param {number} smoothing 0–1
   * @param {SelectionOptions} [options]
   * @returns {boolean} true if the source's rank changed
   */
  select(sources, time, now, smoothing, { quickRelease = false, lipSync = "server", supply = "ample" } = NO_OPTIONS) {
    const before = this.rank;
    const visemesOnly = lipSync === "viseme";
    const best = sources ? this.#choose(sources, time, visemesOnly) : null;
    const chosen = sources ? this.#duringStall(sources, best, supply, now) : null;
    const upper = sources && chosen && visemesOnly ? serverOf(sources, time) : null;
    const leapt = chosen !== null && Math.abs(time - this.#lastTime) > LEAP_S;
    this.#sample(chosen, upper, time, smoothing);
    if (chosen !== this.#source || upper !== this.#upper || leapt) this.#startFade(chosen, now, quickRelease);
    this.#source = chosen;
    this.#upper = upper;
    this.#mix(now);
    this.#lastNow = now;
    this.#lastTime = time;
    return this.rank !== before;
  }
  /** Resets to neutral immediately. */
  reset() {
    this.#source = this.#upper = null;
    this.#stall.reset();
    this.#fadeMs = 0;
    this.weights.fill(0);
  }
  /**
   * @param {readonly Source[]} sources
   * @param {number} time
   * @param {boolean} visemesOnly whether to skip the frames of server and network
   */
  #choose(sources, time, visemesOnly) {
    const shown = this.#source ? sources.indexOf(this.#source) : -1;
    for (let i = 0; i < sources.length; i++) {
      if (visemesOnly && (sources[i].rank === "server" || sources[i].rank === "network")) continue;
      if (sources[i].ahead(time) >= this.#needed(i, shown)) return sources[i];
    }
    return null;
  }
  /**
   * Replaces the best source while the audio has stalled or is about to.
   * @param {readonly Source[]} sources
   * @param {Source | null} best
   * @param {Supply} supply
   * @param {number} now
   */
  #duringStall(sources, best, supply, now) {
    const shown = this.#source ? sources.indexOf(this.#source) : -1;
    const worse = shown >= 0 && (best === null || sources.indexOf(best) > shown);
    const action = this.#stall.decide(supply, worse, now);
    if (action === "rest") return null;
    return action === "hold" && shown >= 0 ? this.#source : best;
  }
  /**
   * @param {number} index
   * @param {number} shown
   */
  #needed(index, shown) {
    if (shown < 0) return 0;
    return index < shown ? RESERVE_S3 : -PATIENCE_S;
  }
  /**
   * @param {Source | null} source
   * @param {Source | null} upper
   * @param {number} time
   * @param {number} smoothing
   */
  #sample(source, upper, time, smoothing) {
    if (!source) {
      this.#target.fill(0);
      return;
    }
    source.sample(time, this.#target, smoothing);
    if (!source.writesVisemes) this.#deriveVisemes();
    if (!upper) return;
    upper.sample(time, this.#upperFace, smoothing);
    for (let i = 0; i < UPPER2.length; i++) this.#target[UPPER2[i]] = this.#upperFace[UPPER2[i]];
  }
  /** Derives the visemes of a source that provides ARKit only. */
  #deriveVisemes() {
    this.#target[SILENCE3] = 0;
    this.#visemes.write(this.#target);
  }
  /**
   * Starts a fade from the shown face to the target.
   * @param {Source | null} source
   * @param {number} now
   * @param {boolean} quickRelease
   */
  #startFade(source, now, quickRelease) {
    for (let i = 0; i < FACE_WIDTH; i++) this.#offset[i] = this.weights[i] - this.#target[i];
    this.#fadeStart = Math.max(this.#lastNow, now - LONGEST_TICK_MS);
    if (source) this.#fadeMs = FADE_MS;
    else this.#fadeMs = quickRelease ? QUICK_RELEASE_MS : RELEASE_MS;
  }
  /** @param {number} now */
  #mix(now) {
    const left = this.#fadeMs > 0 ? Math.max(0, 1 - (now - this.#fadeStart) / this.#fadeMs) : 0;
    if (left === 0) this.#fadeMs = 0;
    for (let i = 0; i < FACE_WIDTH; i++) {
      this.weights[i] = Math.min(1, Math.max(0, this.#target[i] + this.#offset[i] * left));
    }
  }
};
function serverOf(sources, time) {
  for (let i = 0; i < sources.length; i++) {
    if (sources[i].rank === "server") return sources[i].ahead(time) >= -PATIENCE_S ? sources[i] : null;
  }
  return null;
}

// src/face_mixing/face_animator.js
var LONGEST_BIAS_S = 1 / 60;
var SEAL_MS = 120;
var UNSCALED = Array.from({ length: FACE_WIDTH }, (_, i) => /^eye(Blink|Look)/.test(BLENDSHAPES[i] ?? ""));
var FaceAnimator = class {
  selector = new SourceSelector();
  /** First layer: expressions set by the app. */
  expressionLayer = new ExpressionLayer();
  /** The 52 ARKit weights as shown. */
  weights = new Float32Array(SHAPE_COUNT);
  /** Position in the utterance of the face shown, seconds. */
  time = 0;
  /** Average ticks per second. */
  fps = 0;
  /** @type {Binding | null} */
  binding = null;
  /** The full face as shown, including visemes. */
  #face = new Float32Array(FACE_WIDTH);
  #arkit = this.#face.subarray(0, SHAPE_COUNT);
  /** @type {SelectionOptions} */
  #options = { quickRelease: false, lipSync: "server", supply: "ample" };
  #emit;
  #lastTick = Number.NEGATIVE_INFINITY;
  #interval = 1e3 / 60;
  /** @type {FrameEvent} */
  #event;
  #atRest = true;
  /** @type {Utterance | null} */
  #lastUtterance = null;
  #idle;
  /** @type {IdleContext} */
  #context = { utterance: null, time: 0, awaited: false, serverLeads: false };
  /**
   * @param {(event: keyof Events, payload: any) => void} emit
   * @param {IdleAnimation | null} [idle] second layer
   */
  constructor(emit, idle = null) {
    this.#emit = emit;
    this.#idle = idle;
    this.expressionLayer.freedom = 1;
    this.#event = { utterance: 0, time: 0, heard: Number.NaN, weights: this.weights, rank: "neutral" };
  }
  /** True if nothing needs to be drawn until the next utterance. */
  get settled() {
    return this.selector.settled && !this.#layered;
  }
  get #layered() {
    return this.expressionLayer.active || this.#idle?.active === true;
  }
  /**
   * @param {Utterance | null} utterance the one being played
   * @param {number} now ms
   * @param {Strength & {smoothing: number, lipSync?: "server" | "viseme", offset?: number}} settings
   * @param {boolean} [awaited] whether an utterance is about to start
   */
  update(utterance, now, settings, awaited = false) {
    if (!utterance && this.#atRest && !this.#layered) return;
    const elapsed = this.#measureInterval(now);
    const from = this.selector.rank;
    if (utterance) {
      this.time = this.#faceTime(utterance, now) - (settings.offset ?? 0);
      utterance.reach?.(this.time);
    }
    this.#options.quickRelease = !utterance && this.#lastUtterance?.cancelled === true;
    this.#options.lipSync = settings.lipSync ?? "server";
    this.#options.supply = utterance?.sink.supply?.() ?? "ample";
    const changed = this.selector.select(
      utterance ? utterance.sources.bestFirst : null,
      this.time,
      now,
      settings.smoothing,
      this.#options
    );
    this.#freeLips(!utterance && !awaited, elapsed);
    this.#updateIdle(utterance, now, awaited);
    this.#write(settings, now);
    if (changed) this.#emitRank(from, utterance);
    if (utterance) this.#emitFrame(utterance, elapsed, now);
    this.#atRest = !utterance && this.selector.settled;
  }
  /**
   * Applies intensity, gain and expression to a recorded face, in place. Fades and idle animation are left out.
   * @param {Float32Array} face full face
   * @param {Strength} strength
   */
  present(face, strength) {
    applyStrength(face, strength);
    this.expressionLayer.applyTarget(face);
    for (let i = 0; i < face.length; i++) face[i] = Math.min(1, Math.max(0, face[i]));
  }
  /** Resets to neutral immediately. */
  reset() {
    this.selector.reset();
    this.expressionLayer.reset();
    this.#face.fill(0);
    this.weights.fill(0);
    this.binding?.write(this.#face);
  }
  /**
   * @param {Utterance} utterance
   * @param {number} now
   */
  #faceTime(utterance, now) {
    const position = utterance.sink.time(now);
    return position + Math.min(this.#interval / 2e3, LONGEST_BIAS_S) * utterance.sink.rate;
  }
  /** @param {number} now */
  #measureInterval(now) {
    const elapsed = now - this.#lastTick;
    this.#lastTick = now;
    if (elapsed > 250) return 0;
    this.#interval += (elapsed - this.#interval) * 0.1;
    this.fps = 1e3 / this.#interval;
    return elapsed;
  }
  /** Lets expressions part closed lips while nothing is spoken. @param {boolean} silent @param {number} elapsed ms */
  #freeLips(silent, elapsed) {
    const { freedom } = this.expressionLayer;
    this.expressionLayer.freedom = Math.min(
      1,
      Math.max(0, freedom + (silent ? 1 : -1) * elapsed / SEAL_MS)
    );
  }
  /**
   * @param {Utterance | null} utterance
   * @param {number} now
   * @param {boolean} awaited
   */
  #updateIdle(utterance, now, awaited) {
    const context = this.#context;
    context.utterance = utterance;
    context.time = this.time;
    context.awaited = awaited;
    context.serverLeads = this.selector.serverLeads;
    this.#idle?.update(now, context);
  }
  /**
   * @param {Strength} strength
   * @param {number} now
   */
  #write(strength, now) {
    this.#face.set(this.selector.weights);
    applyStrength(this.#face, strength);
    this.expressionLayer.apply(this.#face, now);
    this.#idle?.apply(this.#face);
    this.weights.set(this.#arkit);
    this.binding?.write(this.#face);
  }
  /**
   * @param {Rank} from
   * @param {Utterance | null} utterance
   */
  #emitRank(from, utterance) {
    const to = this.selector.rank;
    this.#emit("rank", { from, to, reason: this.#reason(to, utterance) });
  }
  /**
   * @param {Rank} to
   * @param {Utterance | null} utterance
   */
  #reason(to, utterance) {
    if (!utterance) return this.#lastUtterance?.cancelled ? FALLBACK.cancelled : FALLBACK.finished;
    if (to === "neutral" && this.#options.supply === "stalled") return FALLBACK.stalled;
    return to === "server" ? FALLBACK.framesAvailable : utterance.reason;
  }
  /**
   * @param {Utterance} utterance
   * @param {number} elapsed ms
   * @param {number} now
   */
  #emitFrame(utterance, elapsed, now) {
    this.#lastUtterance = utterance;
    utterance.rankMs[this.selector.rank] += elapsed;
    this.#event.utterance = utterance.id;
    this.#event.time = this.time;
    this.#event.heard = utterance.sink.deviceTime?.(now) ?? Number.NaN;
    this.#event.rank = this.selector.rank;
    this.#emit("frame", this.#event);
  }
};
function applyStrength(face, { intensity, gain }) {
  for (let i = 0; i < FACE_WIDTH; i++) {
    const own = gain?.[BLENDSHAPES[i]] ?? 1;
    const value = face[i] * (UNSCALED[i] ? own : own * intensity);
    face[i] = Math.min(1, Math.max(0, value));
  }
}

// src/idle/ease.js
function smoothstep(share) {
  const x = Math.min(1, Math.max(0, share));
  return x * x * (3 - 2 * x);
}
function decay(elapsed, tau) {
  return Math.exp(-elapsed / tau);
}
function clampMagnitude(value, most) {
  return Math.min(most, Math.max(-most, value));
}

// src/idle/blink.js
var MEDIAN_S = 3.2;
var SPREAD = 0.45;
var SOONEST_S = 0.9;
var DOUBLE = 0.12;
var DOUBLE_S = [0.28, 0.4];
var FALL_S = 0.065;
var SHUT_S = 0.035;
var RISE_S = 0.12;
var APART_S = 1;
var Blink = class {
  #random;
  #start = Number.NEGATIVE_INFINITY;
  #next = 0;
  #held = false;
  /** @param {SeededRandom} random */
  constructor(random) {
    this.#random = random;
    this.#next = this.#pause() / 2;
  }
  /**
   * @param {number} time
   * @param {boolean} held the lids are controlled elsewhere, so no blink starts
   */
  update(time, held) {
    if (this.#held && !held) this.#next = time + Math.max(APART_S, this.#pause() * this.#random.next());
    this.#held = held;
    while (!held && time >= this.#next) this.#begin();
  }
  /** Registers a blink that came from elsewhere. @param {number} time */
  sawBlink(time) {
    this.#start = time - FALL_S - SHUT_S - RISE_S;
  }
  /**
   * Requests a blink at a good moment, unless there was one recently.
   * @param {number} time start of the blink
   */
  request(time) {
    if (!this.#held && time - this.#start > APART_S) this.#next = Math.min(this.#next, time);
  }
  /** Returns how far the lids are closed, 0–1. @param {number} time */
  lid(time) {
    const since = time - this.#start;
    if (since < FALL_S) return smoothstep(since / FALL_S);
    const rising = (since - FALL_S - SHUT_S) / RISE_S;
    return rising <= 0 ? 1 : Math.max(0, 1 - rising) ** 2;
  }
  #begin() {
    this.#start = this.#next;
    const pair = this.#random.chance(DOUBLE);
    this.#next += pair ? this.#random.between(DOUBLE_S[0], DOUBLE_S[1]) : this.#pause();
  }
  #pause() {
    return Math.max(SOONEST_S, MEDIAN_S * Math.exp(SPREAD * this.#random.normal()));
  }
};

// src/idle/camera_gaze.js
var FULL = 30;
var SIDE = 25;
var HEIGHT = 16;
var FOLLOW_UNTIL = 40;
var IGNORE_FROM = 65;
var DEGREES2 = 180 / Math.PI;
var axis = (way, back) => [shapeIndex(`eyeLook${way}`), shapeIndex(`eyeLook${back}`)];
var LEFT = [axis("OutLeft", "InLeft"), axis("InRight", "OutRight")];
var UP = [axis("UpLeft", "DownLeft"), axis("UpRight", "DownRight")];
var CameraGaze = class {
  /** Degrees to the character's left, and up. */
  left = 0;
  up = 0;
  #seen = new Float64Array(3);
  /**
   * @param {HeadRig} rig
   * @param {{matrixWorld: {elements: ArrayLike<number>}} | null} camera
   */
  lookAt(rig, camera) {
    if (!camera || !rig.locate(camera.matrixWorld.elements, this.#seen)) return false;
    const seen = this.#seen;
    const side = Math.atan2(seen[0], seen[2]) * DEGREES2;
    const height = Math.atan2(seen[1], Math.hypot(seen[0], seen[2])) * DEGREES2;
    const following = 1 - smoothstep((Math.max(Math.abs(side), Math.abs(height)) - FOLLOW_UNTIL) / (IGNORE_FROM - FOLLOW_UNTIL));
    this.left = clampMagnitude(side, SIDE) * following;
    this.up = clampMagnitude(height, HEIGHT) * following;
    return true;
  }
  /**
   * Looks straight ahead by compensating for the head's rotation.
   * @param {number} yaw rotation of the head to its left, degrees
   * @param {number} pitch rotation of the head down, degrees
   */
  lookAhead(yaw, pitch) {
    this.left = -yaw;
    this.up = pitch;
  }
};
function turnEyes(face, left, up) {
  for (let eye = 0; eye < 2; eye++) {
    turn(face, LEFT[eye], left, SIDE);
    turn(face, UP[eye], up, HEIGHT);
  }
}
function turn(face, [towards, back], degrees, most) {
  const there = (face[towards] - face[back]) * FULL;
  const angle = clampMagnitude(there + degrees, Math.max(most, Math.abs(there))) / FULL;
  face[towards] = Math.min(1, Math.max(0, angle));
  face[back] = Math.min(1, Math.max(0, -angle));
}

// src/idle/anatomy.js
var PREFIX = /^(?:normalized_)?(?:.*[:|]|mixamorig\d*_?|cc_base_|j_bip_c_|j_bip_|j_adj_|bip\d+[_ ]?|def[-_]|org[-_]|bone_)*/i;
var NAMES2 = {
  head: ["head", "頭"],
  neck: ["neck", "necktwist01", "neck1", "neck01", "首"],
  chest: ["upperchest", "chest", "spine2", "spine02", "spine1", "spine01", "spine", "上半身2", "上半身"],
  eyes: ["eyes", "eyeballs"]
};
var MOVED = /* @__PURE__ */ new Set(["head", "neck", "chest"]);
function anatomyOf(target) {
  const roots = (
    /** @type {any[]} */
    Array.isArray(target) ? target : [target]
  );
  const nodes = roots.flatMap((root) => nodesOf(root?.scene ?? root));
  const vrms = [...roots, ...nodes].map(vrmOf).filter((vrm) => vrm !== null);
  const named = pairsOf(nodes.filter((node) => nodeRank(node) > 0).sort((a, b) => nodeRank(b) - nodeRank(a)));
  const found2 = {
    root: roots[0]?.scene ?? roots[0],
    pairs: [...vrms.flatMap(pairsOfVrm), ...named],
    eyePair: vrms.map(eyesOfVrm).find(Boolean) ?? eyesOf(named)
  };
  for (
    const part of
    /** @type {BodyPart[]} */
    Object.keys(NAMES2)
  )
    found2[part] = ofHumanoid(vrms, part) ?? bestMatch(nodes, NAMES2[part], part);
  return found2;
}
function ofHumanoid(vrms, part) {
  for (const { humanoid } of vrms) {
    const bone = humanoid.getNormalizedBoneNode(part);
    if (bone) return bone;
  }
  return null;
}
function nodesOf(root) {
  const nodes = /* @__PURE__ */ new Set();
  root?.traverse?.((node) => {
    for (const each of [node, ...node.skeleton?.bones ?? []])
      if (each.name && each.matrixWorld) nodes.add(each);
  });
  return [...nodes];
}
function bestMatch(nodes, names, part) {
  const worth = (node) => {
    const at = names.indexOf(bareName(node.name));
    return at < 0 || MOVED.has(part) && !isTurnable(node) ? 0 : 100 * nodeRank(node) - at;
  };
  const [first] = nodes.filter((node) => worth(node) > 0).sort((a, b) => worth(b) - worth(a));
  return first ?? null;
}
function nodeRank(node) {
  if (node.isSkinnedMesh) return 0;
  if (/^normalized_/i.test(node.name)) return 4;
  if (node.isBone) return 3;
  return node.isMesh ? 1 : 2;
}
function bareName(name) {
  return name.replace(PREFIX, "").toLowerCase().replace(/[^\p{L}\d]/gu, "");
}

// src/idle/head_rig.js
var IDENTITY = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
var LEVEL = 0.3;
var HeadRig = class {
  /** @type {BoneRotation | null} */
  head = null;
  /** @type {BoneRotation | null} */
  neck = null;
  /** @type {BoneRotation | null} */
  chest = null;
  #anatomy;
  /** Axes and midpoint of the eyes in the head's own frame. @type {Axes | null} */
  #axes = null;
  #eyes = [0, 0, 0];
  /** @param {unknown} target target of `initializeWithScene` */
  constructor(target) {
    this.#anatomy = anatomyOf(target);
    for (
      const part of
      /** @type {const} */
      ["chest", "neck", "head"]
    ) {
      const node = this.#anatomy[part];
      if (node) this[part] = new BoneRotation(node, () => axesOf2(this.#anatomy));
    }
    this.#read();
  }
  /** Reads the head's axes, once it has a size. */
  #read() {
    const { head } = this.#anatomy;
    const world = head && axesOf2(this.#anatomy);
    if (!world) return;
    const m = matrixOf(head);
    const [left, up, front] = [world.left, world.up, world.front].map((axis2) => localAxis(m, axis2));
    if (![...left, ...up, ...front].every(Number.isFinite)) return;
    this.#axes = { left, up, front };
    const eyes = middleOfEyes(this.#anatomy);
    this.#eyes = [0, 1, 2].map((i) => coordinate(m, i, eyes, 0));
  }
  /**
   * Locates a point relative to the head as it is turned now.
   * @param {ArrayLike<number>} matrixWorld matrix of an object at the point: 16 numbers, column-major
   * @param {Float64Array} out distances to the left of the eyes, above, and in front of them
   * @returns {boolean} false if there is no head or the position is not finite
   */
  locate(matrixWorld, out) {
    if (!this.#axes) this.#read();
    if (!this.#axes) return false;
    const { left, up, front } = this.#axes;
    const m = matrixOf(this.#anatomy.head);
    out.fill(0);
    for (let i = 0; i < 3; i++) {
      const way = coordinate(m, i, matrixWorld, 12) - this.#eyes[i];
      const scaled = way * Math.hypot(m[4 * i], m[4 * i + 1], m[4 * i + 2]);
      out[0] += scaled * left[i];
      out[1] += scaled * up[i];
      out[2] += scaled * front[i];
    }
    return out.every(Number.isFinite);
  }
  /** Returns all bones to the app's pose. */
  release() {
    this.head?.release();
    this.neck?.release();
    this.chest?.release();
  }
};
function coordinate(m, i, point, at) {
  let dot2 = 0;
  let square = 0;
  for (let k = 0; k < 3; k++) {
    dot2 += m[4 * i + k] * (point[at + k] - m[12 + k]);
    square += m[4 * i + k] * m[4 * i + k];
  }
  return dot2 / (square || 1);
}
function axesOf2({ root, pairs }) {
  const m = matrixOf(root);
  const up = root?.isMesh ? [0, 1, 0] : normal([m[4], m[5], m[6]]);
  const ahead = cross(leftOf(pairs) ?? normal([m[0], m[1], m[2]]), up);
  const front = Math.hypot(...ahead) > LEVEL ? normal(ahead) : normal([m[8], m[9], m[10]]);
  const left = cross(up, front);
  return [...left, ...up, ...front].every(Number.isFinite) ? { left, up, front } : null;
}
function localAxis(m, [x, y, z]) {
  const [a, b, c] = [0, 4, 8].map((at) => normal([m[at], m[at + 1], m[at + 2]]));
  return (
    /** @type {Vector} */
    [a, b, c].map((column) => column[0] * x + column[1] * y + column[2] * z)
  );
}
function matrixOf(node) {
  node?.updateWorldMatrix?.(true, false);
  return node?.matrixWorld?.elements ?? IDENTITY;
}
function middleOfEyes({ eyePair, eyes, head }) {
  if (!eyePair || !leftOf([eyePair])) return centreOf(eyes) ?? placeOf(head);
  const [left, right] = eyePair.map(placeOf);
  return left.map((value, i) => (value + right[i]) / 2);
}
function centreOf(node) {
  node?.geometry?.computeBoundingBox?.();
  const box = node?.geometry?.boundingBox;
  if (!box) return null;
  const m = matrixOf(node);
  const [x, y, z] = ["x", "y", "z"].map((axis2) => (box.min[axis2] + box.max[axis2]) / 2);
  return [0, 1, 2].map((i) => m[i] * x + m[4 + i] * y + m[8 + i] * z + m[12 + i]);
}

// src/idle/breath.js
var CYCLE_S = [3.75, 4.6];
var INHALE_SHARE = 0.42;
var EXTRA_DEPTH = 0.8;
var INHALE_S = 0.45;
var EXHALE_S = 2;
var Breath = class {
  #random;
  #start = 0;
  #duration;
  #inhaledAt = Number.NEGATIVE_INFINITY;
  /** @param {SeededRandom} random */
  constructor(random) {
    this.#random = random;
    this.#duration = random.between(CYCLE_S[0], CYCLE_S[1]);
  }
  /** Inhales, because speech is about to start. @param {number} time seconds */
  inhale(time) {
    if (time - this.#inhaledAt > INHALE_S + EXHALE_S) this.#inhaledAt = time;
  }
  /** @param {number} time seconds on a clock that never runs backwards */
  fullness(time) {
    while (time >= this.#start + this.#duration) {
      this.#start += this.#duration;
      this.#duration = this.#random.between(CYCLE_S[0], CYCLE_S[1]);
    }
    const share = (time - this.#start) / this.#duration;
    const usual = share < INHALE_SHARE ? smoothstep(share / INHALE_SHARE) : 1 - smoothstep((share - INHALE_SHARE) / (1 - INHALE_SHARE));
    return usual + EXTRA_DEPTH * this.#extraDepth(time - this.#inhaledAt);
  }
  /** @param {number} since seconds */
  #extraDepth(since) {
    return since < INHALE_S ? smoothstep(since / INHALE_S) : 1 - smoothstep((since - INHALE_S) / EXHALE_S);
  }
};

// src/idle/nods.js
var STEP_S = 1 / 60;
var HALF_WINDOW = 12;
var WINDOW = 2 * HALF_WINDOW + 1;
var MIN_LOUDNESS = 0.5;
var MIN_PROMINENCE = 0.1;
var MIN_NOD = 0.8;
var NOD_GROWTH = 6;
var MAX_NOD = 3;
var DOWN_S = 0.2;
var UP_S = 0.38;
var MIN_INTERVAL_S = 0.7;
var MAX_NODS = 4;
var LEAP_S2 = 0.25;
var CARRY_S = 0.08;
var READ_S = 1.5;
var Nods = class {
  /** Degrees down. */
  angle = 0;
  /** How stressed the current instant is, 0–1. */
  stress = 0;
  #at = new Float64Array(MAX_NODS).fill(Number.NEGATIVE_INFINITY);
  #size = new Float64Array(MAX_NODS);
  #levels = new Float64Array(WINDOW);
  #count = 0;
  #last = 0;
  #read = 0;
  #time = 0;
  #carry = 0;
  /** @type {unknown} */
  #utterance = null;
  /**
   * @param {{loudness: Loudness | null} | null} utterance the one being played
   * @param {number} time playback position, seconds
   * @param {number} elapsed seconds since the last step
   */
  update(utterance, time, elapsed) {
    const now = utterance ? time : this.#time + elapsed;
    const leapt = Math.abs(now - this.#time) > LEAP_S2 + elapsed;
    if (utterance && (utterance !== this.#utterance || leapt)) this.#restart(utterance, now);
    this.#time = now;
    this.#carry *= decay(elapsed, CARRY_S);
    if (utterance?.loudness) this.#readLoudness(utterance.loudness, now);
    this.#sum(now);
  }
  /**
   * @param {unknown} utterance
   * @param {number} time
   */
  #restart(utterance, time) {
    this.#utterance = utterance;
    this.#carry = this.angle;
    this.#at.fill(Number.NEGATIVE_INFINITY);
    this.#read = Math.ceil(time / STEP_S);
    this.#last = Number.NEGATIVE_INFINITY;
    this.#count = 0;
  }
  /**
   * @param {Loudness} loudness
   * @param {number} time
   */
  #readLoudness(loudness, time) {
    const until = time + DOWN_S + (HALF_WINDOW + 1) * STEP_S;
    if (this.#read * STEP_S < time - READ_S) this.#read = Math.ceil(time / STEP_S);
    for (; this.#read * STEP_S <= until; this.#read++) {
      const level = loudness.level(this.#read * STEP_S);
      if (level < 0) return;
      this.#levels[this.#count++ % WINDOW] = level;
      if (this.#count >= WINDOW) this.#detectStress((this.#read - HALF_WINDOW) * STEP_S, time);
    }
  }
  /**
   * Starts a nod if the middle of the window is a stress.
   * @param {number} at seconds
   * @param {number} time playback position
   */
  #detectStress(at, time) {
    const middle = this.#levels[(this.#count - 1 - HALF_WINDOW) % WINDOW];
    let sum = 0;
    for (let i = 0; i < WINDOW; i++) {
      if (this.#levels[i] > middle) return;
      sum += this.#levels[i];
    }
    const prominence = middle - sum / WINDOW;
    const early = at - DOWN_S >= time - STEP_S;
    if (middle < MIN_LOUDNESS || prominence < MIN_PROMINENCE || !early || at - this.#last < MIN_INTERVAL_S)
      return;
    this.#nod(at, Math.min(MAX_NOD, MIN_NOD + NOD_GROWTH * (prominence - MIN_PROMINENCE)));
  }
  /**
   * @param {number} at
   * @param {number} size
   */
  #nod(at, size) {
    this.#last = at;
    let oldest = 0;
    for (let i = 1; i < MAX_NODS; i++) if (this.#at[i] < this.#at[oldest]) oldest = i;
    this.#at[oldest] = at;
    this.#size[oldest] = size;
  }
  /** @param {number} time */
  #sum(time) {
    let angle = 0;
    for (let i = 0; i < MAX_NODS; i++) {
      const since = time - this.#at[i];
      angle += this.#size[i] * (since < 0 ? smoothstep(1 + since / DOWN_S) : 1 - smoothstep(since / UP_S));
    }
    this.stress = Math.min(1, angle / MAX_NOD);
    this.angle = clampMagnitude(angle + this.#carry, 2 * MAX_NOD);
  }
};

// src/idle/sway.js
var SLOW = [0.083, 0.137, 0.223, 0.361];
var FAST = [0.53, 0.79, 1.13];
var REST2 = [2.2, 1.2, 1.1];
var TALK = [2.6, 1.3, 1.4];
var TAU_S = 0.5;
var TOTAL = [SLOW, FAST].map((waves) => waves.reduce((sum, hertz) => sum + waves[0] / hertz, 0));
var Sway = class {
  #phases;
  #talk = 0;
  /** @param {SeededRandom} random */
  constructor(random) {
    const count = 3 * (SLOW.length + FAST.length);
    this.#phases = Float64Array.from({ length: count }, () => random.between(0, 2 * Math.PI));
  }
  /**
   * @param {number} elapsed seconds
   * @param {boolean} speaking
   */
  update(elapsed, speaking) {
    const wanted = speaking ? 1 : 0;
    this.#talk = wanted + (this.#talk - wanted) * decay(elapsed, TAU_S);
  }
  /**
   * @param {number} axis 0 yaw, 1 pitch, 2 roll
   * @param {number} time seconds
   */
  angle(axis2, time) {
    const at = axis2 * (SLOW.length + FAST.length);
    const slow = this.#sum(SLOW, at, time) / TOTAL[0];
    const fast = this.#sum(FAST, at + SLOW.length, time) / TOTAL[1];
    return REST2[axis2] * slow + TALK[axis2] * this.#talk * (slow + fast) * 0.5;
  }
  /**
   * @param {number[]} waves
   * @param {number} at index of the first phase
   * @param {number} time
   */
  #sum(waves, at, time) {
    let sum = 0;
    for (let k = 0; k < waves.length; k++)
      sum += waves[0] / waves[k] * Math.sin(2 * Math.PI * waves[k] * time + this.#phases[at + k]);
    return sum;
  }
};

// src/idle/posture.js
var NECK = 0.4;
var CHEST = 0.9;
var STEADY = 0.6;
var HEAD_BACK = 0.6;
var RADIANS = Math.PI / 180;
var Posture = class {
  /** Total rotation of the head to its left, and down, in degrees. */
  yaw = 0;
  pitch = 0;
  #nods = new Nods();
  #breath;
  #sway;
  #awaited = false;
  /** @param {() => SeededRandom} random returns a new generator on each call */
  constructor(random) {
    this.#breath = new Breath(random());
    this.#sway = new Sway(random());
  }
  /** How stressed the current speech is, 0–1. */
  get stress() {
    return this.#nods.stress;
  }
  /**
   * @param {number} at seconds on the clock of the idle animation
   * @param {number} elapsed seconds
   * @param {IdleContext} context
   */
  update(at, elapsed, { utterance, time, awaited }) {
    if (awaited && !this.#awaited) this.#breath.inhale(at);
    this.#awaited = awaited;
    this.#nods.update(utterance, time, elapsed);
    this.#sway.update(elapsed, utterance !== null);
  }
  /**
   * @param {HeadRig} body
   * @param {number} at seconds on the clock of the idle animation
   * @param {number} gain 0–1
   */
  apply({ head, neck, chest }, at, gain) {
    const full = gain * this.#breath.fullness(at);
    const yaw = gain * this.#sway.angle(0, at);
    const pitch = gain * (this.#sway.angle(1, at) + this.#nods.angle) + (chest ? STEADY : -HEAD_BACK) * full;
    const roll = gain * this.#sway.angle(2, at);
    const share = neck ? 1 - NECK : 1;
    chest?.set(-CHEST * full * RADIANS);
    neck?.set(NECK * pitch * RADIANS, NECK * yaw * RADIANS, NECK * roll * RADIANS);
    head?.set(share * pitch * RADIANS, share * yaw * RADIANS, share * roll * RADIANS);
    this.yaw = head ? yaw : 0;
    this.pitch = head ? pitch - (chest ? CHEST * full : 0) : 0;
  }
};

// src/idle/random.js
var SeededRandom = class {
  #state;
  /** @param {number} seed uint32 */
  constructor(seed) {
    this.#state = seed >>> 0;
  }
  /** Returns a number from 0 up to but not including 1. */
  next() {
    this.#state = this.#state + 1831565813 >>> 0;
    let mixed2 = Math.imul(this.#state ^ this.#state >>> 15, this.#state | 1);
    mixed2 ^= mixed2 + Math.imul(mixed2 ^ mixed2 >>> 7, mixed2 | 61);
    return ((mixed2 ^ mixed2 >>> 14) >>> 0) / 2 ** 32;
  }
  /**
   * @param {number} low
   * @param {number} high
   */
  between(low, high) {
    return low + (high - low) * this.next();
  }
  /** Returns true with a given probability. @param {number} share 0–1 */
  chance(share) {
    return this.next() < share;
  }
  /** Returns a normally distributed number with mean 0 and deviation 1 (Box–Muller). */
  normal() {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
};

// src/idle/reduced_motion.js
var QUERY = "(prefers-reduced-motion: reduce)";
var ReducedMotion = class {
  #query;
  #onChange;
  /**
   * @param {{matchMedia?: typeof matchMedia}} platform
   * @param {() => void} onChange
   */
  constructor(platform, onChange) {
    this.#query = platform.matchMedia?.(QUERY) ?? null;
    this.#onChange = onChange;
    this.#query?.addEventListener?.("change", onChange);
  }
  get requested() {
    return this.#query?.matches === true;
  }
  dispose() {
    this.#query?.removeEventListener?.("change", this.#onChange);
  }
};

// src/idle/saccades.js
var REST_S = [0.5, 2.5];
var REACH = [1.6, 1];
var MIN_JUMP_S = 0.03;
var JUMP_S = 0.021;
var JUMP_S_A_DEGREE = 22e-4;
var AWAY = { listening: 0.07, speaking: 0.12, thinking: 0.55 };
var AWAY_SIDE = [7, 15];
var AWAY_UP = [-6, 7];
var THINKING_UP = [1, 9];
var AWAY_S = [0.4, 1.1];
var SHIFT = 7;
var Saccades = class {
  /** Degrees to the character's left, and up. */
  left = 0;
  up = 0;
  /** Start of the last gaze shift, seconds. */
  shiftedAt = Number.NEGATIVE_INFINITY;
  #random;
  #fromLeft = 0;
  #fromUp = 0;
  #toLeft = 0;
  #toUp = 0;
  #at = 0;
  #jumpDuration = MIN_JUMP_S;
  #next = 0.5;
  #away = false;
  /** @param {SeededRandom} random */
  constructor(random) {
    this.#random = random;
  }
  /**
   * @param {number} time seconds on a clock that never runs backwards
   * @param {GazeMode} mind
   */
  update(time, mind) {
    while (time >= this.#next) this.#jump(this.#next, mind);
    this.#place(time);
  }
  /**
   * @param {number} at
   * @param {GazeMode} mind
   */
  #jump(at, mind) {
    const random = this.#random;
    this.#place(at);
    this.#fromLeft = this.left;
    this.#fromUp = this.up;
    this.#away = !this.#away && random.chance(AWAY[mind]);
    if (this.#away) this.#lookAway(mind);
    else this.#lookHere();
    const far = Math.hypot(this.#toLeft - this.#fromLeft, this.#toUp - this.#fromUp);
    if (far >= SHIFT) this.shiftedAt = at;
    this.#at = at;
    this.#jumpDuration = Math.max(MIN_JUMP_S, JUMP_S + JUMP_S_A_DEGREE * far);
    const [shortest, longest] = this.#away ? AWAY_S : REST_S;
    this.#next = at + random.between(shortest, longest);
  }
  #lookHere() {
    this.#toLeft = this.#random.between(-REACH[0], REACH[0]);
    this.#toUp = this.#random.between(-REACH[1], REACH[1]);
  }
  /** @param {GazeMode} mind */
  #lookAway(mind) {
    const random = this.#random;
    const [low, high] = mind === "thinking" ? THINKING_UP : AWAY_UP;
    const side = random.between(AWAY_SIDE[0], AWAY_SIDE[1]);
    this.#toLeft = random.chance(0.5) ? side : -side;
    this.#toUp = random.between(low, high);
  }
  /** @param {number} time */
  #place(time) {
    const done = smoothstep((time - this.#at) / this.#jumpDuration);
    this.left = this.#fromLeft + (this.#toLeft - this.#fromLeft) * done;
    this.up = this.#fromUp + (this.#toUp - this.#fromUp) * done;
  }
};

// src/idle/idle_animation.js
var FADE_S = 0.4;
var OWN_TAU_S = 0.05;
var LONGEST_TICK_S = 0.1;
var BROWS = (
  /** @type {const} */
  [
    [shapeIndex("browInnerUp"), 0.22],
    [shapeIndex("browOuterUpLeft"), 0.15],
    [shapeIndex("browOuterUpRight"), 0.15]
  ]
);
var LIDS2 = ["Left", "Right"].map((side) => [shapeIndex(`eyeBlink${side}`), shapeIndex(`eyeWide${side}`)]);
var SHUT = 0.5;
var WITH_SHIFT = 0.6;
var AT_END = 0.6;
var AT_END_S = [0.1, 0.5];
var IdleAnimation = class {
  #on = false;
  #gain = 0;
  #time = 0;
  #last = Number.NaN;
  /** Weight of its own gaze against that of server frames, 0–1. */
  #ownGaze = 1;
  #spoke = false;
  #shiftedAt = Number.NEGATIVE_INFINITY;
  /** @type {{matrixWorld: {elements: ArrayLike<number>}} | null} */
  #camera = null;
  #movesHead = true;
  /** @type {unknown} */
  #target = null;
  #rig = new HeadRig(null);
  #gaze = new CameraGaze();
  #random;
  #blink;
  #saccades;
  #posture;
  #reducedMotion;
  /**
   * @param {{matchMedia?: typeof matchMedia}} platform
   * @param {number} seed uint32
   * @param {() => void} [onWake] called when there is something to show again
   */
  constructor(platform, seed, onWake = () => {
  }) {
    this.#random = new SeededRandom(seed);
    const own = () => new SeededRandom(Math.floor(this.#random.next() * 2 ** 32));
    this.#blink = new Blink(own());
    this.#saccades = new Saccades(own());
    this.#posture = new Posture(own);
    this.#reducedMotion = new ReducedMotion(platform, onWake);
  }
  /** True if it moves anything now or is about to. */
  get active() {
    return this.#moves || this.#gain > 0;
  }
  get #moves() {
    return this.#on && !this.#reducedMotion.requested;
  }
  /** @param {Settings["life"]} setting */
  configure(setting) {
    const { camera = null, head = true } = typeof setting === "object" ? setting : {};
    this.#on = setting !== false;
    this.#camera = camera;
    if (head === this.#movesHead) return;
    this.#movesHead = head;
    this.bind(this.#target);
  }
  /** @param {unknown} target target of `initializeWithScene` */
  bind(target) {
    this.#rig.release();
    this.#target = target;
    this.#rig = new HeadRig(this.#movesHead ? target : null);
  }
  /**
   * @param {number} now ms
   * @param {IdleContext} context
   */
  update(now, context) {
    const { utterance, awaited, serverLeads } = context;
    const elapsed = this.#advance(now);
    if (!this.active) return;
    const speaking = utterance !== null;
    const wanted = serverLeads ? 0 : 1;
    this.#ownGaze = wanted + (this.#ownGaze - wanted) * decay(elapsed, OWN_TAU_S);
    this.#posture.update(this.#time, elapsed, context);
    this.#saccades.update(this.#time, speaking ? "speaking" : awaited ? "thinking" : "listening");
    this.#updateBlink(speaking, serverLeads);
    this.#posture.apply(this.#rig, this.#time, this.#gain);
    if (!this.#gaze.lookAt(this.#rig, this.#camera))
      this.#gaze.lookAhead(this.#posture.yaw, this.#posture.pitch);
  }
  /**
   * Adds lids, gaze and brows to a face. Blinks in server frames are taken into account.
   * @param {Float32Array} face its first 52 weights are ARKit's, 0–1
   */
  apply(face) {
    if (this.#gain === 0) return;
    const gain = this.#gain;
    const lid = this.#blink.lid(this.#time);
    if (lid === 0 && face[LIDS2[0][0]] > SHUT) this.#blink.sawBlink(this.#time);
    for (let i = 0; i < 2; i++) close(face, LIDS2[i][0], LIDS2[i][1], lid * gain);
    const own = this.#ownGaze;
    const left = this.#gaze.left + own * this.#saccades.left;
    turnEyes(face, gain * left, gain * (this.#gaze.up + own * this.#saccades.up));
    const stress = gain * own * this.#posture.stress ** 2;
    for (let i = 0; i < BROWS.length; i++) {
      const [brow, most] = BROWS[i];
      face[brow] = Math.min(1, face[brow] + most * stress);
    }
  }
  /** Stops permanently and releases the bones. */
  dispose() {
    this.#reducedMotion.dispose();
    this.#on = false;
    this.#gain = 0;
    this.#rig.release();
  }
  /** Advances the clock and the fade. @param {number} now ms @returns {number} elapsed seconds, limited */
  #advance(now) {
    const elapsed = Math.min(LONGEST_TICK_S, Math.max(0, (now - this.#last) / 1e3 || 0));
    this.#last = now;
    if (this.active) this.#time += elapsed;
    const before = this.#gain;
    const update = this.#moves ? elapsed / FADE_S : -elapsed / FADE_S;
    this.#gain = Math.min(1, Math.max(0, before + update));
    if (before > 0 && this.#gain === 0) this.#rig.release();
    return elapsed;
  }
  /**
   * Decides when to blink.
   * @param {boolean} speaking
   * @param {boolean} serverLeads
   */
  #updateBlink(speaking, serverLeads) {
    const { shiftedAt } = this.#saccades;
    if (shiftedAt !== this.#shiftedAt && this.#random.chance(WITH_SHIFT)) this.#blink.request(shiftedAt);
    this.#shiftedAt = shiftedAt;
    if (this.#spoke && !speaking && this.#random.chance(AT_END))
      this.#blink.request(this.#time + this.#random.between(AT_END_S[0], AT_END_S[1]));
    this.#spoke = speaking;
    this.#blink.update(this.#time, serverLeads);
  }
};
function close(face, lid, wide, share) {
  face[lid] = Math.max(face[lid], share);
  face[wide] *= 1 - share;
}

// src/network/kernel_wasm.js
var KERNEL_WASM = "0061736d01000000011c0360047f7f7f7f0060067f7f7f7f7f7f0060087f7f7f7f7f7f7f7f00020f0103656e76066d656d6f727902000103050400000102070701036d616300030ad00a04a10102017f037b2000410420036c6a21042002fd00040021052002fd000410210603402000fd0902002107200520072001fd000400fde601fde4012105200620072001fd000410fde601fde40121062000fd0902042107200520072001fd000420fde601fde4012105200620072001fd000430fde601fde4012106200041086a2100200141c0006a210120002004490d000b20022005fd0b040020022006fd0b04100b8f0402047f097b2001412020036c6a21042004412020036c6a21052005412020036c6a21062000410420036c6a21072002fd00040021082002fd00041021092002fd000420210a2002fd000430210b2002fd000440210c2002fd000450210d2002fd000460210e2002fd000470210f03402000fd0902002110200820102001fd000400fde601fde4012108200920102001fd000410fde601fde4012109200a20102004fd000400fde601fde401210a200b20102004fd000410fde601fde401210b200c20102005fd000400fde601fde401210c200d20102005fd000410fde601fde401210d200e20102006fd000400fde601fde401210e200f20102006fd000410fde601fde401210f2000fd0902042110200820102001fd000420fde601fde4012108200920102001fd000430fde601fde4012109200a20102004fd000420fde601fde401210a200b20102004fd000430fde601fde401210b200c20102005fd000420fde601fde401210c200d20102005fd000430fde601fde401210d200e20102006fd000420fde601fde401210e200f20102006fd000430fde601fde401210f200041086a2100200141c0006a2101200441c0006a2104200541c0006a2105200641c0006a210620002007490d000b20022008fd0b040020022009fd0b04102002200afd0b04202002200bfd0b04302002200cfd0b04402002200dfd0b04502002200efd0b04602002200ffd0b04700b870302077f0b7b200020016a2106200620016a2107200720016a2108200320046a2109200920046a210a200a20046a210b2000410420056c6a210c2003fd000400210d2003fd000410210e2009fd000400210f2009fd0004102110200afd0004002111200afd0004102112200bfd0004002113200bfd000410211403402002fd00040021152002fd00041021162000fd0902002117200d20172015fde601fde401210d200e20172016fde601fde401210e2006fd0902002117200f20172015fde601fde401210f201020172016fde601fde40121102007fd0902002117201120172015fde601fde4012111201220172016fde601fde40121122008fd0902002117201320172015fde601fde4012113201420172016fde601fde4012114200041046a2100200641046a2106200741046a2107200841046a2108200241206a21022000200c490d000b2003200dfd0b04002003200efd0b04102009200ffd0b040020092010fd0b0410200a2011fd0b0400200a2012fd0b0410200b2013fd0b0400200b2014fd0b04100b900201037f200141046c2101200441046c21042005417c71210a200a41004a044003404100210903402000200920016c6a200120022008410420066c6c6a2003200920046c6a410420086c6a200420061002200941046a2209200a480d000b200841086a22082007480d000b0b2000200a20016c6a21002003200a20046c6a2103200a210902400340200920054e0d014100210802400340200841206a20074a0d01200020022008410420066c6c6a2003410420086c6a20061001200841206a21080c000b0b02400340200841086a20074a0d01200020022008410420066c6c6a2003410420086c6a20061000200841086a21080c000b0b200020016a2100200320046a2103200941016a21090c000b0b0b";

// src/network/service_source.js
var service = { serve(port, now) {
  function G(n, { rumble: t, mains: s, low: e, leaky: i, edges: o, mostGain: h }) {
    n.hz.forEach((r, a) => {
      if (r >= i) return;
      let c = (r < e ? s : [t, ...s]).map((p) => 2 * Math.PI * p), f = ["even", "odd"].map((p) => {
        let u = n[p][a], m = c.map((g) => n.times.map((b) => (p === "even" ? Math.cos : Math.sin)(g * b)));
        p === "even" && m.unshift(n.times.map(() => 1));
        let w = q(u, m, n.sizes, o);
        return n[p][a] = w, [u, w].map((g) => z(g, p, r, n) ** 2);
      }), d = Math.sqrt((f[0][0] + f[1][0]) / (f[0][1] + f[1][1]));
      if (!Number.isNaN(d)) for (let p of [n.even[a], n.odd[a]]) for (let u = 0; u < p.length; u++) p[u] *= Math.min(d, h);
    });
  }
  function q(n, t, s, e) {
    let i = t.map((r) => r.map((a, l) => a * tt(l, s, e))), o = t.map((r) => i.map((a) => V(r, a, s))), h = st(o, t.map((r) => V(r, n, s)));
    return n.map((r, a) => h.reduce((l, c, f) => l - c * i[f][a], r));
  }
  function V(n, t, { frame: s }) {
    let e = 0;
    for (let i = 0; i < n.length; i++) e += n[i] * t[i];
    return 2 * e - (s % 2 ? n[0] * t[0] : 0);
  }
  function z(n, t, s, { times: e, sizes: i }) {
    let o = e.map((h) => (t === "even" ? Math.cos : Math.sin)(2 * Math.PI * s * h));
    return V(n, o, i);
  }
  function tt(n, { frame: t }, s) {
    let i = (1 - ((t >> 1) + n + 0.5) / t) * 2 / s;
    return i < 1 ? 0.5 - 0.5 * Math.cos(Math.PI * i) : 1;
  }
  function st(n, t) {
    let s = t.length, e = n.map((o, h) => [...o, t[h]]);
    for (let o = 0; o < s; o++) {
      let h = e.slice(o).reduce((r, a) => Math.abs(a[o]) > Math.abs(r[o]) ? a : r);
      e.splice(e.indexOf(h), 1), e.splice(o, 0, h);
      for (let r of e.slice(o + 1)) {
        let a = r[o] / h[o];
        for (let l = o; l <= s; l++) r[l] -= a * h[l];
      }
    }
    let i = new Array(s).fill(0);
    for (let o = s - 1; o >= 0; o--) {
      let h = e[o].slice(o + 1, s).reduce((r, a, l) => r + a * i[o + 1 + l], 0);
      i[o] = (e[o][s] - h) / e[o][o];
    }
    return i;
  }
  var k = class {
    constructor(t, s) {
      let { half: e, frame: i } = s;
      this.half = e;
      let o = et(t), h = Float64Array.from({ length: e }, (l, c) => ((i >> 1) + c - (i - 1) / 2) / s.rate), r = o.map((l) => C(l, h, s, t.audible, Math.cos)), a = o.map((l) => C(l, h, s, t.audible, Math.sin));
      G({ even: r, odd: a, times: h, sizes: s, hz: o.map(({ hz: l }) => l) }, t.hum), this.even = r, this.odd = a;
    }
  };
  function et({ bands: n, perBand: t, lowest: s, highest: e, frame: i, shortest: o }) {
    let h = (c) => 2595 * Math.log10(1 + c / 700), [r, a] = [h(s), h(e)], l = Array.from({ length: n }, (c, f) => 700 * (10 ** ((r + (a - r) * f / (n - 1)) / 2595) - 1));
    return l.flatMap((c, f) => {
      let [d, p] = [Math.max(0, f - 1), Math.min(n - 1, f + 1)], u = (l[p] - l[d]) / (p - d) / t, m = Math.min(i, Math.max(o, 2 / u));
      return Array.from({ length: t }, (w, g) => ({ hz: c + u * (g - (t - 1) / 2), seconds: m }));
    });
  }
  function C({ hz: n, seconds: t }, s, { frame: e, rate: i }, o, h) {
    let r = s.map((c) => c < t / 2 ? 0.5 + 0.5 * Math.cos(2 * Math.PI * c / t) : 0), a = 2 * r.reduce((c, f) => c + f, 0) - (e % 2 ? r[0] : 0), l = n < o * i ? 2 / a : 0;
    return r.map((c, f) => c * l * h(2 * Math.PI * s[f] * n));
  }
  var S = (n, t = 8) => Math.ceil(n / t) * t;
  function J(n) {
    let t = Math.round(n);
    return t - n === 0.5 && t % 2 !== 0 ? t - 1 : t;
  }
  var A = class {
    constructor(t, s, e) {
      this.rate = s, this.stepRate = e, this.frame = J(t.frame * s), this.hop = J(t.hop * s), this.window = this.frame + this.hop, this.before = this.window - Math.floor(s / e), this.half = this.frame + 1 >> 1, this.rows = S(this.half, 4);
    }
    start(t) {
      return Math.floor(t * this.rate / this.stepRate) - this.before;
    }
    steps(t) {
      return Math.ceil(t * this.stepRate / this.rate);
    }
  };
  var it = 4, E = class {
    #e = /* @__PURE__ */ new Map();
    #t;
    #s;
    #i;
    #n;
    #h;
    #o;
    #u = 0;
    #a = 0;
    #r = 0;
    #l = 0;
    #c = 0;
    #p;
    #f;
    #w = 0;
    constructor(t, s, e, i) {
      let { bands: o, perBand: h } = s.features;
      this.#t = t, this.#s = s, this.#i = i, this.#n = e.get("features.scale").values, this.#h = e.get("features.shift").values, this.#o = S(o * h), this.#p = t.allocate(2 * i * this.#o), this.#f = t.allocate(2 * i * this.#o);
    }
    sizes(t) {
      return this.#d(t).sizes;
    }
    compute(t, s, e, i, o, h) {
      this.#b(s);
      for (let a = 0; a < i; a++) {
        let l = s.start(e + a);
        this.#g(t, s, l, 2 * a), this.#g(t, s, l + s.hop, 2 * a + 1);
      }
      this.#M(2 * i, s.rows);
      let { bands: r } = this.#s.features;
      for (let a = 0; a < 2 * i; a++) this.#x(a * this.#o, o + (a >> 1) * h, (a & 1) * r);
    }
    #d(t) {
      let s = this.#e.get(t);
      if (!s) {
        let e = new A(this.#s.features, t, this.#s.stepRate);
        s = { sizes: e, basis: new k(this.#s.features, e) };
      }
      return this.#e.delete(t), this.#e.set(t, s), this.#e.size > it && this.#e.delete(this.#e.keys().next().value), s;
    }
    #b(t) {
      if (t.rate === this.#w) return;
      t.rows > this.#u && this.#y(t.rows);
      let { basis: s } = this.#d(t.rate);
      this.#w = t.rate, this.#m(s.even, this.#a, t.rows), this.#m(s.odd, this.#r, t.rows), this.#t.floats.fill(0, this.#l, this.#c + 2 * this.#i * this.#u);
    }
    #y(t) {
      this.#u = t, this.#a = this.#t.allocate(t * this.#o), this.#r = this.#t.allocate(t * this.#o), this.#l = this.#t.allocate(2 * this.#i * t), this.#c = this.#t.allocate(2 * this.#i * t);
    }
    #m(t, s, e) {
      let { floats: i } = this.#t;
      i.fill(0, s, s + e * this.#o), t.forEach((o, h) => {
        let r = s + (h >> 3) * 8 * e + (h & 7);
        for (let a = 0; a < o.length; a++) i[r + 8 * a] = o[a];
      });
    }
    #g(t, { frame: s, half: e, rows: i }, o, h) {
      let { floats: r } = this.#t, { samples: a, first: l, end: c } = t, f = o + (s >> 1) - l, d = o + (s - 1 >> 1) - l, [p, u, m] = [this.#l + h * i, this.#c + h * i, c - l];
      for (let w = 0; w < e; w++) {
        let g = f + w >= 0 && f + w < m ? a[f + w] : 0, b = d - w >= 0 && d - w < m ? a[d - w] : 0;
        r[p + w] = b + g, r[u + w] = g - b;
      }
      s % 2 && (r[p] /= 2);
    }
    #M(t, s) {
      let [e, i] = [this.#t, this.#o];
      e.floats.fill(0, this.#p, this.#f + 2 * this.#i * i), e.multiply(this.#l, s, this.#a, this.#p, i, t, s, i), e.multiply(this.#c, s, this.#r, this.#f, i, t, s, i);
    }
    #x(t, s, e) {
      let { floats: i } = this.#t, { bands: o, perBand: h, quiet: r } = this.#s.features, [a, l] = [this.#p + t, this.#f + t];
      for (let c = 0; c < o; c++) {
        let f = 0;
        for (let u = c * h; u < (c + 1) * h; u++) f += i[a + u] ** 2 + i[l + u] ** 2;
        let d = e + c, p = Math.log(1 + f / (h * r));
        i[s + d] = this.#n[d] * p + this.#h[d];
      }
    }
  };
  function B(n) {
    let t = Math.fround;
    return (s, e, i, o, h, r, a, l) => {
      for (let c = 0; c < r; c++) {
        let f = (s >> 2) + c * e, d = i >> 2;
        for (let p = 0; p < l; p += 8) {
          let u = (o >> 2) + c * h + p, m = n[u], w = n[u + 1], g = n[u + 2], b = n[u + 3], R = n[u + 4], U = n[u + 5], _ = n[u + 6], L = n[u + 7];
          for (let $ = 0; $ < a; $++, d += 8) {
            let y = n[f + $];
            m = t(m + t(y * n[d])), w = t(w + t(y * n[d + 1])), g = t(g + t(y * n[d + 2])), b = t(b + t(y * n[d + 3])), R = t(R + t(y * n[d + 4])), U = t(U + t(y * n[d + 5])), _ = t(_ + t(y * n[d + 6])), L = t(L + t(y * n[d + 7]));
          }
          n[u] = m, n[u + 1] = w, n[u + 2] = g, n[u + 3] = b, n[u + 4] = R, n[u + 5] = U, n[u + 6] = _, n[u + 7] = L;
        }
      }
    };
  }
  var D = 65536, M = class {
    #e;
    #t = null;
    #s = 0;
    floats;
    #i;
    constructor(t) {
      if (this.#e = t, t) {
        this.#t = new WebAssembly.Memory({ initial: 1 });
        let { exports: s } = new WebAssembly.Instance(t, { env: { memory: this.#t } });
        this.#i = s.mac, this.floats = new Float32Array(this.#t.buffer);
      } else this.floats = new Float32Array(D / 4), this.#i = B(this.floats);
    }
    get kind() {
      return this.#e ? "wasm" : "plain";
    }
    get bytes() {
      return this.floats.byteLength;
    }
    allocate(t) {
      let s = this.#s;
      return this.#s += Math.ceil(t / 4) * 4, this.#s > this.floats.length && this.#n(this.#s * 4 - this.bytes), s;
    }
    multiply(t, s, e, i, o, h, r, a) {
      this.#i(4 * t, s, 4 * e, 4 * i, o, h, r, a);
    }
    #n(t) {
      let s = Math.ceil(t / D);
      if (this.#t) {
        this.#t.grow(s), this.floats = new Float32Array(this.#t.buffer);
        return;
      }
      let e = new Float32Array(this.floats.length + s * D / 4);
      e.set(this.floats), this.floats = e, this.#i = B(e);
    }
  };
  var v = class {
    #e;
    #t;
    #s;
    constructor(t, s, e, i, o) {
      this.#e = t, this.width = e, this.length = s * e, this.#s = o, this.#t = t.allocate((s + i) * e);
    }
    get past() {
      return this.#t;
    }
    get now() {
      return this.#t + this.length;
    }
    load(t) {
      this.#e.floats.set(t.subarray(this.#s, this.#s + this.length), this.#t);
    }
    save(t, s) {
      let e = this.#t + s * this.width;
      t.set(this.#e.floats.subarray(e, e + this.length), this.#s);
    }
  };
  var x = class {
    #e;
    #t;
    #s;
    constructor(t, s, e, i = 1) {
      let o = s.get(`${e}.weights`), h = s.get(`${e}.bias`).values, [r, a] = o.shape;
      this.#e = t, this.part = S(r / i), this.outputs = S(a), this.#t = t.allocate(i * this.part * this.outputs), this.#s = t.allocate(this.outputs), t.floats.set(h, this.#s);
      for (let l = 0; l < i; l++) this.#i(o, l, r / i);
    }
    fill(t, s) {
      let { floats: e } = this.#e;
      for (let i = 0; i < s; i++) e.copyWithin(t + i * this.outputs, this.#s, this.#s + this.outputs);
    }
    add(t, s, e, i, o) {
      let h = this.#t + e * this.part * this.outputs;
      this.#e.multiply(t, s, h, i, this.outputs, o, this.part, this.outputs);
    }
    #i({ shape: [, t], values: s }, e, i) {
      let { floats: o } = this.#e, h = this.#t + e * this.part * this.outputs;
      for (let r = 0; r < i; r++) for (let a = 0; a < t; a++) {
        let l = h + (a - a % 8) * this.part;
        o[l + r * 8 + a % 8] = s[(e * i + r) * t + a];
      }
    }
  };
  var N = class {
    #e;
    #t;
    #s;
    #i;
    #n;
    #h;
    #o;
    #u;
    #a;
    #r;
    #l;
    constructor(t, { stem: s, dilations: e }, i, o) {
      let h = (l) => i.get(l).values;
      this.#e = t, this.#t = new x(t, i, "stem", s), this.#s = e.map((l, c) => ({ taps: new x(t, i, `block${c}.taps`, 2), mix: new x(t, i, `block${c}.mix`) })), this.#i = new x(t, i, "faces"), this.#n = h("norm.scale"), this.#h = h("norm.shift");
      let r = this.#t.outputs, a = (s - 1) * this.#t.part;
      this.#o = [new v(t, s - 1, this.#t.part, o, 0)];
      for (let l of e) this.#o.push(new v(t, l, r, o, a)), a += l * r;
      this.#u = a, this.#a = t.allocate(o * r), this.#r = t.allocate(o * r), this.#l = t.allocate(o * this.#i.outputs);
    }
    get featureStride() {
      return this.#t.part;
    }
    get features() {
      return this.#o[0].now;
    }
    get faceStride() {
      return this.#i.outputs;
    }
    newState() {
      return new Float32Array(this.#u);
    }
    load(t) {
      for (let s of this.#o) s.load(t);
    }
    save(t, s) {
      for (let e of this.#o) e.save(t, s);
    }
    compute(t) {
      let [s, ...e] = this.#o;
      this.#t.fill(e[0]?.now ?? this.#a, t), this.#c(s, e[0]?.now ?? this.#a, t);
      for (let [i, o] of this.#s.entries()) this.#p(o, e[i], e[i + 1]?.now ?? this.#a, t);
      return this.#f(t), this.#i.fill(this.#l, t), this.#i.add(this.#a, this.#i.part, 0, this.#l, t), this.#l;
    }
    #c({ past: t, width: s, length: e }, i, o) {
      for (let h = 0; h * s <= e; h++) this.#t.add(t + h * s, s, h, i, o);
      this.#w(i, o * this.#t.outputs);
    }
    #p({ taps: t, mix: s }, e, i, o) {
      let { floats: h } = this.#e;
      t.fill(this.#r, o), t.add(e.past, e.width, 0, this.#r, o), t.add(e.now, e.width, 1, this.#r, o), this.#w(this.#r, o * e.width), s.fill(i, o), s.add(this.#r, e.width, 0, i, o);
      for (let r = 0; r < o * e.width; r++) h[i + r] += h[e.now + r];
    }
    #f(t) {
      let { floats: s } = this.#e, e = this.#i.part;
      for (let i = 0; i < t; i++) for (let o = 0; o < this.#n.length; o++) {
        let h = this.#a + i * e + o;
        s[h] = Math.max(0, s[h] * this.#n[o] + this.#h[o]);
      }
    }
    #w(t, s) {
      let { floats: e } = this.#e;
      for (let i = t; i < t + s; i++) e[i] > 0 || (e[i] = 0);
    }
  };
  var K = (n) => Math.min(1, Math.max(0, n)), I = class {
    #e;
    #t;
    #s;
    constructor(t) {
      this.#e = t.get("rig.yields"), this.#t = t.get("rig.shapes"), this.#s = new Float32Array(this.#t.shape[0]);
    }
    get width() {
      return this.#t.shape[1];
    }
    write(t, s, e, i) {
      let o = this.#s, { shape: h, values: r } = this.#e, [a, l] = h;
      for (let f = 0; f < l; f++) o[f] = K(t[s + f]);
      let c = o.slice(l - a);
      for (let f = 0; f < l; f++) {
        let d = c.reduce((p, u, m) => p + u * r[m * l + f], 1);
        o[f] *= K(d);
      }
      for (let f = 0; f < this.width; f++) e[i + f] = K(this.#i(f));
    }
    #i(t) {
      let s = 0;
      for (let e = 0; e < this.#s.length; e++) s += this.#s[e] * this.#t.values[e * this.width + t];
      return s;
    }
  };
  var F = class {
    samples = new Float32Array(4096);
    first;
    end;
    constructor(t = 0) {
      this.first = this.end = t;
    }
    write(t) {
      let s = this.end - this.first;
      if (s + t.length > this.samples.length) {
        let e = new Float32Array(Math.max(s + t.length, 2 * this.samples.length));
        e.set(this.samples.subarray(0, s)), this.samples = e;
      }
      this.samples.set(t, s), this.end += t.length;
    }
    drop(t) {
      let s = Math.min(t, this.end) - this.first;
      if (s <= 0 || 2 * s < this.samples.length) return;
      let e = this.end - this.first - s;
      4 * e < this.samples.length && this.samples.length > 65536 ? this.samples = this.samples.slice(s, s + Math.max(2 * e, 4096)) : this.samples.copyWithin(0, s, s + e), this.first += s;
    }
  };
  var T = class {
    #e;
    #t;
    #s;
    #i;
    #n;
    #h;
    #o = false;
    constructor(t, s, e, i, o) {
      this.#e = t, this.#t = s, this.#s = e, this.#i = new F(o), this.#n = this.#h = i;
    }
    get bytes() {
      return this.#s.byteLength + this.#i.samples.byteLength;
    }
    write(t) {
      this.#i.write(t);
    }
    end() {
      this.#o = true;
    }
    get over() {
      return this.#o && this.due === 0;
    }
    get due() {
      let { end: t } = this.#i;
      if (this.#o) return Math.max(0, this.#t.steps(t) + this.#e.layout.lead - this.#h);
      let { rate: s, stepRate: e, window: i, before: o } = this.#t, h = Math.floor((t - i + o) * e / s) + 1;
      for (; this.#t.start(h) + i > t; ) h--;
      return Math.max(0, h + 1 - this.#h);
    }
    run(t = Number.POSITIVE_INFINITY) {
      let { width: s, layout: e } = this.#e, i = Math.min(this.due, t), o = new Float32Array(i * s);
      this.#e.compute(this.#s, this.#i, this.#t, this.#h, o);
      let h = this.#h - e.lead;
      this.#h += i, this.#i.drop(this.#t.start(this.#h));
      let r = Math.min(i, Math.max(0, this.#n - h));
      return { first: h + r, weights: o.subarray(r * s) };
    }
  };
  var P = 16, O = class {
    #e;
    #t;
    #s;
    constructor({ layout: t, tensors: s }, e) {
      this.layout = t, this.heap = new M(e), this.#t = new N(this.heap, t, s, P), this.#e = new E(this.heap, t, s, P), this.#s = new I(s);
    }
    open(t, { step: s = 0, sample: e = 0 } = {}) {
      return new T(this, this.#e.sizes(t), this.#t.newState(), s, e);
    }
    get width() {
      return this.#s.width;
    }
    compute(t, s, e, i, o) {
      let h = o.length / this.width;
      for (let r = 0; r < h; r += P) {
        let a = Math.min(P, h - r);
        this.#t.load(t);
        let { features: l, featureStride: c, faceStride: f } = this.#t;
        this.#e.compute(s, e, i + r, a, l, c);
        let d = this.#t.compute(a);
        this.#t.save(t, a);
        for (let p = 0; p < a; p++) this.#s.write(this.heap.floats, d + p * f, o, (r + p) * this.width);
      }
    }
  };
  var ot = { float16: 2, float32: 4 };
  async function j(n) {
    let t = await nt(n), s = 4 + new DataView(t.buffer).getUint32(0, true), e = ht(t.subarray(4, s));
    if (e.version !== 1) throw new Error(`The network has version ${e.version}, but this client reads version 1; use the network.bin of the client's own package.`);
    let i = t.subarray(s);
    return { layout: e, tensors: new Map(e.tensors.map((o) => [o.name, rt(o, i)])) };
  }
  async function nt(n) {
    let t = new Uint8Array(n);
    if (t[0] !== 31 || t[1] !== 139) return W(t, 8);
    if (typeof DecompressionStream > "u") throw new Error("This browser cannot decompress the network (no DecompressionStream).");
    try {
      let s = new Blob([t]).stream().pipeThrough(new DecompressionStream("gzip"));
      return W(new Uint8Array(await new Response(s).arrayBuffer()), 8);
    } catch {
      throw new Error("The network file is cut or damaged; upload or download it again.");
    }
  }
  function ht(n) {
    try {
      let t = JSON.parse(new TextDecoder().decode(n));
      if (t.format === "a2f-network") return t;
    } catch {
    }
    throw new Error("The file is not a network; give the address of network.bin.");
  }
  function rt({ shape: n, type: t, at: s }, e) {
    let i = n.reduce((l, c) => l * c, 1), o = ot[t], h = new Uint8Array(i * o), r = W(e.subarray(s, s + i * o), i * o);
    for (let l = 0; l < o; l++) for (let c = 0; c < i; c++) h[c * o + l] = r[l * i + c];
    let a = o === 2 ? at(new Uint16Array(h.buffer)) : new Float32Array(h.buffer);
    return { shape: n, values: a };
  }
  function W(n, t) {
    if (n.length < t) throw new Error("The network file is cut; upload or download it again.");
    return n;
  }
  function at(n) {
    let t = new Float32Array(n.length), s = new Uint32Array(t.buffer);
    for (let e = 0; e < n.length; e++) {
      let [i, o, h] = [n[e] & 32768, n[e] >> 10 & 31, n[e] & 1023];
      o > 0 ? s[e] = i << 16 | o + 112 << 23 | h << 13 : t[e] = (i ? -h : h) * 2 ** -24;
    }
    return t;
  }
  var lt = 0.5, ct = 24, ft = 8, ut = 3e3;
  async function X(n) {
    try {
      let t = await WebAssembly.compile(n), [s, e] = [Q(new M(t)), Q(new M(null))];
      return s.every((i, o) => i === e[o]) ? t : null;
    } catch {
      return null;
    }
  }
  function Q(n) {
    let [t, s, e] = [5, 12, 40], [i, o, h] = [n.allocate(t * s), n.allocate(s * e), n.allocate(t * e)];
    for (let r = i; r < h; r++) n.floats[r] = r * 7919 % 1009 / 1009 - 0.3;
    return n.multiply(i, s, o, h, e, t, s, e), n.floats.slice(h, h + t * e);
  }
  async function Z(n, t, s) {
    let { stepRate: i } = n.layout, o = lt * 1e3 / i, h = n.open(16e3), r = Number.POSITIVE_INFINITY, a = 0;
    for (let l = 0; l < (r > o ? ct : ft) && a < ut; l++) {
      h.write(new Float32Array(16e3 / i).fill(0.1));
      let c = t();
      h.run();
      let f = t() - c;
      r = Math.min(r, f), a += f, await s();
    }
    return { stepMs: r, fast: r <= o };
  }
  var pt = 8, dt = 4, Y = class {
    #e;
    #t;
    #s = null;
    #i = /* @__PURE__ */ new Map();
    #n = /* @__PURE__ */ new Set();
    #h = new MessageChannel();
    #o = false;
    constructor(t, s) {
      this.#e = t, this.#t = s, this.#h.port1.onmessage = () => this.#f(), t.onmessage = ({ data: e }) => {
        this.#u(e);
      }, this.#d({ type: "hello" });
    }
    #u(t) {
      if (t.type === "load") return this.#a(t);
      if (t.type === "stop") return this.#p();
      if (t.type === "open") return this.#l(t);
      let s = this.#i.get(t.voice);
      if (t.type === "write") s?.write(t.samples);
      else if (t.type === "end") s?.end();
      else return this.#c(t.voice);
      s && this.#n.add(t.voice), this.#o || this.#f();
    }
    async #a({ file: t, wasm: s }) {
      try {
        let e = await j(t), i = new O(e, await X(s)), { stepMs: o, fast: h } = await Z(i, this.#t, wt);
        if (!h) return this.#r("slow", mt(o));
        this.#s = i;
        let { stepRate: r, lead: a, blendshapes: l, expressions: c } = i.layout, { kind: f } = i.heap;
        this.#d({ type: "ready", kernel: f, stepMs: o, stepRate: r, lead: a, blendshapes: l, expressions: c });
      } catch (e) {
        this.#r("file", e.message);
      }
    }
    #r(t, s) {
      this.#d({ type: "failed", reason: t, message: s });
    }
    #l({ voice: t, rate: s, step: e, sample: i }) {
      this.#s && this.#i.set(t, this.#s.open(s, { step: e, sample: i }));
    }
    #c(t) {
      this.#i.delete(t), this.#n.delete(t);
    }
    #p() {
      this.#i.clear(), this.#n.clear(), this.#h.port1.close(), this.#e.close?.();
    }
    #f() {
      this.#o = false;
      let t = this.#t() + dt;
      for (let s of this.#n) if (this.#n.delete(s), this.#w(s) && this.#n.add(s), this.#t() >= t) break;
      this.#n.size !== 0 && (this.#o = true, this.#h.port2.postMessage(null));
    }
    #w(t) {
      let s = this.#i.get(t), { first: e, weights: i } = s.run(pt);
      return i.length > 0 && this.#d({ type: "frames", voice: t, first: e, weights: i.slice() }), s.over ? (this.#d({ type: "end", voice: t }), this.#c(t), false) : s.due > 0;
    }
    #d(t) {
      this.#e.postMessage(t, t.type === "frames" ? [t.weights.buffer] : []);
    }
  };
  function wt() {
    return new Promise((n) => {
      setTimeout(n, 0);
    });
  }
  function mt(n) {
    return `This device is too slow for the network: 20 ms of audio take ${n.toFixed(0)} ms.`;
  }
  function Qt(n, t = () => performance.now()) {
    new Y(n, t);
  }
  Qt(port, now);
}, selfContained: true };

// src/network/host.js
var HELLO_MS = 5e3;
async function startService(platform, script) {
  const { Worker } = platform;
  const ways = [];
  if (Worker && script) ways.push(() => new Worker(script));
  if (Worker && service.selfContained) ways.push(() => blobWorker(Worker));
  for (const way of ways) {
    const port = await fromWorker(platform, way);
    if (port) return port;
  }
  return inPage();
}
function blobWorker(Worker) {
  const source = `({${service.serve}}).serve(self)`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  const revoke = () => URL.revokeObjectURL(url);
  for (const event of ["message", "error"]) worker.addEventListener(event, revoke, { once: true });
  return worker;
}
function fromWorker(platform, create) {
  return new Promise((resolve) => {
    let worker;
    const settle = (up) => {
      platform.clearTimeout(timer);
      if (!up) worker?.terminate();
      resolve(up ? portOf(worker) : null);
    };
    const timer = platform.setTimeout(() => settle(false), HELLO_MS);
    try {
      worker = create();
    } catch {
      return settle(false);
    }
    worker.onmessage = () => settle(true);
    worker.onerror = (event) => {
      event.preventDefault?.();
      settle(false);
    };
  });
}
function portOf(worker) {
  return {
    place: "worker",
    send: (request, transfer = []) => worker.postMessage(request, transfer),
    listen: (listener) => {
      worker.onmessage = ({ data }) => listener(data);
    },
    stop: () => worker.terminate()
  };
}
function inPage() {
  const { port1, port2 } = new MessageChannel();
  service.serve(port2);
  return {
    place: "page",
    send: (request, transfer = []) => port1.postMessage(request, transfer),
    listen: (listener) => {
      port1.onmessage = ({ data }) => listener(data);
    },
    stop: () => port1.postMessage({ type: "stop" })
  };
}
function kernelBytes() {
  return Uint8Array.from(KERNEL_WASM.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}
async function fetchNetwork({ fetch }, url) {
  if (!fetch) throw unavailable("This browser has no fetch.");
  const response = await fetch(url).catch((error) => {
    throw unavailable(
      `Cannot load the network from ${url} (${error.message}); check the address, the page's connect-src and, on another origin, that its server sends Access-Control-Allow-Origin.`
    );
  });
  if (!response.ok) throw unavailable(`Cannot load the network: ${url} answers ${response.status}.`);
  return response.arrayBuffer();
}
function unavailable(message) {
  return new A2FError("network_unavailable", message);
}

// src/network/shared_network.js
var NETWORKS = /* @__PURE__ */ new Map();
function acquireNetwork(platform, url, script) {
  const key = `${url} ${script ?? ""}`;
  const network = NETWORKS.get(key) ?? new SharedNetwork(platform, url, script, () => NETWORKS.delete(key));
  NETWORKS.set(key, network);
  network.users++;
  return network;
}
var SharedNetwork = class {
  users = 0;
  /** Set once it can be used. @type {NetworkInfo | null} */
  info = null;
  #platform;
  #url;
  #script;
  #onUnused;
  /** @type {NetworkPort | null} */
  #port = null;
  /** @type {Promise<NetworkInfo> | null} */
  #loading = null;
  #stopped = false;
  /** @type {Map<number, VoiceListener>} */
  #voices = /* @__PURE__ */ new Map();
  #lastVoice = 0;
  /**
   * @param {Platform} platform
   * @param {string} url
   * @param {string | null} script
   * @param {() => void} onUnused
   */
  constructor(platform, url, script, onUnused) {
    this.#platform = platform;
    this.#url = url;
    this.#script = script;
    this.#onUnused = onUnused;
  }
  /**
   * Loads and tests the network, once. After a failed download the next call tries again.
   * @returns {Promise<NetworkInfo>} rejects with `network_unavailable` and what to do
   */
  load() {
    this.#loading ??= this.#load();
    return this.#loading;
  }
  /**
   * Opens a voice; {@link info} must be set.
   * @param {number} rate Hertz
   * @param {{step: number, sample: number}} start the first step to compute, and the position of the first sample
   * @param {VoiceListener} listener
   */
  open(rate, { step, sample: sample2 }, listener) {
    const voice = ++this.#lastVoice;
    const send = (request, transfer = []) => this.#port?.send({ voice, ...request }, transfer);
    this.#voices.set(voice, listener);
    send({ type: "open", rate, step, sample: sample2 });
    return {
      /** @param {Float32Array<ArrayBuffer>} samples mono; the array is given away */
      write: (samples) => send({ type: "write", samples }, [samples.buffer]),
      end: () => send({ type: "end" }),
      close: () => {
        if (this.#voices.delete(voice)) send({ type: "close" });
      }
    };
  }
  /** Stops the worker with its last user. */
  release() {
    if (--this.users > 0) return;
    this.#onUnused();
    this.#stopped = true;
    this.#port?.stop();
    this.#port = this.info = null;
  }
  async #load() {
    let file;
    try {
      file = await fetchNetwork(this.#platform, this.#url);
    } catch (error) {
      this.#loading = null;
      throw error;
    }
    const port = await startService(this.#platform, this.#script);
    if (this.#stopped) port.stop();
    this.#port = port;
    this.info = await this.#ready(port, file);
    return this.info;
  }
  /**
   * @param {NetworkPort} port
   * @param {ArrayBuffer} file
   * @returns {Promise<NetworkInfo>}
   */
  #ready(port, file) {
    return new Promise((resolve, reject) => {
      port.listen((answer) => {
        if (answer.type === "ready") resolve({ place: port.place, ...answer, columns: columnsOf2(answer) });
        else if (answer.type === "failed") {
          port.stop();
          reject(unavailable(answer.reason === "slow" ? answer.message : `${this.#url}: ${answer.message}`));
        } else this.#onAnswer(answer);
      });
      port.send({ type: "load", file, wasm: kernelBytes() }, [file]);
    });
  }
  /** @param {Answer} answer */
  #onAnswer(answer) {
    if (answer.type === "frames") this.#voices.get(answer.voice)?.onFrames(answer.first, answer.weights);
    if (answer.type !== "end") return;
    this.#voices.get(answer.voice)?.onEnd();
    this.#voices.delete(answer.voice);
  }
};
function columnsOf2({ blendshapes }) {
  return Int16Array.from(blendshapes, (name) => BLENDSHAPES.indexOf(
    /** @type {any} */
    name
  ));
}

// src/frame_track.js
var TAIL_S = 0.1;
var WIDEST_S = 0.1;
var SPLICE_FRAMES = 6;
var FrameTrack = class {
  #data;
  #width;
  #first = 0;
  #end = 0;
  #complete = false;
  #splice = -1;
  /** @type {Float32Array | null} */
  #spliceFrom = null;
  /**
   * @param {number} fps frames per second
   * @param {number} [width] weights per frame
   */
  constructor(fps, width = SHAPE_COUNT) {
    this.fps = fps;
    this.#width = width;
    this.#data = new Float32Array(64 * width);
  }
  /** Index after the last frame. */
  get end() {
    return this.#end;
  }
  /** Marks the track as complete. */
  finish() {
    this.#complete = true;
  }
  /** Allows more frames after all, because the server starts over. */
  reopen() {
    this.#complete = false;
  }
  /**
   * Returns the seconds of frames after an instant: negative if frames are late, Infinity if the track is
   * complete, −Infinity if it is empty or has ended.
   * @param {number} time seconds
   */
  ahead(time) {
    if (this.#end === this.#first) return -Infinity;
    if (this.#complete) return time <= this.#end / this.fps + TAIL_S ? Infinity : -Infinity;
    return (this.#end - 1) / this.fps - time;
  }
  /**
   * Writes frames. A gap before them is interpolated linearly.
   * @param {number} first index of the first frame
   * @param {ArrayLike<number>} values frames × columns
   * @param {ArrayLike<number> | null} [columns] index here for each column of `values`, −1 to skip it
   * @param {number} [scale] factor for each value
   */
  put(first, values, columns = null, scale = 1) {
    const stride = columns ? columns.length : this.#width;
    const count = Math.floor(values.length / stride);
    if (this.#end === this.#first) this.#first = this.#end = first;
    if (count === 0 || first < this.#first) return;
    this.#reserve(first + count);
    const before = this.#end;
    for (let i = 0; i < count; i++) this.#putFrame(first + i, values, i * stride, columns, scale);
    if (first > before) this.#interpolateGap(before, first);
    this.#end = Math.max(before, first + count);
  }
  /**
   * Marks the frame at which a new server utterance continues an earlier one. Its first frames are blended
   * with the frames before.
   * @param {number} frame
   */
  splice(frame) {
    this.#splice = frame;
    this.#spliceFrom = null;
  }
  /**
   * Reads the face at an instant with a triangular kernel. Without smoothing its width is that of linear
   * interpolation; with smoothing it is wider but stays symmetric, so it adds no lag at any display rate.
   * @param {number} time seconds
   * @param {Float32Array} out one frame
   * @param {number} [smoothing] 0–1
   */
  sample(time, out, smoothing = 0) {
    out.fill(0);
    if (this.#end === this.#first) return;
    const x = Math.min(Math.max(time * this.fps, this.#first), this.#end - 1);
    const reach = 1 + smoothing * WIDEST_S * this.fps;
    const from = Math.max(this.#first, Math.ceil(x - reach));
    const to = Math.min(this.#end - 1, Math.floor(x + reach));
    let total = 0;
    for (let frame = from; frame <= to; frame++) total += reach - Math.abs(x - frame);
    for (let frame = from; frame <= to; frame++)
      this.#addFrame(frame, out, (reach - Math.abs(x - frame)) / total);
  }
  /**
   * Drops frames before an instant.
   * @param {number} time seconds
   */
  trim(time) {
    const keep = Math.min(Math.floor(time * this.fps), this.#end - 1);
    if (keep - this.#first < this.fps * 30) return;
    this.#data.copyWithin(0, (keep - this.#first) * this.#width, (this.#end - this.#first) * this.#width);
    this.#first = keep;
  }
  /**
   * @param {number} frame
   * @param {Float32Array} out
   * @param {number} gain
   */
  #addFrame(frame, out, gain) {
    const at = (frame - this.#first) * this.#width;
    for (let i = 0; i < this.#width; i++) out[i] += this.#data[at + i] * gain;
  }
  /**
   * @param {number} frame
   * @param {ArrayLike<number>} values
   * @param {number} offset
   * @param {ArrayLike<number> | null} columns
   * @param {number} scale
   */
  #putFrame(frame, values, offset, columns, scale) {
    const at = (frame - this.#first) * this.#width;
    if (frame === this.#splice) this.#rememberBeforeSplice();
    for (let i = 0; i < (columns ? columns.length : this.#width); i++) {
      const column = columns ? columns[i] : i;
      if (column >= 0) this.#data[at + column] = values[offset + i] * scale;
    }
    const past = frame - this.#splice;
    if (this.#spliceFrom && past >= 0 && past < SPLICE_FRAMES)
      this.#blendSplice(at, (past + 1) / (SPLICE_FRAMES + 1));
  }
  #rememberBeforeSplice() {
    const at = (this.#splice - 1 - this.#first) * this.#width;
    const known = at >= 0 && this.#splice <= this.#end;
    this.#spliceFrom = known ? this.#data.slice(at, at + this.#width) : null;
  }
  /**
   * @param {number} at
   * @param {number} share weight of the new frame, 0–1
   */
  #blendSplice(at, share) {
    const from = (
      /** @type {Float32Array} */
      this.#spliceFrom
    );
    for (let i = 0; i < this.#width; i++) {
      this.#data[at + i] = from[i] + (this.#data[at + i] - from[i]) * share;
    }
  }
  /**
   * @param {number} from
   * @param {number} to
   */
  #interpolateGap(from, to) {
    const width = this.#width;
    const left = (from - 1 - this.#first) * width;
    const right = (to - this.#first) * width;
    for (let frame = from; frame < to; frame++) {
      const share = (frame - from + 1) / (to - from + 1);
      const at = (frame - this.#first) * width;
      for (let i = 0; i < width; i++) {
        this.#data[at + i] = this.#data[left + i] * (1 - share) + this.#data[right + i] * share;
      }
    }
  }
  /** @param {number} end */
  #reserve(end) {
    const needed = (end - this.#first) * this.#width;
    if (needed <= this.#data.length) return;
    const grown = new Float32Array(Math.max(needed, this.#data.length * 2));
    grown.set(this.#data);
    this.#data = grown;
  }
};

// src/network/source.js
var KEEP_S = 2;
var UNUSED_MS = 2e3;
var NetworkSource = class {
  rank = (
    /** @type {const} */
    "network"
  );
  #network;
  #hooks;
  #alone;
  #track = new FrameTrack(50);
  /** @type {ReturnType<SharedNetwork["open"]> | null} */
  #voice = null;
  #sampleRate = 0;
  /** @type {{start: number, samples: Float32Array}[]} */
  #kept = [];
  /** Samples so far. */
  #end = 0;
  #finished = false;
  #closed = false;
  #starting = false;
  #prepared = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  /**
   * @param {SharedNetwork} network
   * @param {NetworkHooks} hooks
   * @param {boolean} alone there is no better source: it starts with the first audio
   */
  constructor(network, hooks, alone) {
    this.#network = network;
    this.#hooks = hooks;
    this.#alone = alone;
  }
  /** @param {number} sampleRate Hertz */
  setSampleRate(sampleRate) {
    this.#sampleRate = sampleRate;
  }
  /** Adds audio. @param {readonly Float32Array[]} planes one array per channel */
  push(planes) {
    if (this.#closed) return;
    const samples = monoOf(planes);
    if (!this.#voice || !this.#alone) this.#keep(samples);
    this.#end += samples.length;
    if (this.#voice) this.#voice.write(samples.slice());
    else if (this.#alone) this.#start();
    else this.#prepare();
    if (this.#voice && !this.#alone && this.#hooks.now() - this.#askedAt > UNUSED_MS) this.#rest();
  }
  /** No more audio follows. */
  finish() {
    this.#finished = true;
    this.#voice?.end();
  }
  close() {
    this.#closed = true;
    this.#rest();
    this.#kept = [];
  }
  /** @param {number} time seconds */
  trim(time) {
    this.#track.trim(time);
  }
  /**
   * Returns the seconds of frames after an instant. Only asked if no better source has any, so the network starts.
   * @param {number} time seconds
   */
  ahead(time) {
    this.wake(time);
    return this.#track.ahead(time);
  }
  /** Starts the network: better sources will have nothing from this instant on. @param {number} time seconds */
  wake(time) {
    this.#askedAt = this.#hooks.now();
    const isOver = this.#finished && time * this.#sampleRate >= this.#end;
    if (!this.#voice && !isOver) this.#start();
  }
  /**
   * @param {number} time seconds
   * @param {Float32Array} out
   * @param {number} smoothing
   */
  sample(time, out, smoothing) {
    this.#track.sample(time, out, smoothing);
  }
  /** Seconds of frames from the beginning of the utterance. */
  get inHand() {
    return this.#track.ahead(0);
  }
  /** Loads the network while the server animates, so that it is ready when the server is lost. */
  #prepare() {
    if (this.#prepared) return;
    this.#prepared = true;
    this.#network.load().catch((error) => this.#hooks.onUnavailable(error));
  }
  #start() {
    if (this.#starting || this.#closed || this.#end === 0) return;
    if (this.#network.info) return this.#open(this.#network.info);
    this.#starting = true;
    this.#network.load().then((info) => !this.#closed && this.#open(info)).catch((error) => this.#hooks.onUnavailable(error)).finally(() => {
      this.#starting = false;
    });
  }
  /** Starts a voice with the audio that is kept. @param {NetworkInfo} info */
  #open({ stepRate, lead, columns }) {
    const needed = Math.floor((this.#hooks.position() - KEEP_S) * this.#sampleRate);
    const first = Math.max(needed, this.#kept[0]?.start ?? this.#end);
    const step = first === 0 ? 0 : Math.ceil(first * stepRate / this.#sampleRate);
    const track = new FrameTrack(stepRate);
    this.#track = track;
    this.#voice = this.#network.open(
      this.#sampleRate,
      { step, sample: first },
      {
        onFrames: (frame, weights) => {
          const newest = track.end === 0 ? Number.NEGATIVE_INFINITY : (track.end - 1) / stepRate;
          track.put(frame, weights, columns);
          this.#hooks.onFrames(newest);
        },
        onEnd: () => {
          const newest = (track.end - 1) / stepRate;
          track.finish();
          this.#hooks.onFrames(newest);
        }
      }
    );
    this.#hooks.onStarted((lead + 1) / stepRate);
    for (const { start, samples } of this.#kept)
      if (start + samples.length > first) this.#voice.write(samples.slice(Math.max(0, first - start)));
    if (this.#alone) this.#kept = [];
    if (this.#finished) this.#voice.end();
  }
  #rest() {
    this.#voice?.close();
    this.#voice = null;
  }
  /** @param {Float32Array} samples */
  #keep(samples) {
    this.#kept.push({ start: this.#end, samples });
    const before = (this.#hooks.position() - KEEP_S) * this.#sampleRate;
    let drop = 0;
    while (drop < this.#kept.length - 1 && this.#kept[drop + 1].start <= before) drop++;
    if (drop > 50) this.#kept.splice(0, drop);
  }
};
function monoOf(planes) {
  const [left, right] = planes;
  return right ? left.map((sample2, i) => (sample2 + right[i]) / 2) : left;
}

// src/network_animation.js
var NetworkAnimation = class {
  #platform;
  #settings;
  #onError;
  /** @type {SharedNetwork | null} */
  #network = null;
  #address = "";
  #reported = false;
  /**
   * @param {Platform} platform
   * @param {() => Settings} settings
   * @param {(error: A2FError) => void} onError the network cannot be used
   */
  constructor(platform, settings, onError) {
    this.#platform = platform;
    this.#settings = settings;
    this.#onError = onError;
  }
  /** What runs where; null if nothing was loaded. @returns {Pick<NetworkInfo, "place" | "kernel" | "stepMs"> | null} */
  get info() {
    const info = this.#network?.info;
    return info ? { place: info.place, kernel: info.kernel, stepMs: info.stepMs } : null;
  }
  /** Follows a change of the settings with the next utterance. */
  configure() {
    if (this.#network && this.#wanted() !== this.#address) this.dispose();
  }
  /** @param {Utterance} utterance */
  attach(utterance) {
    if (!this.#settings().network) return;
    const network = this.#acquired();
    if (!network) return;
    const hooks = {
      position: () => utterance.position(),
      now: this.#platform.now,
      onStarted: (lookahead) => utterance.sink.expectLookahead?.(lookahead),
      onFrames: (newest) => utterance.onNetworkFrames(newest),
      onUnavailable: (error) => {
        this.#report(error);
        utterance.onNetworkUnavailable();
      }
    };
    utterance.sources.addNetwork(new NetworkSource(network, hooks, this.#settings().serverUrl === false));
  }
  /**
   * Returns the table of expressions, which is part of the network's file; null if the client uses no network.
   * @returns {Promise<object> | null}
   */
  expressions() {
    return this.load()?.then(({ expressions }) => expressions) ?? null;
  }
  /**
   * Loads the network before it is needed; null if the client uses none.
   * @returns {Promise<NetworkInfo> | null} rejects with `network_unavailable`
   */
  load() {
    if (!this.#settings().network || !this.#acquired()) return null;
    return (
      /** @type {SharedNetwork} */
      this.#network.load()
    );
  }
  dispose() {
    this.#network?.release();
    this.#network = null;
    this.#reported = false;
  }
  #acquired() {
    const url = this.#url();
    if (!url) {
      this.#report(unavailable("network: true needs a server; give the address of network.bin instead."));
      return null;
    }
    this.#address = this.#wanted();
    this.#network ??= acquireNetwork(this.#platform, url, this.#options.worker ?? null);
    return this.#network;
  }
  /** @returns {{url?: string, worker?: string}} */
  get #options() {
    const { network } = this.#settings();
    if (typeof network === "string") return { url: network };
    return typeof network === "object" ? network : {};
  }
  /** Address of the file; null if neither it nor a server is known. */
  #url() {
    const { serverUrl } = this.#settings();
    const { url } = this.#options;
    return url ?? (serverUrl ? `${addresses(serverUrl).http}/network/network.bin` : null);
  }
  #wanted() {
    return this.#settings().network ? `${this.#url()} ${this.#options.worker}` : "";
  }
  /** Reports once why the network is not used. @param {A2FError} error */
  #report(error) {
    if (this.#reported) return;
    this.#reported = true;
    this.#onError(error);
  }
};

// src/platform.js
function platformWith(given = {}) {
  const host = (
    /** @type {any} */
    globalThis
  );
  return {
    WebSocket: given.WebSocket ?? host.WebSocket,
    AudioContext: given.AudioContext ?? host.AudioContext ?? host.webkitAudioContext,
    OfflineAudioContext: given.OfflineAudioContext ?? host.OfflineAudioContext,
    AudioWorkletNode: given.AudioWorkletNode ?? host.AudioWorkletNode,
    MediaStream: given.MediaStream ?? host.MediaStream,
    Worker: "Worker" in given ? given.Worker : host.Worker,
    fetch: given.fetch ?? host.fetch?.bind(host),
    now: given.now ?? (() => performance.now()),
    requestAnimationFrame: given.requestAnimationFrame ?? host.requestAnimationFrame?.bind(host) ?? nextFrame,
    cancelAnimationFrame: given.cancelAnimationFrame ?? host.cancelAnimationFrame?.bind(host) ?? clearTimeout,
    setTimeout: given.setTimeout ?? ((callback, ms) => setTimeout(callback, ms)),
    clearTimeout: given.clearTimeout ?? ((handle) => clearTimeout(handle)),
    random: given.random ?? Math.random,
    document: given.document ?? host.document,
    matchMedia: given.matchMedia ?? host.matchMedia?.bind(host),
    window: given.window ?? (host.addEventListener ? host : void 0)
  };
}
var platformNames = () => Object.keys(platformWith());
function nextFrame(callback) {
  return setTimeout(() => callback(performance.now()), 16);
}

// src/recording/glb.js
var MAGIC = 1179937895;
var JSON_CHUNK = 1313821514;
var BIN_CHUNK = 5130562;
var HEADER_BYTES2 = 12;
var Glb = class {
  /** @type {any} */
  document;
  #binary;
  /** @type {GlbChunk[]} */
  #rest;
  /** @type {Uint8Array[]} */
  #added = [];
  #length;
  /** @param {ArrayBuffer | Uint8Array} bytes content of the file */
  constructor(bytes) {
    const [json, ...others] = chunksOf(new Uint8Array(
      /** @type {ArrayBuffer} */
      bytes
    ));
    if (json?.type !== JSON_CHUNK) throw damaged();
    this.document = documentOf(json.bytes);
    const [second] = others;
    this.#binary = second?.type === BIN_CHUNK ? second.bytes : null;
    this.#rest = this.#binary ? others.slice(1) : others;
    this.#length = this.#binary?.length ?? 0;
    if (!this.#binary && this.document.buffers?.length)
      throw new A2FError("bad_argument", "This GLB keeps its data in other files; export it as one file.");
  }
  /**
   * Appends numbers to the binary chunk.
   * @param {Float32Array} values
   * @param {{min?: number[], max?: number[]}} [bounds]
   * @returns {number} index of a new scalar accessor
   */
  addScalars(values, bounds = {}) {
    const { document } = this;
    const view = { buffer: 0, byteOffset: this.#length, byteLength: values.byteLength };
    const bytes = new Uint8Array(values.byteLength);
    const out = new DataView(bytes.buffer);
    values.forEach((value, i) => {
      out.setFloat32(i * 4, value, true);
    });
    this.#added.push(bytes);
    this.#length += bytes.length;
    const bufferView = append(document, "bufferViews", view);
    return append(document, "accessors", {
      bufferView,
      componentType: 5126,
      count: values.length,
      type: "SCALAR",
      ...bounds
    });
  }
  /** @returns {Uint8Array<ArrayBuffer>} content of the file */
  bytes() {
    const binary = joined([...this.#binary ? [this.#binary] : [], ...this.#added], this.#length);
    if (binary.length > 0) {
      this.document.buffers ??= [{}];
      this.document.buffers[0].byteLength = binary.length;
    }
    const json = padded(new TextEncoder().encode(JSON.stringify(this.document)), 32);
    const chunks = [{ type: JSON_CHUNK, bytes: json }];
    if (binary.length > 0) chunks.push({ type: BIN_CHUNK, bytes: binary });
    return fileOf([...chunks, ...this.#rest]);
  }
};
function chunksOf(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER_BYTES2 + 8 || view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== 2)
    throw damaged();
  const chunks = [];
  for (let at = HEADER_BYTES2; at + 8 <= file.length; ) {
    const length = view.getUint32(at, true);
    if (at + 8 + length > file.length) throw damaged();
    chunks.push({ type: view.getUint32(at + 4, true), bytes: file.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
  return chunks;
}
function documentOf(json) {
  try {
    const document = JSON.parse(new TextDecoder().decode(json));
    if (document?.asset) return document;
  } catch {
  }
  throw damaged();
}
function fileOf(chunks) {
  const length = chunks.reduce((sum, { bytes }) => sum + 8 + bytes.length, HEADER_BYTES2);
  const file = new Uint8Array(length);
  const view = new DataView(file.buffer);
  [MAGIC, 2, length].forEach((value, i) => {
    view.setUint32(i * 4, value, true);
  });
  let at = HEADER_BYTES2;
  for (const { type, bytes } of chunks) {
    view.setUint32(at, bytes.length, true);
    view.setUint32(at + 4, type, true);
    file.set(bytes, at + 8);
    at += 8 + bytes.length;
  }
  return file;
}
function append(document, list2, item) {
  document[list2] ??= [];
  return document[list2].push(item) - 1;
}
function joined(pieces, length) {
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
function padded(bytes, filler) {
  const all = new Uint8Array(bytes.length + (-bytes.length & 3)).fill(filler);
  all.set(bytes);
  return all;
}
function damaged() {
  return new A2FError(
    "bad_argument",
    "This is not a GLB, or it is cut off; export it again as binary glTF 2.0."
  );
}

// src/recording/bake.js
var FULL2 = { 5120: 127, 5121: 255, 5122: 32767, 5123: 65535 };
function bakeTake(take, glb, options) {
  const { fps = 30, map = {}, name = "take" } = checkedOptions("bakeTake()", options, ["fps", "map", "name"]);
  requireArgument(typeof take?.count === "function", "bakeTake() needs a take; see keepTake.");
  checkedText("name", name);
  const count = take.count(fps);
  requireArgument(count > 0, "This take is empty; record an utterance first.");
  const file = new Glb(glb);
  const meshes = meshesOf(file.document);
  const bound = meshes.filter((mesh) => new Binding(mesh, map).report.meshes > 0);
  if (bound.length === 0)
    throw new A2FError(
      "bad_argument",
      "Nothing in this GLB can be animated: it has no morph targets with known names, and a VRM's expressions cannot be baked. Export CSV or JSON instead."
    );
  const outputs = recordTargets(take, bound, map, count, fps);
  file.document.animations ??= [];
  file.document.animations.push({ name, ...tracks(file, bound, outputs, count, fps) });
  return file.bytes();
}
function meshesOf({ nodes = [], meshes = [], accessors = [] }) {
  return nodes.flatMap(
    ({ mesh: index, weights, name = "" }, node) => {
      const mesh = meshes[index];
      const count = mesh?.primitives?.[0]?.targets?.length ?? 0;
      const names = mesh?.extras?.targetNames ?? mesh?.primitives?.[0]?.extras?.targetNames;
      if (count === 0 || !Array.isArray(names) || names.length !== count) return [];
      const parts = mesh.primitives.map((each) => movingTargetsOf(each, accessors));
      const position = names.map((_, i) => sample(parts.some((moves) => moves[i])));
      const geometry = { morphTargetsRelative: true, morphAttributes: { position } };
      const morphTargetDictionary = Object.fromEntries(names.map((each, i) => [each, i]));
      const rest = weights ?? mesh.weights ?? new Array(count).fill(0);
      return [{ node, name, geometry, morphTargetDictionary, morphTargetInfluences: [...rest] }];
    }
  );
}
function sample(moves) {
  const at = () => Number(moves);
  return { count: 1, getX: at, getY: at, getZ: at };
}
function movingTargetsOf({ attributes, targets = [] }, accessors) {
  const reaches = targets.map(({ POSITION }) => {
    const { low: low2, high: high2 } = boxOf2(accessors[POSITION]);
    return Math.max(...[...low2, ...high2].map(Math.abs));
  });
  const { low, high } = boxOf2(accessors[attributes?.POSITION]);
  const noise = noiseOf(reaches, Math.max(...high.map((value, axis2) => value - low[axis2])));
  return reaches.map((reach) => reach > noise);
}
function boxOf2({ min, max, normalized, componentType } = (
  /** @type {any} */
  {}
)) {
  if (!min || !max) return { low: [Number.NEGATIVE_INFINITY], high: [Number.POSITIVE_INFINITY] };
  const unit = normalized ? FULL2[componentType] : 1;
  const scaled = (bounds) => bounds.map((value) => value / unit);
  return { low: scaled(min), high: scaled(max) };
}
function recordTargets(take, meshes, map, count, fps) {
  const binding = new Binding(meshes, map);
  const face = new Float32Array(FACE_WIDTH);
  const outputs = meshes.map((mesh) => new Float32Array(count * mesh.morphTargetInfluences.length));
  for (let frame = 0; frame < count; frame++) {
    take.faceAt(frame / fps, face);
    binding.write(face);
    meshes.forEach(({ morphTargetInfluences: weights }, i) => {
      outputs[i].set(weights, frame * weights.length);
    });
  }
  return outputs;
}
function tracks(file, meshes, outputs, count, fps) {
  const times = Float32Array.from({ length: count }, (_, frame) => frame / fps);
  const input = file.addScalars(times, { min: [times[0]], max: [times[count - 1]] });
  const samplers = [];
  const known = /* @__PURE__ */ new Map();
  const channels = meshes.map((mesh, i) => {
    const { node, morphTargetDictionary, morphTargetInfluences } = mesh;
    const key = JSON.stringify([morphTargetDictionary, movingTargets(mesh), morphTargetInfluences]);
    const sampler = known.get(key) ?? samplers.length;
    if (sampler === samplers.length)
      samplers.push({ input, output: file.addScalars(outputs[i]), interpolation: "LINEAR" });
    known.set(key, sampler);
    return { sampler, target: { node, path: "weights" } };
  });
  return { samplers, channels };
}

// src/recording/csv.js
var SWAPPED = {
  jawLeft: "jawRight",
  jawRight: "jawLeft",
  mouthLeft: "mouthRight",
  mouthRight: "mouthLeft"
};
var COLUMNS = BLENDSHAPES.map((name) => SWAPPED[name] ?? name);
var ANGLES = ["Head", "LeftEye", "RightEye"].flatMap(
  (part) => ["Yaw", "Pitch", "Roll"].map((axis2) => part + axis2)
);
var NO_ANGLES = ANGLES.map(() => 0 .toFixed(10));
function csvOf({ fps, count, weights }) {
  const indices = COLUMNS.map(shapeIndex);
  const lines = [["Timecode", "BlendShapeCount", ...COLUMNS.map(pascal), ...ANGLES]];
  for (let frame = 0; frame < count; frame++) {
    const values = indices.map((i) => weights[frame * SHAPE_COUNT + i].toFixed(10));
    lines.push([timecode(frame, fps), String(SHAPE_COUNT + ANGLES.length), ...values, ...NO_ANGLES]);
  }
  return lines.map((line) => `${line.join(",")}
`).join("");
}
var pascal = (name) => name[0].toUpperCase() + name.slice(1);
function timecode(frame, fps) {
  const seconds = Math.floor(frame / fps);
  const parts = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    seconds % 60,
    Math.floor(frame - seconds * fps)
  ];
  return `${parts.map((part) => String(part).padStart(2, "0")).join(":")}.000`;
}

// src/recording/json.js
function jsonOf({ fps, count, weights }, blendshapes) {
  const rows = Array.from(
    { length: count },
    (_, frame) => Array.from(weights.subarray(frame * SHAPE_COUNT, (frame + 1) * SHAPE_COUNT), rounded)
  );
  return JSON.stringify({ fps, blendshapes, weights: rows });
}
var rounded = (weight) => Math.round(weight * 1e4) / 1e4;

// src/audio/file_format.js
var SIGNATURES = [
  [/^RIFF....WAVE/s, "WAV"],
  [/^RF64/, "RF64 (WAV)"],
  [/^riff/, "W64"],
  [/^FORM....AIFF/s, "AIFF"],
  [/^FORM....AIFC/s, "AIFF-C"],
  [/^fLaC/, "FLAC"],
  [/^OggS/, "Ogg"],
  [/^ID3/, "MP3"],
  [/^caff/, "CAF"],
  [/^\.snd/, "AU"],
  [/^#!AMR/, "AMR"],
  [/^.E\xdf\xa3/s, "WebM or Matroska"],
  [/^....ftyp/s, "MP4 (M4A)"],
  [/^0&\xb2u/, "ASF (WMA)"],
  [/^MThd/, "MIDI, which has no sound"],
  [/^PK../s, "ZIP, which is not audio"],
  [/^%PDF/, "PDF, which is not audio"],
  // The error page of a web server, perhaps.
  [/^\s*<(!doctype html|html)/i, "HTML, which is not audio"],
  [/^\s*[[{]/, "JSON, which is not audio"],
  [/^[\t\n\r -~]+$/, "text, which is not audio"]
];
var HEAD_BYTES = 256;
function formatOf(bytes, type = "") {
  const head = String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
  const known = SIGNATURES.find(([pattern]) => pattern.test(head));
  return known?.[1] ?? frameFormat(bytes) ?? (type ? `unknown (${type})` : "unknown");
}
function frameFormat([first, second]) {
  if (first !== 255 || (second & 224) !== 224) return null;
  return (second & 246) === 240 ? "AAC" : "MP3";
}

// src/audio/decode.js
var RATE = 16e3;
var SAFE_RATE = 44100;
var SURROUND = [0.7, 0.7, 1, 0, 0.5, 0.5];
async function decodeFile(platform, bytes, type) {
  try {
    const copy2 = (
      /** @type {ArrayBuffer} */
      bytes.slice().buffer
    );
    const decoded = await offlineContext(platform).decodeAudioData(copy2);
    return { sampleRate: decoded.sampleRate, samples: mono(decoded) };
  } catch {
    throw undecodable(formatOf(bytes, type));
  }
}
function undecodable(format) {
  return new A2FError(
    "bad_audio",
    `Neither the server nor the browser can decode this audio file. Its format is ${format}. Check that it is complete, or convert it to WAV, MP3, Ogg or FLAC.`
  );
}
function offlineContext({ OfflineAudioContext }) {
  if (!OfflineAudioContext) throw new Error("This browser cannot decode audio files.");
  try {
    return new OfflineAudioContext(1, 1, RATE);
  } catch {
    return new OfflineAudioContext(1, 1, SAFE_RATE);
  }
}
function mono(buffer) {
  const { numberOfChannels: channels, length } = buffer;
  const shares = channels === SURROUND.length ? SURROUND : new Array(channels).fill(1 / channels);
  const samples = new Float32Array(length);
  for (let channel = 0; channel < channels; channel++) {
    const plane = buffer.getChannelData(channel);
    for (let i = 0; i < length; i++) samples[i] += plane[i] * shares[channel];
  }
  for (let i = 0; i < length; i++) if (!Number.isFinite(samples[i])) samples[i] = 0;
  return samples;
}
function wavOf(pcm, { encoding, sampleRate, channels, sampleBytes, blockBytes, secondBytes }) {
  const wav = new Uint8Array(44 + pcm.length);
  const view = new DataView(wav.buffer);
  wav.set(new TextEncoder().encode(`RIFF....WAVEfmt ${".".repeat(20)}data`));
  view.setUint32(4, 36 + pcm.length, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, encoding === "pcm_s16le" ? 1 : 3, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, secondBytes, true);
  view.setUint16(32, blockBytes, true);
  view.setUint16(34, sampleBytes * 8, true);
  view.setUint32(40, pcm.length, true);
  wav.set(pcm, 44);
  return wav;
}

// src/audio/loudness.js
var RATE2 = 60;
var FLOOR = 4e-3;
var PEAK_DECAY = 0.9995;
var LEVEL_SMOOTHING = 0.6;
var OPENING = new Float32Array(SHAPE_COUNT);
OPENING[shapeIndex("jawOpen")] = 0.5;
OPENING[shapeIndex("mouthFunnel")] = 0.15;
OPENING[shapeIndex("mouthLowerDownLeft")] = 0.2;
OPENING[shapeIndex("mouthLowerDownRight")] = 0.2;
OPENING[shapeIndex("mouthUpperUpLeft")] = 0.1;
OPENING[shapeIndex("mouthUpperUpRight")] = 0.1;
var Loudness = class {
  rank = (
    /** @type {const} */
    "loudness"
  );
  #levels = new FrameTrack(RATE2, 1);
  #level = new Float32Array(1);
  #sampleRate;
  #samples = 0;
  #energy = 0;
  #counted = 0;
  #peak = 0.05;
  #loudAt = 0;
  /** @param {number} sampleRate Hertz */
  constructor(sampleRate) {
    this.#sampleRate = sampleRate;
  }
  /** Sample rate of the audio, Hertz. */
  get sampleRate() {
    return this.#sampleRate;
  }
  /** Seconds of silence at the end of the audio so far. */
  get trailingSilence() {
    return (this.#levels.end - this.#loudAt) / RATE2;
  }
  /** @param {readonly Float32Array[]} planes one array per channel, values from −1 to 1 */
  push(planes) {
    const [left, right] = planes;
    for (let i = 0; i < left.length; i++) {
      const sample2 = right ? (left[i] + right[i]) / 2 : left[i];
      this.#energy += sample2 * sample2;
      this.#counted++;
      this.#samples++;
      if (this.#samples * RATE2 >= (this.#levels.end + 1) * this.#sampleRate) this.#measure();
    }
  }
  finish() {
    if (this.#counted > 0) this.#measure();
    this.#levels.finish();
  }
  /** @param {number} time seconds */
  trim(time) {
    this.#levels.trim(time);
  }
  /** @param {number} time seconds */
  ahead(time) {
    return this.#levels.ahead(time);
  }
  /**
   * Returns the loudness averaged over about 150 ms, for motion that follows the voice.
   * @param {number} time seconds
   * @returns {number} 0–1; negative if unknown
   */
  level(time) {
    if (this.#levels.ahead(time) < 0) return -1;
    this.#levels.sample(time, this.#level, LEVEL_SMOOTHING);
    return this.#level[0];
  }
  /**
   * @param {number} time seconds
   * @param {Float32Array} out at least 52 weights; further ones are left unchanged
   */
  sample(time, out) {
    this.#levels.sample(time, this.#level, 0.2);
    for (let i = 0; i < SHAPE_COUNT; i++) out[i] = OPENING[i] * this.#level[0];
  }
  #measure() {
    const rms = Math.sqrt(this.#energy / this.#counted);
    this.#energy = this.#counted = 0;
    this.#peak = Math.max(this.#peak * PEAK_DECAY, rms, 0.02);
    const level = rms < FLOOR ? 0 : Math.min(1, rms / this.#peak) ** 0.7;
    this.#levels.put(this.#levels.end, [level]);
    if (rms > Math.max(0.01, this.#peak * 0.08)) this.#loudAt = this.#levels.end;
  }
};

// src/recording/take_audio.js
var PEAK_RATE = 100;
var TakeAudio = class {
  /** Hertz; 0 while unknown. */
  sampleRate = 0;
  /** Number of samples. */
  length = 0;
  /** @type {Int16Array[]} */
  #pieces = [];
  /** @type {number[]} */
  #peaks = [];
  /** Seconds. */
  get duration() {
    return this.sampleRate ? this.length / this.sampleRate : 0;
  }
  /** @param {readonly Float32Array[]} planes one array per channel, values from −1 to 1 */
  push(planes) {
    const samples = toInt16(mixed(planes));
    this.#measure(samples);
    this.#pieces.push(samples);
    this.length += samples.length;
  }
  /** Drops audio after a time. @param {number} duration seconds */
  cut(duration) {
    const wanted = Math.min(this.length, Math.round(duration * this.sampleRate));
    const all = this.samples().slice(0, wanted);
    this.#pieces = [all];
    this.length = wanted;
    this.#peaks.length = Math.min(this.#peaks.length, Math.ceil(duration * PEAK_RATE));
  }
  /** @returns {Int16Array} all samples */
  samples() {
    if (this.#pieces.length === 1) return this.#pieces[0];
    const all = new Int16Array(this.length);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
  /**
   * Returns the largest value between two times.
   * @param {number} from seconds
   * @param {number} to seconds
   * @returns {number} 0–1
   */
  peak(from, to) {
    const last = Math.min(this.#peaks.length, Math.ceil(to * PEAK_RATE));
    let most = 0;
    for (let i = Math.floor(from * PEAK_RATE); i < last; i++) most = Math.max(most, this.#peaks[i]);
    return most;
  }
  /** Measures loudness, for motion that follows the voice. */
  loudness() {
    const loudness = new Loudness(this.sampleRate);
    const samples = this.samples();
    for (let at = 0; at < samples.length; at += this.sampleRate)
      loudness.push([toFloat(samples.subarray(at, at + this.sampleRate))]);
    loudness.finish();
    return loudness;
  }
  /** Returns a WAV file. @returns {Uint8Array<ArrayBuffer>} */
  wav() {
    const samples = this.samples();
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    return wavOf(bytes, new PcmFormat({ sampleRate: this.sampleRate }));
  }
  /** @param {Int16Array} samples */
  #measure(samples) {
    for (let i = 0; i < samples.length; i++) {
      const at = Math.floor((this.length + i) * PEAK_RATE / this.sampleRate);
      const value = Math.abs(samples[i]) / 32768;
      if (at >= this.#peaks.length) this.#peaks.push(value);
      else if (value > this.#peaks[at]) this.#peaks[at] = value;
    }
  }
};
function mixed([left, right]) {
  return right ? left.map((sample2, i) => (sample2 + right[i]) / 2) : left;
}

// src/recording/take.js
var TAKE_RATE = 60;
var Take = class {
  sound = new TakeAudio();
  /** Visemes of the speech service. @type {{time: number, id: number, phonemes?: string}[]} time in seconds, id: Azure viseme, phonemes: IPA */
  visemes = [];
  /** @type {{time: number, duration: number, text: string}[]} times in seconds */
  words = [];
  /** Start of each source, in seconds. @type {{time: number, rank: Rank}[]} */
  ranks = [];
  /** True when the recording has ended. */
  complete = false;
  /** True if the utterance was interrupted. */
  cancelled = false;
  /** Final duration in seconds once it is known, otherwise 0. */
  expected = 0;
  #faces = new FrameTrack(TAKE_RATE, FACE_WIDTH);
  #face = new Float32Array(FACE_WIDTH);
  #duration = 0;
  #present;
  /**
   * @param {number} id id of the utterance
   * @param {(face: Float32Array) => void} present applies intensity and expression to a face in place
   */
  constructor(id, present) {
    this.id = id;
    this.#present = present;
  }
  /** Seconds of audio so far, or in total once complete. */
  get duration() {
    return this.complete ? this.#duration : Math.max(this.sound.duration, this.known);
  }
  /** Seconds of animation recorded so far. */
  get known() {
    return this.#faces.end / TAKE_RATE;
  }
  /**
   * Appends a face; called every 1 / TAKE_RATE seconds.
   * @param {Float32Array} face full face, as provided by a SourceSelector
   * @param {Rank} rank
   */
  add(face, rank2) {
    if (this.ranks.at(-1)?.rank !== rank2) this.ranks.push({ time: this.known, rank: rank2 });
    this.#faces.put(this.#faces.end, face);
  }
  /** @param {number} duration seconds */
  finish(duration) {
    const isKept = ({ time }) => time < duration;
    this.#duration = duration;
    this.complete = true;
    if (this.sound.duration > duration) this.sound.cut(duration);
    this.visemes = this.visemes.filter(isKept);
    this.words = this.words.filter(isKept);
    this.ranks = this.ranks.filter(isKept);
    this.#faces.finish();
  }
  /**
   * Returns the source at a time.
   * @param {number} time seconds
   * @returns {Rank}
   */
  rankAt(time) {
    let found2 = (
      /** @type {Rank} */
      "neutral"
    );
    for (const { time: start, rank: rank2 } of this.ranks) if (start <= time) found2 = rank2;
    return found2;
  }
  /**
   * Reads the face at a time, with the current intensity and expression.
   * @param {number} time seconds
   * @param {Float32Array} out 52 ARKit weights, or a full face
   */
  faceAt(time, out) {
    requireArgument(Number.isFinite(time), `time is ${time}; give seconds.`);
    const fit = out instanceof Float32Array && out.length >= SHAPE_COUNT && out.length <= FACE_WIDTH;
    requireArgument(
      fit,
      `out must be a Float32Array of ${SHAPE_COUNT} weights, or of ${FACE_WIDTH} with visemes.`
    );
    this.#faces.sample(time, this.#face);
    this.#present(this.#face);
    out.set(this.#face.subarray(0, out.length));
  }
  /**
   * Returns the number of frames of the animation at a frame rate.
   * @param {number} [fps] 1–120
   */
  count(fps = 30) {
    requireArgument(
      Number.isInteger(fps) && isBetween(fps, 1, 120),
      `fps is ${fps}; give a whole number from 1 to 120.`
    );
    return Math.ceil(Math.min(this.duration, this.known) * fps - 1e-6);
  }
  /**
   * Returns the animation at a frame rate. Frame i is the face at i / fps seconds, with the current intensity
   * and expression.
   * @param {number} [fps] 1–120
   * @returns {TakeFrames}
   */
  frames(fps = 30) {
    const count = this.count(fps);
    const weights = new Float32Array(count * SHAPE_COUNT);
    for (let i = 0; i < count; i++)
      this.faceAt(i / fps, weights.subarray(i * SHAPE_COUNT, (i + 1) * SHAPE_COUNT));
    const ranks = Array.from({ length: count }, (_, i) => this.rankAt(i / fps));
    return { fps, count, weights, ranks };
  }
  /** Returns a CSV file in Live Link Face format. @param {number} [fps] @returns {string} */
  csv(fps = 30) {
    return csvOf(this.frames(fps));
  }
  /** Returns JSON as `POST /v1/animate` does. @param {number} [fps] @returns {string} */
  json(fps = 30) {
    return jsonOf(this.frames(fps), BLENDSHAPES);
  }
  /** Returns the audio as a WAV file: mono, 16 bits. @returns {Blob} */
  wav() {
    if (this.sound.length === 0) throw new A2FError("empty_audio", "This take has no audio.");
    return new Blob([this.sound.wav()], { type: "audio/wav" });
  }
  /** Returns the take as a source for a SourceSelector. @returns {Source} */
  source() {
    const [take, faces] = [this, this.#faces];
    let position = 0;
    return {
      writesVisemes: true,
      get rank() {
        return take.rankAt(position);
      },
      ahead: (time) => faces.ahead(time),
      sample(time, out) {
        position = time;
        faces.sample(time, out);
      }
    };
  }
};

// src/recording/recorder.js
var LONGEST_S2 = 600;
var PIECE_S = 0.25;
var TakeRecorder = class {
  #selector = new SourceSelector();
  #utterance;
  #settings;
  /**
   * @param {Utterance} utterance
   * @param {() => {smoothing: number, lipSync?: "server" | "viseme"}} settings
   * @param {(face: Float32Array) => void} present see {@link Take}
   */
  constructor(utterance, settings, present) {
    this.take = new Take(utterance.id, present);
    this.#utterance = utterance;
    this.#settings = settings;
  }
  /** @param {Float32Array[]} planes one array per channel */
  addAudio(planes) {
    const { sound } = this.take;
    sound.sampleRate = this.#utterance.loudness?.sampleRate ?? 0;
    const left = LONGEST_S2 * sound.sampleRate - sound.length;
    if (left > 0) sound.push(planes.map((plane) => plane.subarray(0, left)));
  }
  /** @param {{time: number, id: number, phonemes?: string}} viseme */
  onViseme(viseme2) {
    if (viseme2.time < LONGEST_S2) this.take.visemes.push(viseme2);
  }
  /** @param {{time: number, duration: number, text: string}} word */
  onWord(word) {
    if (word.time < LONGEST_S2) this.take.words.push(word);
  }
  /**
   * Records up to the playback position, and gradually beyond it once all server frames have arrived.
   * @param {number} position playback position, seconds
   */
  recordUntil(position) {
    this.take.expected = Math.min(this.#utterance.duration, LONGEST_S2);
    const ahead = this.#framesComplete() ? Math.min(this.take.known + PIECE_S, this.#utterance.duration) : 0;
    this.#record(Math.max(position, ahead));
  }
  /** Ends the take. @param {boolean} complete whether the utterance was played to its end */
  finish(complete) {
    const duration = complete ? this.#utterance.duration : this.#interruptedAt();
    this.#record(duration);
    this.take.cancelled = this.#utterance.cancelled;
    this.take.expected = Math.min(duration, LONGEST_S2);
    this.take.finish(this.take.expected);
  }
  /** Returns where an interrupted take ends: audio that was not played is kept only if it can still be replayed. */
  #interruptedAt() {
    const { duration, sink } = this.#utterance;
    const position = this.#utterance.position();
    const kept = sink.forwardOnly ? position : Math.max(position, this.take.known);
    return Math.min(kept, duration || kept);
  }
  /** True when all frames of the server, or of the network in its place, have arrived. */
  #framesComplete() {
    const { duration, sources } = this.#utterance;
    const [best] = sources.bestFirst;
    const computed = best.rank === "server" || best.rank === "network";
    return duration > 0 && computed && best.ahead(duration) === Infinity;
  }
  /** @param {number} until seconds */
  #record(until) {
    const { smoothing, lipSync } = this.#settings();
    const last = Math.min(until, LONGEST_S2);
    while (this.take.known < last) {
      const time = this.take.known;
      this.#selector.select(this.#utterance.sources.bestFirst, time, time * 1e3, smoothing, { lipSync });
      this.take.add(this.#selector.weights, this.#selector.rank);
    }
  }
};

// src/settings.js
function defaultSettings() {
  return {
    serverUrl: pageOrigin(),
    network: false,
    intensity: 1,
    gain: null,
    offset: 0,
    smoothing: 0,
    useWebSocket: true,
    apiToken: null,
    getToken: null,
    fps: null,
    profile: null,
    seed: null,
    backend: null,
    lipSync: "server",
    emotions: null,
    life: false,
    patience: 300,
    buffer: "adaptive",
    autoUpdate: true,
    audioContext: null,
    keepTake: false
  };
}
function pageOrigin() {
  const origin = globalThis.location?.origin;
  return origin?.startsWith("http") ? origin : null;
}
var EMOTIONS = [
  "amazement",
  "anger",
  "cheekiness",
  "disgust",
  "fear",
  "grief",
  "joy",
  "outofbreath",
  "pain",
  "sadness"
];
var VALIDATORS = {
  serverUrl: (value) => typeof value === "string" || value === false,
  network: (value) => typeof value === "boolean" || isNetwork(value),
  intensity: (value) => typeof value === "number" && !Number.isNaN(value),
  gain: (value) => isShares(value, isShape, 2),
  offset: (value) => isBetween(value, -1, 1),
  smoothing: (value) => isBetween(value, 0, 1),
  useWebSocket: (value) => typeof value === "boolean",
  apiToken: (value) => typeof value === "string",
  getToken: (value) => typeof value === "function",
  fps: (value) => Number.isInteger(value) && isBetween(value, 10, 60),
  profile: (value) => typeof value === "string",
  seed: (value) => Number.isInteger(value) && isBetween(value, 0, 2 ** 32 - 1),
  backend: (value) => typeof value === "string",
  lipSync: (value) => value === "server" || value === "viseme",
  emotions: (value) => isShares(value, (name) => EMOTIONS.includes(name), 1),
  life: (value) => typeof value === "boolean" || isLifeOption(value),
  patience: (value) => isBetween(value, 0, 6e4),
  buffer: (value) => value === "adaptive" || isBetween(value, 0, 10),
  autoUpdate: (value) => typeof value === "boolean",
  audioContext: (value) => typeof value === "object" && typeof value.createGain === "function",
  keepTake: (value) => typeof value === "boolean"
};
var SETTING_NAMES = Object.keys(VALIDATORS);
var NULLABLE = new Set(Object.entries(defaultSettings()).flatMap(([k, v]) => v === null ? [k] : []));
NULLABLE.add("serverUrl");
function isShares(value, isName, most) {
  if (typeof value !== "object" || Array.isArray(value)) return false;
  return Object.entries(value).every(([name, share]) => isName(name) && isBetween(share, 0, most));
}
function isShape(name) {
  return BLENDSHAPES.includes(
    /** @type {any} */
    name
  );
}
function isLifeOption(value) {
  if (typeof value !== "object" || value === null) return false;
  const { camera, head = true } = value;
  return (!camera || Boolean(camera.matrixWorld?.elements)) && typeof head === "boolean";
}
function isNetwork(value) {
  if (typeof value === "string") return value !== "";
  if (typeof value !== "object" || value === null) return false;
  return [value.url, value.worker].every(
    (each) => each === void 0 || typeof each === "string" && each !== ""
  );
}
var EXPECTED = {
  serverUrl: "an address such as http://localhost:8000, or false for no server",
  network: "true, false, the address of network.bin, or { url, worker }",
  intensity: "a number from 0.1 to 2",
  gain: "an object from names in BLENDSHAPES to numbers from 0 to 2",
  offset: "seconds from -1 to 1",
  smoothing: "a number from 0 to 1",
  fps: "a whole number from 10 to 60",
  seed: "a whole number from 0 to 4294967295",
  emotions: `an object of numbers from 0 to 1, named ${EMOTIONS.join(", ")}`,
  lipSync: '"server" or "viseme"',
  life: "true, false, or { camera, head }, where the camera has a matrixWorld and head is true or false",
  patience: "milliseconds from 0 to 60000",
  buffer: 'seconds from 0 to 10, or "adaptive"',
  useWebSocket: "true or false",
  autoUpdate: "true or false",
  keepTake: "true or false",
  getToken: "a function",
  audioContext: "an AudioContext"
};
var [LEAST_INTENSITY, MOST_INTENSITY] = [0.1, 2];
function changedSettings(settings, changes) {
  const fit = changes && typeof changes === "object" && !Array.isArray(changes);
  requireArgument(fit, "configure() needs an object of settings.");
  const next = { ...settings };
  for (
    const key of
    /** @type {(keyof Settings)[]} */
    Object.keys(VALIDATORS)
  ) {
    if (changes[key] === void 0) continue;
    next[key] = checked(key, changes[key]);
  }
  next.intensity = Math.min(MOST_INTENSITY, Math.max(LEAST_INTENSITY, next.intensity));
  return next;
}
function clampedIntensity({ intensity }) {
  if (intensity === void 0 || isBetween(intensity, LEAST_INTENSITY, MOST_INTENSITY)) return null;
  const used = intensity > MOST_INTENSITY ? MOST_INTENSITY : LEAST_INTENSITY;
  return `intensity is ${intensity}, but its range is ${LEAST_INTENSITY} to ${MOST_INTENSITY}; ${used} is used.`;
}
function checked(key, value) {
  if (value === null ? NULLABLE.has(key) : VALIDATORS[key](value)) return value;
  throw new A2FError("bad_argument", `${key} must be ${EXPECTED[key] ?? "a string"}.`);
}
function requestFields({ fps, profile, seed, backend, emotions }) {
  const fields = { fps, profile, seed, backend, emotions };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

// src/audio/track_watch.js
var STREAM_EVENTS = ["addtrack", "removetrack", "inactive"];
var TrackWatch = class {
  #stream;
  #callbacks;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  #check = () => this.check();
  /**
   * @param {MediaStream} stream
   * @param {{onTrack: (track: MediaStreamTrack) => void, onEnd: () => void}} callbacks onTrack: another track is
   *   the stream's audio now; onEnd: it has no audio track that is live
   */
  constructor(stream, callbacks) {
    this.#stream = stream;
    this.#callbacks = callbacks;
    for (const name of STREAM_EVENTS) stream.addEventListener?.(name, this.#check);
    this.#follow(liveTrackOf(stream));
  }
  /** @returns {MediaStreamTrack | null} */
  get track() {
    return this.#track;
  }
  check() {
    const tracks2 = this.#stream.getAudioTracks();
    if (this.#track && isLive(this.#track) && tracks2.includes(this.#track)) return;
    const next = liveTrackOf(this.#stream);
    this.#follow(next);
    if (next) this.#callbacks.onTrack(next);
    else this.#callbacks.onEnd();
  }
  stop() {
    for (const name of STREAM_EVENTS) this.#stream.removeEventListener?.(name, this.#check);
    this.#follow(null);
  }
  /** @param {MediaStreamTrack | null} track */
  #follow(track) {
    this.#track?.removeEventListener?.("ended", this.#check);
    this.#track = track;
    track?.addEventListener?.("ended", this.#check);
  }
};
function liveTrackOf(stream) {
  return stream.getAudioTracks().find(isLive) ?? null;
}
var isLive = ({ readyState }) => readyState !== "ended";

// src/audio/capture.js
var BATCH = 1024;
var WORKLET = `
registerProcessor("a2f-capture", class extends AudioWorkletProcessor {
  constructor() { super(); this.batch = new Float32Array(${BATCH}); this.filled = 0; }
  process([channels]) {
    const length = channels.length ? channels[0].length : 128;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.batch[this.filled++] = channels.length ? sum / channels.length : 0;
      if (this.filled === ${BATCH}) this.flush();
    }
    return true;
  }
  flush() {
    this.port.postMessage(this.batch, [this.batch.buffer]);
    this.batch = new Float32Array(${BATCH});
    this.filled = 0;
  }
});`;
var Capture = class {
  #context;
  #platform;
  #onSamples;
  #onEnd;
  #output;
  /** @type {TrackWatch | null} */
  #tracks = null;
  /** @type {AudioNode | null} */
  #source = null;
  /** @type {AudioNode | null} */
  #node = null;
  #stopped = false;
  /** @type {HTMLAudioElement | null} */
  #pump = null;
  /**
   * @param {AudioContext} context
   * @param {Platform} platform
   * @param {{onSamples: (samples: Float32Array) => void, onEnd: () => void}} callbacks onEnd: the stream's
   *   audio has ended
   * @param {DelayedOutput | null} [output] plays what is captured
   */
  constructor(context, platform, { onSamples, onEnd }, output = null) {
    this.#context = context;
    this.#platform = platform;
    this.#onSamples = onSamples;
    this.#onEnd = onEnd;
    this.#output = output;
  }
  /** @param {MediaStream} stream */
  async start(stream) {
    try {
      this.#tracks = new TrackWatch(stream, { onTrack: () => this.#capture(stream), onEnd: this.#onEnd });
      this.#capture(stream);
      this.#pumpRemote(stream);
      this.#node = await this.#worklet() ?? this.#processor();
    } catch (error) {
      const why = (
        /** @type {Error} */
        error.message
      );
      throw new A2FError(
        "microphone_failed",
        `The stream cannot be read (${why}); check that it has an audio track.`
      );
    }
    if (this.#stopped) return this.stop();
    this.#source?.connect(this.#node);
    this.#tracks.check();
  }
  /** Connects the track that the stream has now. @param {MediaStream} stream */
  #capture(stream) {
    const { MediaStream } = this.#platform;
    const track = this.#tracks?.track;
    this.#source?.disconnect();
    this.#source = this.#context.createMediaStreamSource(
      MediaStream && track ? new MediaStream([track]) : stream
    );
    if (this.#node) this.#source.connect(this.#node);
    if (this.#output) this.#source.connect(this.#output.node);
  }
  stop() {
    this.#stopped = true;
    this.#tracks?.stop();
    this.#source?.disconnect();
    this.#node?.disconnect();
    this.#output?.stop();
    if (this.#pump) this.#pump.srcObject = null;
  }
  /**
   * Works around Chromium, where a remote WebRTC track reaches an AudioContext only while an element plays it
   * too.
   * @param {MediaStream} stream
   */
  #pumpRemote(stream) {
    const { document } = this.#platform;
    if (!document) return;
    this.#pump = document.createElement("audio");
    this.#pump.muted = true;
    this.#pump.srcObject = stream;
    void this.#pump.play()?.catch(() => {
    });
  }
  /** @returns {Promise<AudioNode | null>} null if worklets, or modules from a Blob, are not allowed */
  async #worklet() {
    const { AudioWorkletNode } = this.#platform;
    if (!AudioWorkletNode || !this.#context.audioWorklet) return null;
    const url = URL.createObjectURL(new Blob([WORKLET], { type: "text/javascript" }));
    try {
      await this.#context.audioWorklet.addModule(url);
      const node = new AudioWorkletNode(this.#context, "a2f-capture", { numberOfOutputs: 1 });
      node.port.onmessage = ({ data }) => this.#deliver(data);
      node.connect(this.#context.destination);
      return node;
    } catch {
      return null;
    } finally {
      URL.revokeObjectURL(url);
    }
  }
  /** Fallback on the main thread, for browsers without worklets. */
  #processor() {
    const node = this.#context.createScriptProcessor(BATCH, 1, 1);
    node.onaudioprocess = ({ inputBuffer }) => this.#deliver(inputBuffer.getChannelData(0).slice());
    node.connect(this.#context.destination);
    return node;
  }
  /** @param {Float32Array} samples */
  #deliver(samples) {
    if (this.#stopped) return;
    this.#onSamples(samples);
    this.#tracks?.check();
  }
};

// src/audio/delayed_output.js
var LONGEST_DELAY_S2 = 2;
var ADAPTATION_S = 0.5;
var SMALLEST_CHANGE_S = 0.01;
var DelayedOutput = class {
  #context;
  #node;
  #delay;
  /**
   * @param {AudioContext} context
   * @param {number} delay seconds
   */
  constructor(context, delay) {
    this.#context = context;
    this.#delay = delay;
    this.#node = context.createDelay(LONGEST_DELAY_S2);
    this.#node.delayTime.value = delay;
    this.#node.connect(context.destination);
  }
  /** The node that sources are connected to. @returns {AudioNode} */
  get node() {
    return this.#node;
  }
  /** @param {number} delay of the face, seconds */
  follow(delay) {
    if (Math.abs(delay - this.#delay) < SMALLEST_CHANGE_S) return;
    this.#delay = delay;
    this.#node.delayTime.setTargetAtTime(delay, this.#context.currentTime, ADAPTATION_S);
  }
  stop() {
    this.#node.disconnect();
  }
};

// src/utterance/live_session.js
var HIGHEST_RATE = 48e3;
function captureFormat(contextRate) {
  return new PcmFormat({ sampleRate: Math.min(contextRate, HIGHEST_RATE) });
}
var LiveSession = class {
  /** Resolves when capturing has started; rejects with `microphone_failed`. @type {Promise<void>} */
  ready;
  #stream;
  #sink;
  #capture;
  /**
   * @param {MediaStream} stream
   * @param {{context: AudioContext, platform: Platform}} host
   * @param {PcmStream} pcm
   * @param {LiveSink} sink
   * @param {boolean} play plays the stream too
   */
  constructor(stream, { context, platform }, pcm, sink, play) {
    this.#stream = pcm;
    this.#sink = sink;
    const resampler = new Resampler(context.sampleRate, captureFormat(context.sampleRate).sampleRate);
    const output = play ? new DelayedOutput(context, sink.delay) : null;
    const onSamples = (samples) => {
      if (!pcm.ended) pcm.write(resampler.process(samples));
      output?.follow(sink.delay);
    };
    this.#capture = new Capture(context, platform, { onSamples, onEnd: () => this.stop() }, output);
    this.ready = this.#capture.start(stream);
    this.ready.catch(() => pcm.cancel());
    void pcm.done.catch(() => {
    }).then(() => this.#capture.stop());
  }
  get id() {
    return this.#stream.id;
  }
  /** Current delay of the face behind the audio, seconds. */
  get delay() {
    return this.#sink.delay;
  }
  /** The source used most so far. @returns {Rank} */
  get rank() {
    return this.#stream.rank;
  }
  /** Resolves when the last frame has been shown. @returns {Promise<Outcome>} */
  get done() {
    return this.#stream.done;
  }
  /** Stops capturing. The stream's tracks are left running. */
  stop() {
    this.#capture.stop();
    this.#stream.end();
  }
  /** Stops capturing and animation immediately. */
  cancel() {
    this.#capture.stop();
    this.#stream.cancel();
  }
};
function requireStream(stream) {
  const media = (
    /** @type {any} */
    stream
  );
  requireArgument(media?.getAudioTracks?.().length > 0, "listen() needs a MediaStream with an audio track.");
  requireArgument(
    liveTrackOf(media),
    "The audio track of this MediaStream has ended; request the microphone again."
  );
}

// src/utterance/pcm_stream.js
var PcmStream = class {
  #utterance;
  #reader;
  #format;
  #uplink;
  #cancel;
  #samples = 0;
  /** `end()` was called. */
  #ended = false;
  /**
   * @param {Utterance} utterance
   * @param {PcmFormat} format
   * @param {{write: (bytes: Uint8Array) => void, end: () => void}} uplink
   * @param {() => void} cancel
   */
  constructor(utterance, format, uplink, cancel) {
    this.#utterance = utterance;
    this.#format = format;
    this.#reader = new PcmReader(format);
    this.#uplink = uplink;
    this.#cancel = cancel;
  }
  get id() {
    return this.#utterance.id;
  }
  /** Resolves when it was played or cancelled. @returns {Promise<Outcome>} */
  get done() {
    return this.#utterance.done;
  }
  /** Seconds of audio so far. */
  get #written() {
    return this.#samples / this.#format.sampleRate;
  }
  /** The source used most so far. @returns {Rank} */
  get rank() {
    return this.#utterance.rank;
  }
  /** True after `end()` or `cancel()`. */
  get ended() {
    return this.#utterance.inputEnded;
  }
  /**
   * Writes PCM of any length. Never blocks. Ignored after `cancel()`, or if playback has failed: the source may
   * still be sending.
   * @param {Int16Array | Float32Array | ArrayBuffer | Uint8Array} pcm interleaved channels; raw bytes are in
   *   the encoding given to `start` and may end within a sample
   */
  write(pcm) {
    if (this.#utterance.cancelled) return;
    if (this.#ended) {
      throw new A2FError("bad_state", "This utterance has ended; call start() for the next one.");
    }
    if (this.ended) return;
    const { bytes, planes } = this.#reader.read(pcm);
    if (bytes.length === 0) return;
    this.#samples += planes[0].length;
    this.#utterance.addAudio(planes);
    this.#uplink.write(bytes);
  }
  /** Ends the stream. */
  end() {
    if (this.ended) return;
    this.#ended = true;
    if (this.#reader.pending > 0) this.#utterance.onFailure(halfSample());
    this.#uplink.end();
    this.#utterance.finishAudio(this.#written);
  }
  /** Stops audio and animation immediately. */
  cancel() {
    this.#cancel();
  }
  /**
   * Adds a viseme of a speech service. Visemes are used if there are no server frames. Ignored once the utterance
   * is over.
   * @param {number} time seconds
   * @param {number | string} id an Azure viseme, 0–21, or one of `scheme`
   * @param {VisemeScheme} [scheme] the set that the id belongs to: `azure`, `oculus` (PP or viseme_PP), `polly` or
   *   `rhubarb`; with `arpabet` or `ipa` the id is a phone
   * @throws {A2FError} bad_argument. A time in another unit also drops the visemes added so far, so that
   *   loudness moves the mouth
   */
  addViseme(time, id, scheme = "azure") {
    const viseme2 = checkedViseme(id, scheme);
    requireSeconds("time", time);
    this.#utterance.requireUnit(() => requireReachable("time", time, this.#written));
    this.#utterance.onViseme(time, viseme2);
  }
  /**
   * Adds a word of a speech service, for listeners of `word` and the outcome. Ignored once the utterance is over.
   * @param {number} time seconds
   * @param {number} duration seconds
   * @param {string} text
   * @throws {A2FError} bad_argument
   */
  addWord(time, duration, text) {
    requireSeconds("time", time);
    requireSeconds("duration", duration);
    requireReachable("time", time, this.#written);
    requireReachable("duration", duration, this.#written);
    requireArgument(
      checkedText("text", text) !== void 0,
      "text is missing; give the word that is spoken."
    );
    this.#utterance.onWord(time, duration, text);
  }
  /**
   * Adds a bookmark, for listeners of `bookmark`. Ignored once the utterance is over.
   * @param {number} time seconds
   * @param {string} name
   * @throws {A2FError} bad_argument
   */
  addBookmark(time, name) {
    requireSeconds("time", time);
    requireReachable("time", time, this.#written);
    requireArgument(checkedText("name", name) !== void 0, "name is missing; give the bookmark's name.");
    this.#utterance.onBookmark(time, name);
  }
};
function halfSample() {
  return new A2FError("bad_audio", "The PCM ends within a sample; check encoding and channels of start().");
}

// src/utterance/queue.js
var HEARTBEAT_MS = 200;
var UtteranceQueue = class {
  #platform;
  #emit;
  #patience;
  /** @type {Utterance[]} */
  #queue = [];
  #heartbeat = (
    /** @type {any} */
    null
  );
  #patienceTimer = (
    /** @type {any} */
    null
  );
  /**
   * @param {Platform} platform
   * @param {(event: keyof Events, payload: any) => void} emit
   * @param {() => number} patience milliseconds that playback waits for frames
   */
  constructor(platform, emit, patience) {
    this.#platform = platform;
    this.#emit = emit;
    this.#patience = patience;
  }
  /** The first in the queue. @returns {Utterance | null} */
  get current() {
    return this.#queue[0] ?? null;
  }
  /** The last in the queue. @returns {Utterance | null} */
  get newest() {
    return this.#queue.at(-1) ?? null;
  }
  /** The one being played. @returns {Utterance | null} */
  get speaking() {
    const { current } = this;
    return current?.playing ? current : null;
  }
  /** @param {Utterance} utterance */
  add(utterance) {
    this.#queue.push(utterance);
    this.advance();
    this.#scheduleHeartbeat();
  }
  /** Starts the current utterance if it is ready, and ends it if it is over. */
  advance() {
    const { current } = this;
    if (!current) return;
    if (current.isOver(this.#platform.now())) this.remove(current);
    else if (current.playing && current.sink.isPaused && this.#queue.length > 1) this.cancel(current);
    else if (!current.playing && current.audible) this.#tryToPlay(current);
  }
  /** @param {Utterance} utterance */
  remove(utterance) {
    const at = this.#queue.indexOf(utterance);
    if (at < 0) return;
    const newest = utterance === this.newest;
    this.#queue.splice(at, 1);
    if (utterance.playing) this.#emit("speaking", { speaking: false, utterance: utterance.id });
    utterance.close(newest);
    if (at > 0) return;
    this.#clearPatience();
    if (this.#queue.length === 0) this.#platform.clearTimeout(this.#heartbeat);
    this.advance();
  }
  /** Ends all utterances immediately. */
  cancelAll() {
    for (const utterance of [...this.#queue].reverse()) this.cancel(utterance);
  }
  /** @param {Utterance} utterance */
  cancel(utterance) {
    if (!this.#queue.includes(utterance)) return;
    utterance.cancelled = true;
    if (utterance.playing) utterance.sink.stop();
    this.remove(utterance);
  }
  /**
   * Playback waits for the jitter buffer, and for the first frames, but for those only a short time.
   * @param {Utterance} utterance
   */
  #tryToPlay(utterance) {
    const ready = utterance.ready || utterance.sink.startsImmediately;
    if (ready && utterance.buffered) return this.#play(utterance);
    this.#patienceTimer ??= this.#platform.setTimeout(() => utterance.markReady(), this.#patience());
  }
  /** @param {Utterance} utterance */
  #play(utterance) {
    this.#clearPatience();
    this.#emit("speaking", { speaking: true, utterance: utterance.id });
    utterance.play();
  }
  #clearPatience() {
    this.#platform.clearTimeout(this.#patienceTimer);
    this.#patienceTimer = null;
  }
  #scheduleHeartbeat() {
    this.#platform.clearTimeout(this.#heartbeat);
    if (this.#queue.length === 0) return;
    this.#heartbeat = this.#platform.setTimeout(() => {
      this.advance();
      this.#scheduleHeartbeat();
    }, HEARTBEAT_MS);
  }
};

// src/utterance/relay_clock.js
var RelayClock = class {
  #now;
  #from = 0;
  #to = 0;
  #startedAt = 0;
  paused = true;
  /** @param {() => number} now ms */
  constructor(now) {
    this.#now = now;
  }
  /**
   * A piece of the sound begins to play.
   * @param {number} [from] seconds; default: it continues
   * @param {number} [to] seconds; the position stops there until the next piece
   */
  play(from = this.currentTime, to = Number.POSITIVE_INFINITY) {
    this.#from = from;
    this.#to = to;
    this.#startedAt = this.#now();
    this.paused = false;
  }
  pause() {
    this.#from = this.currentTime;
    this.paused = true;
  }
  /** Seconds. */
  get currentTime() {
    if (this.paused) return this.#from;
    return Math.min(this.#to, this.#from + (this.#now() - this.#startedAt) / 1e3);
  }
};

// src/utterance/relay.js
var COLUMNS2 = Array.from({ length: SHAPE_COUNT }, (_, i) => i);
var Relay = class {
  #hooks;
  /** Speech that is not over, by its number. @type {Map<number, Relayed>} */
  #open = /* @__PURE__ */ new Map();
  /** Number of the newest speech. Messages of older ones that are over are late. */
  #newest = Number.NEGATIVE_INFINITY;
  /** @param {RelayHooks} hooks */
  constructor(hooks) {
    this.#hooks = hooks;
  }
  /**
   * @param {any} message
   * @returns {boolean} false: it is not a message of a relay
   */
  receive(message) {
    const { type, ...fields } = message ?? {};
    if (type === "face.frames") this.#addFrames(fields);
    else if (type === "face.playing") this.#play(this.#speech(fields.utterance), fields);
    else if (type === "face.paused") this.#open.get(fields.utterance)?.clock.pause();
    else if (type === "face.end") this.#end(this.#open.get(fields.utterance), fields);
    else if (type === "face.cancel") this.#cancelAll();
    else return false;
    return true;
  }
  /**
   * Returns the speech with this number; the first message of a new one opens it.
   * @param {number} number
   * @returns {Relayed | undefined} undefined: it is over
   */
  #speech(number) {
    requireArgument(Number.isFinite(number), "receive() needs messages with the number of their utterance.");
    const known = this.#open.get(number);
    if (known || number <= this.#newest) return known;
    this.#newest = number;
    for (const { utterance } of this.#open.values()) if (!utterance.inputEnded) this.#hooks.cancel(utterance);
    const clock = new RelayClock(this.#hooks.now);
    const speech = { clock, utterance: this.#hooks.open(new ExternalSink(clock)) };
    this.#open.set(number, speech);
    const forget = () => void this.#open.delete(number);
    speech.utterance.done.then(forget, forget);
    return speech;
  }
  /** @param {{utterance: number, first: number, fps: number, weights: number[][]}} fields */
  #addFrames({ utterance: number, first, fps, weights }) {
    const whole = Array.isArray(weights) && weights.every((frame) => frame?.length === SHAPE_COUNT);
    requireArgument(
      whole && isBetween(fps, 1, 1e3) && isBetween(first, 0, Number.MAX_SAFE_INTEGER),
      `receive() needs frames of ${SHAPE_COUNT} weights, with first and fps.`
    );
    const utterance = this.#speech(number)?.utterance;
    utterance?.onStarted(fps, 0);
    utterance?.onFrames(first, weights.flat(), COLUMNS2, 1);
  }
  /**
   * @param {Relayed | undefined} speech
   * @param {{from?: number, to?: number}} piece
   */
  #play(speech, { from, to }) {
    speech?.clock.play(from, to);
    speech?.utterance.markAudible();
  }
  /**
   * @param {Relayed | undefined} speech
   * @param {{duration: number}} fields seconds
   */
  #end(speech, { duration }) {
    if (!speech) return;
    requireSeconds("duration", duration);
    speech.utterance.finishAudio(duration);
    speech.utterance.onEnd(duration);
  }
  #cancelAll() {
    for (const { utterance } of [...this.#open.values()].reverse()) this.#hooks.cancel(utterance);
    this.#open.clear();
  }
};

// src/connection/server_utterance.js
var CANCELLED2 = {
  code: "bad_state",
  message: "The server cancelled this utterance; speak it again if it is still needed."
};
var ServerUtterance = class {
  id = 0;
  /** No more audio may be sent. */
  ended = false;
  /** The server has finished or failed. */
  done = false;
  #speaks = false;
  #connection;
  #listener;
  /**
   * @param {Connection} connection must be ready
   * @param {number} first index in the frame track at which it starts
   * @param {ServerUtteranceListener} listener
   */
  constructor(connection, first, listener) {
    this.first = first;
    this.#connection = connection;
    this.#listener = listener;
  }
  /** @param {Record<string, any>} fields fields of `start`, or of `speak` if `type` says so */
  start(fields) {
    this.#speaks = fields.type === "speak";
    this.id = this.#connection.utterances.add(this, this.#speaks);
    this.#connection.send({ type: "start", ...fields, utterance: this.id });
  }
  /** @param {Uint8Array} bytes */
  sendAudio(bytes) {
    this.#connection.send(
      /** @type {Uint8Array<ArrayBuffer>} */
      bytes
    );
  }
  end() {
    if (this.ended) return;
    this.ended = true;
    if (!this.#speaks) this.#connection.send({ type: "end" });
  }
  /**
   * Discards further results. The protocol's `cancel` stops everything on the connection, so it is sent only if
   * nothing else is open.
   */
  abandon(newest = true) {
    if (this.done) return;
    this.#unregister();
    if (!this.#connection.utterances.isEmpty) this.end();
    else if (newest || !this.ended) this.#connection.send({ type: "cancel" });
  }
  /** @param {FrameBlock} block */
  onFrames(block) {
    this.#listener.onFrames(this.first + block.first, block, this);
  }
  /** @param {AudioBlock} block */
  onAudio(block) {
    this.#listener.onAudio?.(block);
  }
  /** @param {any} message */
  onMessage(message) {
    if (message.type === "viseme") this.#listener.onViseme?.(message, this);
    else if (message.type === "word") this.#listener.onWord?.(message);
    else if (message.type === "bookmark") this.#listener.onBookmark?.(message);
    else if (message.type === "started") this.#listener.onStarted(message, this);
    else if (message.type === "end") this.#finish(message);
    else if (message.type === "cancelled") this.#fail(CANCELLED2);
    else if (message.type === "error") this.#fail(message);
  }
  /** @param {any} message */
  #finish(message) {
    this.#unregister();
    this.#listener.onEnd(message, this);
  }
  /** @param {any} message */
  #fail(message) {
    if (!message.continues) this.#unregister();
    this.#listener.onError(message, this);
  }
  #unregister() {
    this.done = true;
    this.#connection.utterances.remove(this.id);
  }
};

// src/connection/uplink.js
var FIRST_RETRY_MS2 = 500;
var LONGEST_RETRY_MS2 = 1e4;
var Uplink = class {
  /** @type {ServerUtterance | null} */
  serverUtterance = null;
  /** @protected */
  connection;
  /** @protected */
  startFields;
  /** @protected */
  listener;
  /**
   * Frames per second, fixed by the first server utterance so that later ones share the same frame track.
   * @protected
   */
  fps = 0;
  #platform;
  #backoff;
  #timer = (
    /** @type {any} */
    null
  );
  #closed = false;
  #onConnection = (up) => up ? this.#startSending() : this.#onConnectionLost();
  /**
   * @param {Connection} connection
   * @param {Platform} platform
   * @param {() => Record<string, any>} startFields fields of `start`
   * @param {UplinkListener} listener
   */
  constructor(connection, platform, startFields, listener) {
    this.connection = connection;
    this.startFields = startFields;
    this.listener = listener;
    this.#platform = platform;
    this.#backoff = new Backoff(FIRST_RETRY_MS2, LONGEST_RETRY_MS2, platform.random);
  }
  open() {
    this.connection.watchers.add(this.#onConnection);
    this.connection.connect();
    if (this.connection.state === "ready") this.#startSending();
    else if (this.connection.state !== "connecting") this.interrupt(FALLBACK.noConnection);
  }
  /**
   * Requests no more frames.
   * @param {boolean} newest whether no later utterance has been sent
   */
  close(newest) {
    this.#closed = true;
    this.connection.watchers.delete(this.#onConnection);
    this.#platform.clearTimeout(this.#timer);
    this.serverUtterance?.abandon(newest);
    this.serverUtterance = null;
  }
  /** @param {Record<string, number>} emotions */
  setEmotions(emotions) {
    if (this.serverUtterance && !this.serverUtterance.ended)
      this.connection.send({ type: "emotions", emotions });
  }
  /**
   * Sends everything from the position that the subclass chooses.
   * @protected
   */
  startSending() {
  }
  /**
   * @protected
   * @param {number} first index in the frame track
   * @param {Record<string, any>} audio format as in `start`
   */
  startUtterance(first, audio) {
    return this.openUtterance(first, { ...this.startFields(), audio });
  }
  /**
   * @protected
   * @param {number} first index in the frame track
   * @param {Record<string, any>} fields fields of the opening message
   */
  openUtterance(first, fields) {
    this.fps ||= fields.fps ?? this.connection.ready.fps;
    this.serverUtterance = new ServerUtterance(this.connection, first, this);
    this.serverUtterance.start({ ...fields, fps: this.fps });
    return this.serverUtterance;
  }
  /** @param {any} message */
  onStarted({ fps, lookahead }) {
    this.#backoff.reset();
    this.listener.onStarted(fps, lookahead);
  }
  /**
   * @param {number} first
   * @param {FrameBlock} block
   */
  onFrames(first, block) {
    const columns = this.connection.columns;
    if (columns && !this.#closed) this.listener.onFrames(first, block.values, columns, block.scale);
  }
  /**
   * @param {any} message
   * @param {ServerUtterance} serverUtterance
   */
  onEnd(message, serverUtterance) {
    if (serverUtterance !== this.serverUtterance) return;
    this.connection.watchers.delete(this.#onConnection);
    this.listener.onEnd(message.duration, message.warning);
  }
  /**
   * @param {any} message
   * @param {ServerUtterance} serverUtterance
   */
  onError(message, serverUtterance) {
    if (serverUtterance !== this.serverUtterance) return;
    if (message.continues) this.listener.onFailure(serverError(message));
    else if (message.code === "busy") this.#retry();
    else if (serverUtterance.done) this.fail(serverError(message));
  }
  /**
   * @protected
   * @param {A2FError} error
   */
  fail(error) {
    this.serverUtterance = null;
    this.connection.watchers.delete(this.#onConnection);
    this.listener.onFailure(error);
  }
  /**
   * Reports that there will be no frames for some time.
   * @protected
   * @param {FallbackReason} reason
   */
  interrupt(reason) {
    this.listener.onInterruption(reason);
  }
  /**
   * Delays an action until the server would accept it: `start` is refused while the server synthesises
   * speech.
   * @protected
   * @param {() => void} action
   */
  whenAllowed(action) {
    this.connection.utterances.afterServerSpeech(action);
  }
  #startSending() {
    this.#platform.clearTimeout(this.#timer);
    this.whenAllowed(() => {
      if (!this.#closed) this.startSending();
    });
  }
  #onConnectionLost() {
    this.#platform.clearTimeout(this.#timer);
    const had = this.serverUtterance !== null;
    this.serverUtterance = null;
    this.interrupt(had ? FALLBACK.connectionLost : FALLBACK.noConnection);
  }
  /**
   * Retries after a delay, on a new connection if nothing else is open: a load balancer may then choose
   * another server.
   */
  #retry() {
    this.serverUtterance = null;
    this.interrupt(FALLBACK.serverBusy);
    this.#timer = this.#platform.setTimeout(() => {
      if (this.connection.state === "ready" && !this.connection.switchServer()) this.#startSending();
    }, this.#backoff.next());
  }
};
function isUndecodable({ code }) {
  return code === "unsupported_audio" || code === "bad_audio";
}

// src/connection/file_uplink.js
var MESSAGE_BYTES = 65536;
var FileUplink = class extends Uplink {
  #bytes;
  #onUnsupported;
  /**
   * @param {Connection} connection
   * @param {Platform} platform
   * @param {() => Record<string, any>} startFields
   * @param {UplinkListener} listener
   * @param {Uint8Array} bytes
   * @param {(error: A2FError) => void} onUnsupported called if the server cannot decode the file
   */
  constructor(connection, platform, startFields, listener, bytes, onUnsupported) {
    super(connection, platform, startFields, listener);
    this.#bytes = bytes;
    this.#onUnsupported = onUnsupported;
  }
  /** @override @protected */
  startSending() {
    const { file_bytes: most = Infinity, message_bytes: step = MESSAGE_BYTES } = this.connection.ready.limits ?? {};
    if (this.#bytes.length > most) return this.fail(tooLarge(this.#bytes.length, most));
    const serverUtterance = this.startUtterance(0, { encoding: "file" });
    const piece = Math.min(step, MESSAGE_BYTES);
    for (let at = 0; at < this.#bytes.length; at += piece)
      serverUtterance.sendAudio(this.#bytes.subarray(at, at + piece));
    serverUtterance.end();
  }
  /**
   * @override @protected
   * @param {A2FError} error
   */
  fail(error) {
    if (!isUndecodable(error)) return super.fail(error);
    this.close(true);
    this.#onUnsupported(error);
  }
};
function tooLarge(size, most) {
  return new A2FError(
    "too_large",
    `The audio file has ${size} bytes, but the server accepts ${most}; split it.`
  );
}

// src/connection/http_uplink.js
var HttpUplink = class {
  /** @type {null} HTTP has no server utterances. */
  serverUtterance = null;
  #platform;
  #settings;
  #fields;
  #listener;
  #bytes;
  #type;
  #onUnsupported;
  #abort = new AbortController();
  #backoff;
  #timer = (
    /** @type {any} */
    null
  );
  /**
   * @param {Platform} platform
   * @param {() => Settings} settings
   * @param {() => Record<string, any>} fields
   * @param {UplinkListener} listener
   * @param {{bytes: Uint8Array, type: string}} file
   * @param {(error: A2FError) => void} onUnsupported
   */
  constructor(platform, settings, fields, listener, { bytes, type }, onUnsupported) {
    this.#platform = platform;
    this.#settings = settings;
    this.#fields = fields;
    this.#listener = listener;
    this.#bytes = bytes;
    this.#type = type;
    this.#onUnsupported = onUnsupported;
    this.#backoff = new Backoff(FIRST_RETRY_MS2, LONGEST_RETRY_MS2, platform.random);
  }
  open() {
    void this.#post().catch((error) => this.#fail(error));
  }
  /** @param {boolean} [_newest] */
  close(_newest) {
    this.#abort.abort();
    this.#platform.clearTimeout(this.#timer);
  }
  setEmotions() {
  }
  async #post() {
    const { fetch } = this.#platform;
    if (!fetch) throw new A2FError("connection_failed", "This browser has no fetch.");
    const response = await fetch(this.#address(), {
      method: "POST",
      headers: await this.#headers(),
      body: (
        /** @type {Uint8Array<ArrayBuffer>} */
        this.#bytes
      ),
      signal: this.#abort.signal
    });
    if (!response.ok) throw await errorOf(response);
    this.#deliver(await response.json());
  }
  #address() {
    const { serverUrl } = this.#settings();
    if (!serverUrl) throw new A2FError("no_server", "No server is set; call configure({ serverUrl }).");
    const fields = this.#fields();
    if (fields.emotions) fields.emotions = JSON.stringify(fields.emotions);
    return `${addresses(serverUrl).http}/v1/animate?${new URLSearchParams(fields)}`;
  }
  async #headers() {
    const { apiToken, getToken } = this.#settings();
    const token = getToken ? await getToken() : apiToken;
    const headers = { Accept: "application/json", "Content-Type": this.#type || "application/octet-stream" };
    if (token) headers.Authorization = `Bearer ${token}`;
    return headers;
  }
  /** @param {{fps: number, blendshapes: string[], weights: number[][], warning?: string}} animation */
  #deliver({ fps, blendshapes, weights, warning }) {
    this.#listener.onStarted(fps, 0);
    this.#listener.onFrames(0, weights.flat(), columnsOf(blendshapes), 1);
    this.#listener.onEnd(weights.length / fps, warning);
  }
  /** @param {any} error */
  #fail(error) {
    if (this.#abort.signal.aborted) return;
    if (isUndecodable(error)) return this.#onUnsupported(error);
    if (error.code === "busy") return this.#retry();
    const known = error instanceof A2FError;
    this.#listener.onFailure(
      known ? error : new A2FError("connection_failed", `The request failed: ${error.message}`)
    );
  }
  #retry() {
    this.#listener.onInterruption(FALLBACK.serverBusy);
    this.#timer = this.#platform.setTimeout(() => this.open(), this.#backoff.next());
  }
};
var CODES = { 415: "unsupported_audio", 503: "busy" };
async function errorOf(response) {
  const body = await response.json().catch(() => ({}));
  const error = body.error ?? body.detail ?? body;
  const code = error.code ?? CODES[response.status] ?? "connection_failed";
  return serverError({ ...error, code, message: error.message ?? `The server answered ${response.status}.` });
}

// src/audio/pcm_store.js
var PcmStore = class {
  #pieceBytes;
  /** @type {{start: number, bytes: Uint8Array}[]} */
  #pieces = [];
  #end = 0;
  /** @param {number} pieceBytes maximum size of a piece */
  constructor(pieceBytes) {
    this.#pieceBytes = pieceBytes;
  }
  /** Total number of bytes pushed. */
  get end() {
    return this.#end;
  }
  /** @param {Uint8Array} bytes */
  push(bytes) {
    for (let at = 0; at < bytes.length; at += this.#pieceBytes) {
      const piece = bytes.subarray(at, at + this.#pieceBytes);
      this.#pieces.push({ start: this.#end, bytes: piece });
      this.#end += piece.length;
    }
  }
  /**
   * Returns the bytes from a position to the end of its piece, or null at the end of the stream.
   * @param {number} position
   */
  from(position) {
    if (position >= this.#end || this.#pieces.length === 0) return null;
    const { start, bytes } = this.#pieces[this.#find(position)];
    return position > start ? bytes.subarray(position - start) : bytes;
  }
  /**
   * Drops whole pieces before a position.
   * @param {number} position
   */
  trim(position) {
    const drop = this.#pieces.length > 0 && position > 0 ? this.#find(position) : 0;
    if (drop > 100) this.#pieces.splice(0, drop);
  }
  /**
   * Returns the index of the last piece that starts at or before a position.
   * @param {number} position
   */
  #find(position) {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = low + high + 1 >> 1;
      if (this.#pieces[middle].start <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
};

// src/connection/pcm_uplink.js
var KEEP_S2 = 1;
var SPLIT_AT_PAUSE = 0.8;
var SPLIT_NOW = 0.98;
var PAUSE_S2 = 0.2;
var PcmUplink = class extends Uplink {
  #format;
  #onViseme;
  #store;
  #sent = 0;
  #utteranceStart = 0;
  #ended = false;
  /**
   * @param {Connection} connection
   * @param {Platform} platform
   * @param {() => Record<string, any>} startFields
   * @param {UplinkListener & Partial<Pick<SpeechListener, "onViseme">>} listener
   * @param {PcmFormat} format
   * @param {boolean} [visemes] asks for those that the server hears, if its model can
   */
  constructor(connection, platform, startFields, listener, format, visemes = false) {
    const fields = () => visemes && connection.ready.visemes ? { ...startFields(), visemes } : startFields();
    super(connection, platform, fields, listener);
    this.#onViseme = listener.onViseme?.bind(listener);
    this.#format = format;
    this.#store = new PcmStore(Math.ceil(format.sampleRate / 10) * format.blockBytes);
  }
  /** @param {Uint8Array} bytes whole sample blocks */
  write(bytes) {
    this.#store.push(bytes);
    this.#sendPending();
    const kept = (this.listener.position() - KEEP_S2) * this.#format.secondBytes;
    this.#store.trim(this.serverUtterance ? Math.min(this.#sent, kept) : kept);
  }
  end() {
    this.#ended = true;
    this.#sendPending();
  }
  /**
   * @param {{time: number, id: number, phonemes?: string}} message
   * @param {ServerUtterance} serverUtterance
   */
  onViseme({ time, id, phonemes }, { first }) {
    this.#onViseme?.(first / this.fps + time, id, phonemes);
  }
  /** @override @protected */
  startSending() {
    const late = this.fps > 0 ? Math.floor(this.listener.position() * this.fps) : 0;
    this.#startAt(late);
    this.#sendPending();
  }
  /** @param {number} frame index in the frame track */
  #startAt(frame) {
    const { encoding, sampleRate, channels, blockBytes } = this.#format;
    if (frame > 0) this.listener.onSplice(frame);
    this.startUtterance(frame, { encoding, sample_rate: sampleRate, channels });
    this.#sent = this.#utteranceStart = Math.ceil(frame * sampleRate / this.fps) * blockBytes;
  }
  #sendPending() {
    while (this.serverUtterance) {
      const piece = this.#store.from(this.#sent);
      if (!piece) break;
      this.serverUtterance.sendAudio(piece);
      this.#sent += piece.length;
      if (this.#limitReached()) this.#startNext();
    }
    if (this.#ended) this.serverUtterance?.end();
  }
  #limitReached() {
    const limit = this.connection.ready?.limits?.utterance_s ?? Number.POSITIVE_INFINITY;
    const seconds = (this.#sent - this.#utteranceStart) / this.#format.secondBytes;
    if (seconds >= limit * SPLIT_NOW - 0.1) return true;
    return seconds >= limit * SPLIT_AT_PAUSE && this.#sent === this.#store.end && this.listener.trailingSilence() >= PAUSE_S2;
  }
  #startNext() {
    if (this.#ended && this.#sent === this.#store.end) return;
    this.serverUtterance?.end();
    this.#startAt(Math.floor(this.#sent / this.#format.secondBytes * this.fps));
  }
};

// src/connection/speak_uplink.js
var MAX_REFUSALS = 4;
var MOST_CHARACTERS = 65536;
var SpeakUplink = class extends Uplink {
  #utterance;
  #text;
  #refusals = 0;
  /** The connection was lost before the server began. */
  #lost = false;
  #samples = 0;
  #rate = 0;
  /**
   * @param {Connection} connection
   * @param {Platform} platform
   * @param {() => Record<string, any>} startFields
   * @param {UplinkListener & SpeechListener} utterance
   * @param {SpeakText} text
   */
  constructor(connection, platform, startFields, utterance, text) {
    super(connection, platform, startFields, utterance);
    this.#utterance = utterance;
    this.#text = text;
  }
  /**
   * The server queues its own speech, so there is no need to wait.
   * @override
   * @protected
   * @param {() => void} action
   */
  whenAllowed(action) {
    action();
  }
  /** @override @protected */
  startSending() {
    if (this.#rate > 0) return;
    const fields = { type: "speak", ...this.startFields(), ...this.#text };
    const most = Math.min(MOST_CHARACTERS, this.connection.ready.limits?.message_bytes ?? MOST_CHARACTERS);
    const length = JSON.stringify(fields).length + 100;
    if (length > most) this.fail(tooLarge2(length, most));
    else this.openUtterance(0, fields);
  }
  /**
   * @override
   * @param {any} message
   */
  onStarted(message) {
    this.#rate = message.sample_rate;
    this.#utterance.onAudioFormat(this.#rate);
    super.onStarted(message);
  }
  /** @param {AudioBlock} block */
  onAudio({ samples }) {
    this.#samples += samples.length;
    this.#utterance.addAudio([samples]);
  }
  /** @param {{time: number, id: number, phonemes?: string}} message */
  onViseme({ time, id, phonemes }) {
    this.#utterance.onViseme(time, id, phonemes);
  }
  /** @param {{time: number, duration: number, text: string}} message */
  onWord({ time, duration, text }) {
    this.#utterance.onWord(time, duration, text);
  }
  /** @param {{time: number, name: string}} message */
  onBookmark({ time, name }) {
    this.#utterance.onBookmark(time, name);
  }
  /**
   * @override
   * @param {any} message
   * @param {ServerUtterance} serverUtterance
   */
  onEnd(message, serverUtterance) {
    if (serverUtterance === this.serverUtterance) this.#finish();
    super.onEnd(message, serverUtterance);
  }
  /**
   * @override
   * @param {any} message
   * @param {ServerUtterance} serverUtterance
   */
  onError(message, serverUtterance) {
    const busy = message.code === "busy" && !message.continues && serverUtterance === this.serverUtterance;
    if (busy && this.#refusedTooOften()) this.fail(serverError(message));
    else super.onError(message, serverUtterance);
  }
  /**
   * @override @protected
   * @param {A2FError} error
   */
  fail(error) {
    if (this.#samples === 0) return this.#abort(error);
    super.fail(error);
    this.#finish();
  }
  /**
   * @override @protected
   * @param {FallbackReason} reason
   */
  interrupt(reason) {
    if (reason === FALLBACK.serverBusy) return super.interrupt(reason);
    this.#lost ||= reason === FALLBACK.connectionLost;
    const { failure: failure2 } = this.connection;
    if (this.#mayComeBack(failure2) && !this.#refusedTooOften()) return super.interrupt(reason);
    this.fail(
      failure2 ?? new A2FError("connection_failed", "Speech needs a connection to the server, and there is none.")
    );
  }
  /**
   * Returns true if the request can be sent again: the server is full or shutting down, or the connection was
   * lost before it began, and the connection retries.
   * @param {A2FError | null} failure
   */
  #mayComeBack(failure2) {
    return this.#rate === 0 && (failure2?.code === "busy" || this.#lost && this.connection.state === "waiting");
  }
  /** Counts refusals; true if there were too many. */
  #refusedTooOften() {
    return ++this.#refusals >= MAX_REFUSALS;
  }
  #finish() {
    this.#utterance.finishAudio(this.#samples / (this.#rate || 1));
  }
  /** Fails before any audio was played. @param {A2FError} error */
  #abort(error) {
    this.close(true);
    this.#utterance.abort(error);
  }
};
function tooLarge2(length, most) {
  return new A2FError(
    "too_large",
    `The text has ${length} characters as JSON, but a message may have ${most}; speak it in parts.`
  );
}

// src/utterance/audio_file.js
var AudioFile = class {
  /** @type {"server" | "browser"} */
  decoder = "server";
  /** Who decoded it for the first frames. @type {"server" | "browser" | null} */
  decodedBy = null;
  /** Neither the server nor the browser can decode it. @type {A2FError | null} */
  undecodable = null;
  #format;
  /** @param {string} format its name, for error messages */
  constructor(format) {
    this.#format = format;
  }
  onFrames() {
    this.decodedBy ??= this.decoder;
  }
  /** @param {A2FError} error there will be no more frames */
  onFailure(error) {
    if (error.code === "bad_audio") this.undecodable = error;
  }
  /** Adds the format to an error of the element that plays the file. @param {A2FError} error */
  withFormat(error) {
    if (error.code !== "playback_failed") return error;
    return new A2FError(error.code, `${error.message} The format of the file is ${this.#format}.`);
  }
};

// src/utterance/sender.js
var UtteranceSender = class {
  #connection;
  #platform;
  #settings;
  /**
   * @param {Connection} connection
   * @param {Platform} platform
   * @param {() => Settings} settings
   */
  constructor(connection, platform, settings) {
    this.#connection = connection;
    this.#platform = platform;
    this.#settings = settings;
  }
  /**
   * @param {Utterance} utterance
   * @param {Uint8Array} bytes content of an audio file
   * @param {string} type media type, "" if unknown
   */
  sendFile(utterance, bytes, type) {
    const file = new AudioFile(formatOf(bytes, type));
    utterance.file = file;
    const decoded = decodeFile(this.#platform, bytes, type);
    decoded.then((audio) => measure(utterance, audio)).catch(() => {
    });
    if (this.#serverless) {
      decoded.catch((error) => utterance.onFailure(error));
      return utterance.onNoServer();
    }
    const convert = () => void decoded.then((audio) => this.#sendDecoded(utterance, file, audio)).catch((e) => utterance.onFailure(e));
    utterance.send(
      this.#settings().useWebSocket ? new FileUplink(this.#connection, this.#platform, this.#fields, utterance, bytes, convert) : this.#http(utterance, { bytes, type }, convert)
    );
  }
  /**
   * @param {Utterance} utterance
   * @param {PcmFormat} format
   * @param {boolean} visemes whether to ask for those that the server hears
   * @returns {{write: (bytes: Uint8Array) => void, end: () => void}}
   */
  openStream(utterance, format, visemes) {
    utterance.sources.addLoudness(new Loudness(format.sampleRate));
    if (this.#serverless) {
      utterance.onNoServer();
      return { write: () => {
      }, end: () => {
      } };
    }
    if (!this.#settings().useWebSocket) return this.#collect(utterance, format);
    const uplink = new PcmUplink(this.#connection, this.#platform, this.#fields, utterance, format, visemes);
    utterance.send(uplink);
    return uplink;
  }
  /**
   * Requests speech from the server. Always uses the WebSocket, because it streams.
   * @param {Utterance} utterance
   * @param {SpeakText} words
   */
  sendText(utterance, words) {
    utterance.send(new SpeakUplink(this.#connection, this.#platform, this.#fields, utterance, words));
  }
  /**
   * @param {Utterance} utterance
   * @param {AudioFile} file
   * @param {{sampleRate: number, samples: Float32Array}} audio
   */
  #sendDecoded(utterance, file, { sampleRate, samples }) {
    if (utterance.cancelled) return;
    file.decoder = "browser";
    const format = new PcmFormat({ sampleRate, encoding: "pcm_f32le" });
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    if (!this.#settings().useWebSocket) {
      return utterance.send(this.#http(utterance, { bytes: wavOf(bytes, format), type: "audio/wav" }));
    }
    const uplink = new PcmUplink(this.#connection, this.#platform, this.#fields, utterance, format);
    utterance.send(uplink);
    uplink.write(bytes);
    uplink.end();
  }
  /**
   * @param {Utterance} utterance
   * @param {{bytes: Uint8Array, type: string}} file
   * @param {(error: A2FError) => void} [convert]
   */
  #http(utterance, file, convert = (error) => utterance.onFailure(error)) {
    return new HttpUplink(this.#platform, this.#settings, this.#fields, utterance, file, convert);
  }
  /**
   * HTTP needs a whole file, so a stream is sent once it has ended.
   * @param {Utterance} utterance
   * @param {PcmFormat} format
   */
  #collect(utterance, format) {
    const pieces = [];
    return {
      write: (bytes) => void pieces.push(bytes),
      end: () => {
        const file = { bytes: wavOf(joined2(pieces), format), type: "audio/wav" };
        if (pieces.length > 0 && !utterance.cancelled) utterance.send(this.#http(utterance, file));
      }
    };
  }
  get #serverless() {
    return this.#settings().serverUrl === false;
  }
  #fields = () => requestFields(this.#settings());
};
function measure(utterance, { sampleRate, samples }) {
  utterance.duration ||= samples.length / sampleRate;
  utterance.sources.addLoudness(new Loudness(sampleRate));
  utterance.sources.addAudio([samples]);
  utterance.sources.finishAudio();
  utterance.recorder?.addAudio([samples]);
}
function joined2(pieces) {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

// src/viseme_animation/envelopes.js
var REACH_S2 = 0.24;
var RAMP_S2 = 0.12;
var SETTLES_EARLY_S = 0.04;
var WAKES_LATE_S = 0.02;
var CLOSING_S = 0.08;
var QUICKEST_CLOSING_S = 0.03;
var HALF_CLOSED = 0.6;
var WHOLE_S = 85e-4;
var LEFT_OVER = 0.5;
var SWELL = 0.22;
var SWELL_S = 0.6;
function clamp(value) {
  return Math.min(1, Math.max(0, value));
}
function silence(start, end, time) {
  const comes = (time - start + SETTLES_EARLY_S) / RAMP_S2;
  const goes = (end + WAKES_LATE_S - time) / RAMP_S2;
  return clamp(Math.min(comes, goes));
}
function closure(start, end, before, after, time) {
  const middle = (start + end) / 2;
  const half = Math.max(WHOLE_S, (end - start - CLOSING_S * HALF_CLOSED) / 2);
  const room = time < middle ? middle - before : after - middle;
  const ramp = Math.min(CLOSING_S, Math.max(QUICKEST_CLOSING_S, (room - half) / (1 - LEFT_OVER)));
  return clamp(1 - (Math.abs(time - middle) - half) / ramp);
}
function pressure(start, end, time) {
  const middle = (start + end) / 2;
  return clamp(1 - 2 * Math.abs(time - middle) / (end - start + CLOSING_S));
}
function swell(start, end, time, leads) {
  const length = end - start;
  const depth = SWELL * clamp((length - 0.08) / 0.15);
  if (depth === 0 || time <= start || time >= end) return 1;
  const turns = Math.ceil(length / SWELL_S);
  const phase = (time - start) / length * turns * 2 * Math.PI;
  return leads ? 1 + depth * Math.sin(phase) : 1 + depth * (1 - Math.cos(phase)) * 0.5;
}

// src/viseme_animation/blend.js
var NEUTRAL_WEIGHT = 0.05;
var EFFORT = [0.75, 0.4];
var VisemeBlend = class {
  values = new Float32Array(VALUES);
  #weights = new Float32Array(GROUPS);
  clear() {
    this.values.fill(0);
    this.#weights.fill(0);
  }
  /**
   * Adds one viseme.
   * @param {number} shape viseme that provides the face
   * @param {number} id viseme that provides the strength
   * @param {number} scale factor for the face
   * @param {number} start seconds
   * @param {number} end
   * @param {number} time
   */
  add(shape, id, scale, start, end, time) {
    const { values } = this;
    const before = Math.max(0, start - time);
    const after = Math.max(0, time - end);
    const width = 0.75 + 0.25 * Math.min(1, (end - start) * 10);
    for (let group = 0, value = 0; group < GROUPS; group++) {
      const until = GROUP_END[group];
      const far = (before / EARLY[group] + after / LATE[group]) / width;
      const weight = far < 1 ? STRENGTHS[id * GROUPS + group] * (1 - far) ** 3 : 0;
      const amount = weight * scale * swell(start, end, time, SWELLS_FIRST[group]);
      this.#weights[group] += weight;
      for (; value < until; value++) values[value] += amount * REST[shape * VALUES + value];
    }
  }
  /**
   * Computes the average.
   * @param {number} level loudness of the voice, 0–1; negative if unknown
   */
  average(level) {
    const { values } = this;
    const effort = level < 0 ? 1 : EFFORT[0] + EFFORT[1] * Math.min(1, level);
    for (let group = 0, value = 0; group < GROUPS; group++) {
      const weight = this.#weights[group] + NEUTRAL_WEIGHT;
      for (; value < GROUP_END[group]; value++) {
        const grows = value < OPENING_END || value >= VOWELS_START;
        values[value] = clamp(values[value] / weight * (grows ? effort : 1));
      }
    }
  }
};

// src/viseme_animation/fade.js
var FADE_S2 = 0.1;
var TICK_S = 1 / 60;
var VisemeFade = class {
  #shown = new Float32Array(FACE_WIDTH);
  #shownAt = Number.NEGATIVE_INFINITY;
  #offset = new Float32Array(FACE_WIDTH);
  #start = Number.NEGATIVE_INFINITY;
  #changed = false;
  /**
   * Reports that faces in a time span have changed.
   * @param {number} from seconds
   * @param {number} to
   */
  change(from, to) {
    if (from <= this.#shownAt && this.#shownAt <= to) this.#changed = true;
  }
  /**
   * Continues from the face that was shown, if it has changed.
   * @param {number} time seconds
   * @param {Float32Array} face the new face; becomes the one to show
   */
  apply(time, face) {
    if (this.#changed && Math.abs(time - this.#shownAt) < FADE_S2) this.#begin(time, face);
    this.#changed = false;
    const left = 1 - (time - this.#start) / FADE_S2;
    if (left > 0 && left <= 1)
      for (let i = 0; i < face.length; i++) face[i] = clamp(face[i] + this.#offset[i] * left);
    this.#shown.set(face);
    this.#shownAt = time;
  }
  /**
   * @param {number} time
   * @param {Float32Array} face
   */
  #begin(time, face) {
    for (let i = 0; i < face.length; i++) this.#offset[i] = this.#shown[i] - face[i];
    this.#start = time - Math.min(Math.max(0, time - this.#shownAt), TICK_S);
  }
};

// src/viseme_animation/gates.js
var LONGEST_CLOSURE_S = 0.25;
var HIDES_AFTER = 0.65;
var VisemeGates = class {
  seal = 0;
  bite = 0;
  rest = 0;
  press = 0;
  #marks;
  /** @param {VisemeMarks} marks */
  constructor(marks) {
    this.#marks = marks;
  }
  /**
   * Resets; only the rest before the first mark and after the end remains.
   * @param {number} time seconds
   */
  clear(time) {
    this.seal = this.bite = this.press = 0;
    this.rest = this.#restOutside(time);
  }
  /**
   * Adds a silence. Consecutive silences count as one.
   * @param {number} i index of its mark
   * @param {number} time seconds
   */
  addSilence(i, time) {
    const marks = this.#marks;
    const final = marks.count - 1;
    let first = i;
    let last = i;
    while (first > 0 && marks.idOf(first - 1) === SILENCE2 && marks.startOf(first) > time - REACH_S2) first--;
    while (last < final && marks.idOf(last + 1) === SILENCE2 && marks.startOf(last) < time + REACH_S2) last++;
    const start = first === 0 ? -Infinity : marks.startOf(first);
    const end = last === final ? Infinity : marks.startOf(last + 1);
    this.rest = Math.max(this.rest, silence(start, end, time));
  }
  /**
   * Adds a closure, and the same closure if it is repeated by the next mark.
   * @param {number} i index of its mark
   * @param {number} end seconds
   * @param {number} time
   */
  addClosure(i, end, time) {
    const marks = this.#marks;
    const start = marks.startOf(i);
    const before = (marks.startOf(i - 1) + start) / 2;
    this.#addSpan(i, start, end, before, (end + marks.startOf(i + 2)) / 2, time);
    if (marks.idOf(i + 1) !== marks.idOf(i)) return;
    const next = Math.min(marks.startOf(i + 2), marks.startOf(i + 1) + LONGEST_CLOSURE_S * HIDES_AFTER);
    this.#addSpan(i, start, next, before, (next + marks.startOf(i + 3)) / 2, time);
  }
  /**
   * @param {number} i index of the mark
   * @param {number} start seconds
   * @param {number} end
   * @param {number} before middle of the previous sound
   * @param {number} after middle of the next sound
   * @param {number} time
   */
  #addSpan(i, start, end, before, after, time) {
    const share = closure(start, end, before, after, time);
    if (this.#marks.idOf(i) === BITE) this.bite = Math.max(this.bite, share);
    else {
      this.seal = Math.max(this.seal, share);
      this.press = Math.max(this.press, pressure(start, end, time));
    }
  }
  /** @param {number} time seconds @returns {number} 0–1 */
  #restOutside(time) {
    const marks = this.#marks;
    if (marks.count === 0) return 1;
    const before = marks.idOf(0) === SILENCE2 ? 0 : silence(-Infinity, marks.startOf(0), time);
    return Math.max(before, silence(marks.end, Infinity, time));
  }
};
function isClosure(id) {
  return id === SEAL || id === BITE;
}

// src/viseme_animation/marks.js
var ASSUMED_S = 0.15;
var LINGER_S = 0.1;
var TAIL_S2 = 0.1;
var TRIM_BATCH = 64;
var VisemeMarks = class {
  #times = new Float64Array(64);
  #ids = new Uint8Array(64);
  #count = 0;
  /** Total seconds; negative while unknown. */
  #duration = -1;
  /** Number of marks kept. */
  get count() {
    return this.#count;
  }
  /** End of the last sound, as far as known. */
  get end() {
    const last = this.#times[this.#count - 1];
    return this.#duration < 0 ? last + ASSUMED_S : Math.max(this.#duration, last);
  }
  /**
   * @param {number} time seconds of the utterance
   * @param {number} id Azure viseme, 0–21
   * @returns {number} its index; −1 if it is invalid or a duplicate
   */
  add(time, id) {
    if (!Number.isFinite(time) || !Number.isInteger(id) || id < 0 || id >= IDS) return -1;
    const at = this.find(time) + 1;
    if (at > 0 && this.#times[at - 1] === time && this.#ids[at - 1] === id) return -1;
    this.#reserve();
    this.#move(at, at + 1);
    this.#times[at] = time;
    this.#ids[at] = id;
    return at;
  }
  /**
   * Marks the utterance as complete.
   * @param {number} duration seconds of the utterance
   */
  finish(duration) {
    this.#duration = duration;
  }
  /**
   * Drops marks before a time, except the current one and the one before it.
   * @param {number} time seconds
   */
  trim(time) {
    const stale = this.find(time) - 1;
    if (stale >= TRIM_BATCH) this.#move(stale, 0);
  }
  /**
   * Returns the seconds of marks after a time; see {@link FrameTrack#ahead}.
   * @param {number} time seconds
   */
  ahead(time) {
    if (this.#count === 0) return -Infinity;
    if (this.#duration >= 0) return time <= this.end + TAIL_S2 ? Infinity : -Infinity;
    return this.#times[this.#count - 1] + LINGER_S - time;
  }
  /**
   * @param {number} i index; outside the range there is silence
   * @returns {number} Azure viseme
   */
  idOf(i) {
    return i >= 0 && i < this.#count ? this.#ids[i] : SILENCE2;
  }
  /**
   * @param {number} i index; may be outside the range
   * @returns {number} seconds
   */
  startOf(i) {
    if (i < 0) return -Infinity;
    if (i < this.#count) return this.#times[i];
    return i === this.#count && this.#count > 0 ? this.end : Infinity;
  }
  /**
   * Returns the index of the last mark at or before a time, or −1.
   * @param {number} time seconds
   */
  find(time) {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = low + high >>> 1;
      if (this.#times[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
  /**
   * Moves the marks from one index to another.
   * @param {number} from
   * @param {number} to
   */
  #move(from, to) {
    this.#times.copyWithin(to, from, this.#count);
    this.#ids.copyWithin(to, from, this.#count);
    this.#count += to - from;
  }
  #reserve() {
    if (this.#count < this.#times.length) return;
    const times = new Float64Array(this.#count * 2);
    const ids = new Uint8Array(this.#count * 2);
    times.set(this.#times);
    ids.set(this.#ids);
    this.#times = times;
    this.#ids = ids;
  }
};

// src/viseme_animation/source.js
var LONGEST_S3 = 0.6;
var H_SCALE = 0.6;
var LATE_S2 = 1;
var UNKNOWN_LEVEL = 0.5;
var VisemeSource = class {
  rank = (
    /** @type {const} */
    "viseme"
  );
  /** It writes a full face. */
  writesVisemes = true;
  /** Loudness of the voice at a time, 0–1; negative if unknown. @type {((time: number) => number) | null} */
  level = null;
  #marks = new VisemeMarks();
  #blend = new VisemeBlend();
  #gates = new VisemeGates(this.#marks);
  #fade = new VisemeFade();
  #level = -1;
  /** False once the marks have turned out to be useless: there is nothing to read then. */
  valid = true;
  /** Number of marks kept. */
  get count() {
    return this.#marks.count;
  }
  /**
   * @param {number} time seconds of the utterance
   * @param {number} id Azure viseme, 0–21; others are ignored
   */
  add(time, id) {
    const at = this.#marks.add(time, id);
    if (at < 0) return;
    this.#fade.change(this.#marks.startOf(at - 1) - REACH_S2, this.#marks.startOf(at + 1) + REACH_S2);
  }
  /** Ignores all marks from now on, for example because their times are in another unit. */
  invalidate() {
    this.valid = false;
  }
  /**
   * Returns true if most marks are within an utterance.
   * @param {number} duration seconds of the utterance
   */
  fits(duration) {
    return this.#marks.count < 2 || this.#marks.find(duration + LATE_S2) + 1 >= this.#marks.count / 2;
  }
  /**
   * Marks the utterance as complete.
   * @param {number} duration seconds of the utterance
   */
  finish(duration) {
    this.#marks.finish(duration);
    this.#fade.change(this.#marks.startOf(this.#marks.count - 1) - REACH_S2, Infinity);
  }
  /**
   * Drops marks that no longer influence a time.
   * @param {number} time seconds
   */
  trim(time) {
    this.#marks.trim(time - REACH_S2);
  }
  /**
   * Returns the seconds of marks after a time; see {@link FrameTrack#ahead}.
   * @param {number} time seconds
   */
  ahead(time) {
    return this.valid ? this.#marks.ahead(time) : -Infinity;
  }
  /**
   * Reads the face at a time. The curves are already smooth, so the smoothing setting is not needed.
   * @param {number} time seconds
   * @param {Float32Array} out full face
   */
  sample(time, out) {
    const marks = this.#marks;
    this.#level = this.level ? this.level(time) : -1;
    this.#blend.clear();
    this.#gates.clear(time);
    for (let i = marks.find(time + REACH_S2); i >= 0 && marks.startOf(i + 1) >= time - REACH_S2; i--)
      this.#addMark(i, time);
    this.#blend.average(this.#level);
    writeVisemeFace(this.#blend.values, this.#gates, out);
    this.#fade.apply(time, out);
  }
  /**
   * @param {number} i index of the mark
   * @param {number} time
   */
  #addMark(i, time) {
    const id = this.#marks.idOf(i);
    if (id === SILENCE2) return this.#gates.addSilence(i, time);
    const start = this.#marks.startOf(i);
    const end = this.#marks.startOf(i + 1);
    const longest = isClosure(id) ? LONGEST_CLOSURE_S : LONGEST_S3;
    const known = end - start > longest ? start + longest * HIDES_AFTER : end;
    if (isClosure(id)) this.#gates.addClosure(i, known, time);
    this.#addSound(i, start, known, time);
    if (known < end) this.#addMurmur(known, end, time);
  }
  /**
   * @param {number} i index of the mark
   * @param {number} start seconds
   * @param {number} end
   * @param {number} time
   */
  #addSound(i, start, end, time) {
    const id = this.#marks.idOf(i);
    const turn2 = DIPHTHONGS[id];
    if (turn2) {
      const middle = (start + end) / 2;
      this.#blend.add(turn2[0], id, 1, start, middle, time);
      this.#blend.add(turn2[1], id, 1, middle, end, time);
    } else if (id === H) this.#blend.add(this.#vowelAfter(i), id, H_SCALE, start, end, time);
    else this.#blend.add(id, id, 1, start, end, time);
  }
  /**
   * Returns the shape of an h: that of the following vowel, else of a neutral vowel.
   * @param {number} i index of its mark
   */
  #vowelAfter(i) {
    const next = this.#marks.idOf(i + 1);
    if (next === SILENCE2 || next >= H) return 1;
    return DIPHTHONGS[next]?.[0] ?? next;
  }
  /**
   * @param {number} start seconds
   * @param {number} end
   * @param {number} time
   */
  #addMurmur(start, end, time) {
    const level = this.#level < 0 ? UNKNOWN_LEVEL : Math.min(1, this.#level);
    this.#blend.add(MURMUR, MURMUR, level, start, end, time);
  }
};

// src/utterance/animation_sources.js
var BEST_FIRST = ["server", "network", "viseme", "loudness"];
var AnimationSources = class {
  visemes = new VisemeSource();
  /** @type {Source[]} */
  bestFirst = [this.visemes];
  /** @type {Loudness | null} */
  loudness = null;
  /** The network in the page. @type {NetworkSource | null} */
  network = null;
  /** The server's frames; null until it has accepted the utterance. @type {FrameTrack | null} */
  frames = null;
  /** @param {Loudness} loudness */
  addLoudness(loudness) {
    this.loudness = loudness;
    this.visemes.level = (time) => loudness.level(time);
    this.network?.setSampleRate(loudness.sampleRate);
    this.#add(loudness);
  }
  /** @param {NetworkSource} network */
  addNetwork(network) {
    this.network = network;
    this.#add(network);
  }
  /** @param {number} fps frames per second */
  addServer(fps) {
    const frames = new FrameTrack(fps);
    this.frames = frames;
    this.#add({
      rank: "server",
      ahead: (time) => {
        const left = frames.ahead(time);
        if (left < 0) this.network?.wake(time);
        return left;
      },
      sample: (time, out, smoothing) => frames.sample(time, out, smoothing)
    });
  }
  /** Adds audio. @param {Float32Array[]} planes one array per channel */
  addAudio(planes) {
    this.loudness?.push(planes);
    this.network?.push(planes);
  }
  /** No more audio follows. */
  finishAudio() {
    this.loudness?.finish();
    this.network?.finish();
  }
  /** Drops what is only needed before an instant. @param {number} before seconds */
  trim(before) {
    this.frames?.trim(before);
    this.loudness?.trim(before);
    this.network?.trim(before);
    this.visemes.trim(before);
  }
  /** Adds a source, or replaces the one of its rank. @param {Source} source */
  #add(source) {
    const others = this.bestFirst.filter(({ rank: rank2 }) => rank2 !== source.rank);
    this.bestFirst = [...others, source].sort(
      (a, b) => BEST_FIRST.indexOf(a.rank) - BEST_FIRST.indexOf(b.rank)
    );
  }
};

// src/utterance/bookmarks.js
var Bookmarks = class {
  /** @type {{time: number, name: string}[]} in order of time */
  #left = [];
  /**
   * @param {number} time seconds
   * @param {string} name
   */
  add(time, name) {
    const at = this.#left.findIndex((mark) => mark.time > time);
    this.#left.splice(at < 0 ? this.#left.length : at, 0, { time, name });
  }
  /**
   * Takes the bookmarks up to a position.
   * @param {number} position seconds
   */
  take(position) {
    const count = this.#left.findIndex((mark) => mark.time > position);
    return this.#left.splice(0, count < 0 ? this.#left.length : count);
  }
};

// src/utterance/spoken_words.js
var PUNCTUATION = /^[^\p{L}\p{N}]*$/u;
var SpokenWords = class {
  /** @type {Word[]} */
  #words = [];
  /**
   * @param {number} time seconds
   * @param {number} duration seconds
   * @param {string} text
   */
  add(time, duration, text) {
    if (PUNCTUATION.test(text)) return;
    const at = this.#after(time);
    this.#words.splice(at, 0, { time, duration, text });
  }
  /** Returns the last word that began before a time. @param {number} time seconds @returns {Word | null} */
  lastBefore(time) {
    for (let i = this.#words.length - 1; i >= 0; i--) if (this.#words[i].time < time) return this.#words[i];
    return null;
  }
  /** Drops words before the last one that began before a time. @param {number} time seconds */
  trim(time) {
    const last = this.lastBefore(time);
    const at = last ? this.#words.indexOf(last) : 0;
    if (at > 100) this.#words.splice(0, at);
  }
  /** Returns where a word of this time belongs. @param {number} time */
  #after(time) {
    let at = this.#words.length;
    while (at > 0 && this.#words[at - 1].time > time) at--;
    return at;
  }
};

// src/utterance/utterance.js
var KEEP_S3 = 10;
var HEAD_START_S = 0.1;
var Utterance = class {
  sources = new AnimationSources();
  /** The audio file that is played, if it is one. @type {AudioFile | null} */
  file = null;
  /** @type {UtteranceUplink | null} */
  uplink = null;
  /** Set if the utterance is recorded. @type {UtteranceRecorder | null} */
  recorder = null;
  /** No more PCM will be written. */
  inputEnded = false;
  playing = false;
  /** There is audio to play. */
  audible = false;
  /** May start when it is first in the queue. */
  ready = false;
  cancelled = false;
  /** Over: nothing is accepted any more. */
  closed = false;
  duration = 0;
  /** Why there are no server frames at the moment. */
  reason = (
    /** @type {FallbackReason | ErrorCode} */
    FALLBACK.waiting
  );
  /** The server's warning about the audio. @type {string | null} */
  warning = null;
  counters = { frames: 0, lateFrames: 0, firstFrameMs: (
    /** @type {number | null} */
    null
  ) };
  /** Milliseconds for which each source was used. */
  rankMs = { neutral: 0, loudness: 0, viseme: 0, network: 0, server: 0 };
  #hooks;
  #words = new SpokenWords();
  #bookmarks = new Bookmarks();
  #startedAt;
  #processing = false;
  /** @type {A2FError | null} */
  #failure = null;
  /** @type {(outcome: Outcome) => void} */
  #resolve = () => {
  };
  /** @type {(error: Error) => void} */
  #reject = () => {
  };
  /**
   * @param {number} id
   * @param {AudioSink} sink
   * @param {UtteranceHooks} hooks
   */
  constructor(id, sink, hooks) {
    this.id = id;
    this.sink = sink;
    this.#hooks = hooks;
    this.#startedAt = hooks.now();
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.done.catch(() => {
    });
  }
  /** Null until the sample rate of the audio is known. */
  get loudness() {
    return this.sources.loudness;
  }
  /** @param {UtteranceUplink} uplink */
  send(uplink) {
    this.uplink = uplink;
    this.#setProcessing(true);
    uplink.open();
  }
  /** The client was told to use no server. */
  onNoServer() {
    this.reason = FALLBACK.noServer;
    if (!this.sources.network) this.markReady();
  }
  /** The network cannot be used: there is nothing to wait for. */
  onNetworkUnavailable() {
    if (this.reason === FALLBACK.noServer) this.markReady();
  }
  /** @param {number} newest time of the newest frame of the network before those that have arrived, seconds */
  onNetworkFrames(newest) {
    const { frames, network } = this.sources;
    const server = frames && frames.end > 0 ? (frames.end - 1) / frames.fps : 0;
    if (newest > server) this.sink.observeFrames?.(newest, this.#hooks.now());
    if (this.reason === FALLBACK.noServer && network && network.inHand >= HEAD_START_S) this.markReady();
  }
  /** Marks that there is audio to play, so that a delay is now audible. */
  markAudible() {
    if (this.audible) return;
    this.audible = true;
    this.#hooks.onChange(this);
  }
  markReady() {
    if (this.ready) return;
    this.ready = true;
    this.#hooks.onChange(this);
  }
  /** Sets the sample rate of synthesised speech. @param {number} sampleRate Hertz */
  onAudioFormat(sampleRate) {
    this.sink.setSampleRate?.(sampleRate);
    this.sources.addLoudness(new Loudness(sampleRate));
  }
  /** Adds audio. @param {Float32Array[]} planes one array per channel */
  addAudio(planes) {
    this.sources.addAudio(planes);
    this.recorder?.addAudio(planes);
    this.sink.write?.(planes);
    this.trim();
    if (this.playing) return;
    this.audible = true;
    this.#hooks.onChange(this);
  }
  /** Marks the end of the audio. @param {number} duration total seconds */
  finishAudio(duration) {
    this.inputEnded = true;
    this.duration = duration;
    this.sources.finishAudio();
    const { visemes } = this.sources;
    if (!visemes.fits(duration)) this.#dropVisemes(lateVisemes(duration));
    visemes.finish(duration);
    this.sink.finish?.(duration);
    if (duration > 0) return this.#hooks.onChange(this);
    this.markReady();
    this.markAudible();
  }
  /** Whether there is enough audio to start playback. */
  get buffered() {
    return this.sink.isBuffered ?? true;
  }
  /**
   * Checks the time of a viseme; if it is in another unit, so are the others, and they are dropped.
   * @param {() => void} check
   */
  requireUnit(check) {
    try {
      check();
    } catch (error) {
      this.#dropVisemes(
        /** @type {A2FError} */
        error
      );
      throw error;
    }
  }
  /** Fails without any audio having been played. @param {A2FError} error */
  abort(error) {
    this.#failure = error;
    this.#hooks.onChange(this);
  }
  /**
   * @param {number} time seconds
   * @param {number} id Azure viseme, 0–21
   * @param {string} [phonemes] what it stands for, in IPA
   */
  onViseme(time, id, phonemes) {
    if (this.closed) return;
    const viseme2 = phonemes ? { time, id, phonemes } : { time, id };
    this.sources.visemes.add(time, id);
    this.recorder?.onViseme(viseme2);
    this.#hooks.emit("viseme", { utterance: this.id, ...viseme2 });
  }
  /**
   * @param {number} time seconds
   * @param {number} duration seconds
   * @param {string} text
   */
  onWord(time, duration, text) {
    if (this.closed) return;
    this.#words.add(time, duration, text);
    this.recorder?.onWord({ time, duration, text });
    this.#hooks.emit("word", { utterance: this.id, time, duration, text });
  }
  /**
   * @param {number} time seconds
   * @param {string} name
   */
  onBookmark(time, name) {
    if (!this.closed) this.#bookmarks.add(time, name);
  }
  /** Reports the bookmarks up to a position of playback. @param {number} position seconds */
  reach(position) {
    for (const mark of this.#bookmarks.take(position))
      this.#hooks.emit("bookmark", { utterance: this.id, ...mark });
  }
  play() {
    this.playing = true;
    this.sink.start();
    if (this.recorder) this.#hooks.emit("take", { take: this.recorder.take });
  }
  /** @param {number} now ms */
  isOver(now) {
    return this.cancelled || this.#failure !== null || this.playing && this.sink.isOver(now);
  }
  /** The source used most. @returns {Rank} */
  get rank() {
    const ranks = (
      /** @type {Rank[]} */
      Object.keys(this.rankMs)
    );
    return ranks.reduce((best, rank2) => this.rankMs[rank2] > this.rankMs[best] ? rank2 : best);
  }
  /**
   * Ends the utterance and settles `done`.
   * @param {boolean} newest whether no later utterance has been sent
   */
  close(newest) {
    this.uplink?.close(newest);
    this.sources.network?.close();
    this.inputEnded = this.closed = true;
    this.#finishTake();
    this.#setProcessing(false);
    const outcome = this.#outcome();
    this.reach(outcome.heard);
    this.#hooks.emit("end", outcome);
    const failure2 = this.#failure ?? this.sink.failure;
    if (!failure2) return this.#resolve(outcome);
    if (this.file?.undecodable) return this.#reject(this.file.undecodable);
    const error = this.file?.withFormat(failure2) ?? failure2;
    this.#report(error);
    this.#reject(error);
  }
  /** @returns {Outcome} */
  #outcome() {
    const { id: utterance, duration, rank: rank2, cancelled, warning } = this;
    const { frames } = this.counters;
    const decodedBy = this.file?.decodedBy ?? null;
    const heard = this.#heard();
    const word = this.#words.lastBefore(heard);
    return { utterance, frames, duration, rank: rank2, cancelled, heard, word, decodedBy, warning };
  }
  /** True if it was played to its end. */
  get #complete() {
    return this.playing && this.duration > 0 && !this.cancelled && !this.#failure && !this.sink.failure;
  }
  /** Returns the seconds of audio that were heard. */
  #heard() {
    if (this.#complete) return this.duration;
    return Math.min(this.position(), this.duration || Number.POSITIVE_INFINITY);
  }
  /** Records up to the playback position. */
  updateTake() {
    if (this.playing) this.recorder?.recordUntil(this.position());
  }
  /** Drops old data of an endless utterance, if playback cannot be rewound. */
  trim() {
    if (!this.sink.forwardOnly) return;
    this.updateTake();
    const before = this.position() - KEEP_S3;
    this.sources.trim(before);
    this.#words.trim(before);
  }
  position() {
    return this.playing ? this.sink.time(this.#hooks.now()) : 0;
  }
  trailingSilence() {
    return this.loudness?.trailingSilence ?? 0;
  }
  /**
   * @param {number} fps
   * @param {number} lookahead seconds
   */
  onStarted(fps, lookahead) {
    this.reason = FALLBACK.waiting;
    if (this.sources.frames) return;
    this.sources.addServer(fps);
    this.sink.expectLookahead?.(lookahead);
    this.#hooks.emit("started", { utterance: this.id, fps, lookahead });
  }
  /** @param {number} frame */
  onSplice(frame) {
    this.sources.frames?.splice(frame);
  }
  /**
   * @param {number} first
   * @param {ArrayLike<number>} values
   * @param {ArrayLike<number>} columns
   * @param {number} scale
   */
  onFrames(first, values, columns, scale) {
    const { frames } = this.sources;
    if (!frames || this.cancelled) return;
    this.#countFrames(first, values.length / columns.length, frames);
    this.file?.onFrames();
    frames.put(first, values, columns, scale);
    this.reason = FALLBACK.late;
    if (frames.ahead(0) >= HEAD_START_S) this.markReady();
  }
  /**
   * @param {number} duration seconds of the last server utterance
   * @param {string} [warning] of the server
   */
  onEnd(duration, warning) {
    this.duration ||= duration;
    this.warning ??= warning ?? null;
    this.sources.frames?.finish();
    this.#setProcessing(false);
    this.markReady();
  }
  /** @param {FallbackReason} reason */
  onInterruption(reason) {
    this.reason = reason;
    this.sources.network?.wake(this.position());
    this.markReady();
  }
  /** @param {A2FError} error */
  onFailure(error) {
    if (this.cancelled) return;
    this.file?.onFailure(error);
    this.reason = error.code;
    this.sources.network?.wake(this.position());
    this.#setProcessing(false);
    this.#report(error);
    this.markReady();
  }
  /** @param {A2FError} error why they are useless */
  #dropVisemes(error) {
    const { visemes } = this.sources;
    if (!visemes.valid) return;
    visemes.invalidate();
    this.#report(error);
  }
  #finishTake() {
    if (!this.recorder || !this.playing) return;
    this.recorder.finish(this.#complete);
    this.#hooks.emit("take", { take: this.recorder.take });
  }
  /** @param {A2FError} error */
  #report(error) {
    this.#hooks.emit("error", { ...errorEvent(error), utterance: this.id });
  }
  /**
   * @param {number} first
   * @param {number} count
   * @param {FrameTrack} track
   */
  #countFrames(first, count, track) {
    const now = this.#hooks.now();
    const position = this.position();
    if (track.end > 0) this.sink.observeFrames?.((track.end - 1) / track.fps, now);
    this.counters.frames += count;
    this.counters.firstFrameMs ??= now - this.#startedAt;
    for (let frame = first; frame < first + count && frame / track.fps < position; frame++) {
      this.counters.lateFrames++;
    }
  }
  /** @param {boolean} processing */
  #setProcessing(processing) {
    if (processing === this.#processing) return;
    this.#processing = processing;
    this.#hooks.emit("processing", { processing, utterance: this.id });
  }
};
function lateVisemes(duration) {
  return new A2FError(
    "bad_argument",
    `Most visemes are later than the audio, which has ${duration.toFixed(2)} s, so they are not used; addViseme() takes seconds.`
  );
}

// src/client.js
var LOCKED = "The browser blocks audio until the user clicks or presses a key on this page. Start speech in a click handler, or call unlock() there; what waits is played after the next click.";
var STREAM_OPTIONS = ["sampleRate", "channels", "encoding", "audio", "visemes"];
var Audio2FaceClient = class {
  /** The 52 ARKit names in the order of `frame.weights`. */
  static BLENDSHAPES = BLENDSHAPES;
  static A2FError = A2FError;
  static AzureSpeaker = AzureSpeaker;
  static followAzure = followAzure;
  static bakeTake = bakeTake;
  /** Returns the default of each setting. */
  static defaultSettings = defaultSettings;
  #settings;
  #platform;
  /** @type {Emitter<Events>} */
  #events = new Emitter();
  #connection;
  #output;
  #streamBuffer;
  #speechBuffer;
  #queue;
  #idle;
  #animator;
  #sender;
  #relay;
  #network;
  #expressions;
  #lastId = 0;
  /** @type {Utterance | null} */
  #latest = null;
  /** @type {Take | null} */
  #take = null;
  #frameHandle = (
    /** @type {any} */
    null
  );
  #disposed = false;
  /**
   * @param {string | null | false} [serverUrl] http(s):// or ws(s)://, optionally with a path; default: the page's
   *   origin; false: no server
   * @param {Partial<Settings & Platform>} [options]
   */
  constructor(serverUrl, options) {
    const given = checkedOptions("Audio2FaceClient", options, [...SETTING_NAMES, ...platformNames()]);
    this.#settings = this.#changed(defaultSettings(), {
      ...given,
      ...serverUrl || serverUrl === false ? { serverUrl } : {}
    });
    this.#platform = platformWith(given);
    const settings = () => this.#settings;
    this.#connection = new Connection(this.#platform, settings, {
      onState: (state) => this.#emit("connection", { state }),
      onError: (error) => this.#report(error)
    });
    this.#output = new AudioOutput(this.#platform, {
      onInterrupted: () => this.#emit("audio", { state: "interrupted" }),
      onResumed: () => this.#emit("audio", { state: "running" }),
      onLocked: () => this.#warn("audio_locked", LOCKED),
      onBlocked: (own) => this.#onBlocked(own)
    });
    if (this.#settings.audioContext) this.#output.setContext(this.#settings.audioContext);
    this.#streamBuffer = new JitterBuffer(() => this.#settings.buffer);
    this.#speechBuffer = new JitterBuffer(() => this.#settings.buffer);
    this.#queue = new UtteranceQueue(this.#platform, this.#emit, () => this.#settings.patience);
    const seed = this.#settings.seed ?? Math.floor(this.#platform.random() * 2 ** 32);
    this.#idle = new IdleAnimation(this.#platform, seed, () => this.#requestFrame());
    this.#idle.configure(this.#settings.life);
    this.#animator = new FaceAnimator(this.#emit, this.#idle);
    this.#network = new NetworkAnimation(this.#platform, settings, (error) => this.#report(error));
    this.#expressions = new ExpressionController(this.#platform, this.#animator.expressionLayer, {
      serverUrl: () => this.#settings.serverUrl || null,
      ownTable: () => this.#network.expressions(),
      onError: (error) => this.#report(error),
      onChange: () => this.#requestFrame()
    });
    this.#sender = new UtteranceSender(this.#connection, this.#platform, settings);
    this.#relay = new Relay({
      open: (sink) => this.#createUtterance(sink, { replayed: true }),
      cancel: (utterance) => this.#queue.cancel(utterance),
      now: () => this.#platform.now()
    });
    if (this.#idle.active) this.#requestFrame();
  }
  /**
   * @param {Partial<Settings>} changes take effect with the next utterance; a new server address takes effect
   *   immediately
   */
  configure(changes) {
    const before = this.#settings;
    this.#settings = this.#changed(before, changes);
    warnOfUnknownOptions("configure()", changes, SETTING_NAMES);
    const moved = (
      /** @type {const} */
      ["serverUrl", "apiToken", "getToken"]
    );
    if (moved.some((key) => before[key] !== this.#settings[key])) this.#connection.close();
    if (this.#settings.audioContext) this.#output.setContext(this.#settings.audioContext);
    this.#network.configure();
    this.#idle.configure(this.#settings.life);
    if (this.#idle.active || this.#queue.current) this.#requestFrame();
    return this;
  }
  /**
   * @template {keyof Events} Name
   * @param {Name} event
   * @param {(payload: Events[Name]) => void} callback
   * @returns {() => void} removes the listener
   */
  on(event, callback) {
    for (const words of unknownNames("event", [event], EVENT_NAMES)) warn(`on(): ${words}`);
    return this.#events.on(event, callback);
  }
  /**
   * @template {keyof Events} Name
   * @param {Name} event
   * @param {(payload: Events[Name]) => void} callback
   */
  off(event, callback) {
    this.#events.off(event, callback);
  }
  /**
   * Queries the server's health endpoint. Never throws.
   * @returns {Promise<{connected: boolean, error?: string, [field: string]: any}>}
   */
  async checkConnection() {
    const health = await checkHealth(this.#platform, this.#settings.serverUrl || null);
    if (health.connected && this.#connection.state === "waiting") this.#connection.connect();
    return health;
  }
  /**
   * Opens the connection now instead of with the first utterance, to check address and token or to save time. With
   * `serverUrl: false` it loads the network.
   * @returns {Promise<void>} resolves when the server or the network is ready; rejects with the reason if it cannot be
   *   used
   */
  async connect() {
    this.#requireUse();
    const alone = this.#settings.serverUrl === false ? this.#network.load() : null;
    await (alone ?? this.#connection.whenReady());
  }
  /**
   * Binds all meshes with morph targets, replacing any earlier binding.
   * @param {unknown} target a scene, a glTF, a mesh, a VRM, or an array of them
   * @param {{map?: MorphMap}} [options] map: ARKit name → the mesh's own morph target(s)
   * @returns {boolean} true if anything can move
   */
  initializeWithScene(target, options) {
    const { map = {} } = checkedOptions("initializeWithScene()", options, ["map"]);
    const binding = new Binding(target, map ?? {});
    this.#animator.binding?.release();
    this.#animator.binding = binding;
    this.#idle.bind(target);
    this.#emit("bound", binding.report);
    return binding.report.found.length > 0;
  }
  /** What is bound, and which shapes the meshes lack. @returns {BindingReport | null} */
  get binding() {
    return this.#animator.binding?.report ?? null;
  }
  /**
   * Plays an audio file in an element and animates the face in sync. Playback waits for the server no longer
   * than `patience`.
   * @param {Blob | ArrayBuffer | Uint8Array} audio content of the file
   * @param {HTMLMediaElement} element its source is the same file
   * @returns {Promise<Outcome>} resolves when it was played or cancelled
   */
  async processAndAnimate(audio, element) {
    requireArgument(isElement(element), "processAndAnimate(blob, audioElement) needs an <audio> element.");
    requireFile(audio);
    const utterance = this.#createUtterance(this.#elementSink(element));
    utterance.inputEnded = true;
    try {
      const bytes = new Uint8Array(await new Response(
        /** @type {BodyInit} */
        audio
      ).arrayBuffer());
      if (!utterance.cancelled)
        this.#sender.sendFile(utterance, bytes, audio instanceof Blob ? audio.type : "");
    } catch (error) {
      utterance.onFailure(
        new A2FError("bad_audio", `The audio cannot be read: ${/** @type {Error} */
        error.message}`)
      );
    }
    utterance.markAudible();
    return utterance.done;
  }
  /**
   * Opens an utterance whose PCM is written as it becomes available. It plays after all earlier utterances.
   * @param {StreamOptions} options sampleRate in Hertz, 8000–48000; audio: how it is played: "play" (by the
   *   client, default), an element, or an external clock that reports the playback position in seconds; visemes: true
   *   emits `viseme` for what the server hears, if its model can (`ready.visemes`)
   */
  start(options) {
    requireArgument(options, "start() needs at least { sampleRate }.");
    const { audio = "play", visemes = false, ...format } = checkedOptions("start()", options, STREAM_OPTIONS);
    const pcm = new PcmFormat(
      /** @type {StreamOptions} */
      format
    );
    return this.#openStream(pcm, this.#sinkFor(audio, pcm), visemes);
  }
  /**
   * Lets the server synthesise a text and plays it, with the face in sync. Several texts are spoken in order.
   * @param {string | {ssml: string}} words plain text or SSML
   * @param {{voice?: string, plain?: boolean}} [options] voice: a name listed by `GET /v1/voices`. plain: removes
   *   Markdown, URLs and emoji from text written by a language model; resolves at once if nothing is left
   * @returns {Promise<Outcome>} resolves when it was played or cancelled; rejects if nothing could be played
   */
  async speak(words, options) {
    const utterance = this.#reported(() => {
      const request = speechRequest(words, options);
      if (request && this.#settings.serverUrl === false)
        throw new A2FError("no_server", "speak() needs a server, but serverUrl is false.");
      if (!request) return null;
      const made = this.#createUtterance(new PlaybackSink(this.#output, 0, this.#speechBuffer));
      made.inputEnded = true;
      this.#sender.sendText(made, request);
      return made;
    });
    return utterance ? utterance.done : UNSPOKEN;
  }
  /**
   * Animates the face from a microphone or a remote track.
   * @param {MediaStream} stream
   * @param {{play?: boolean}} [options] play: plays the stream too, as late as the face is, so that both are in sync.
   *   Mute the element that plays it otherwise
   */
  listen(stream, options) {
    requireStream(stream);
    const { play = false } = checkedOptions("listen()", options, ["play"]);
    const { context } = this.#output;
    const format = captureFormat(context.sampleRate);
    const sink = new LiveSink(format.sampleRate);
    const pcm = this.#openStream(format, sink);
    if (context.state !== "running") this.#output.tryResume();
    const session = new LiveSession(stream, { context, platform: this.#platform }, pcm, sink, play);
    session.ready.catch((error) => this.#report(error));
    return session;
  }
  /**
   * Animates the speech of a bot whose sound reaches the page another way, for example as a WebRTC track. The bot
   * animates it with Python's `FaceRelay` and sends its messages over a channel of the app.
   * @param {unknown} message a message of the channel, parsed
   * @returns {boolean} whether it was one of a `FaceRelay`
   */
  receive(message) {
    this.#requireUse();
    return this.#relay.receive(message);
  }
  /** The latest recording, complete or in progress; only with `keepTake`. @returns {Take | null} */
  get take() {
    return this.#take;
  }
  /**
   * Replays a recording without the server. The face follows an element that plays the recording's audio,
   * including pauses and seeks. A paused replay ends when another utterance is waiting.
   * @param {Take} take must be complete
   * @param {HTMLMediaElement} element plays the recording's audio, for example `take.wav()`; the app starts
   *   it
   * @returns {Promise<Outcome>} resolves when the element has ended, or on cancel
   */
  async replay(take, element) {
    requireArgument(isElement(element), "replay(take, audioElement) needs an <audio> element.");
    requireArgument(
      take?.complete && typeof take.source === "function",
      "replay() needs a complete take; wait for its utterance to end."
    );
    const utterance = this.#createUtterance(this.#elementSink(element, { follow: true }), { replayed: true });
    utterance.inputEnded = true;
    utterance.sources.bestFirst = [take.source()];
    utterance.duration = take.duration;
    if (take.sound.length > 0) utterance.sources.loudness = take.sound.loudness();
    for (const { time, duration, text } of take.words) utterance.onWord(time, duration, text);
    utterance.markAudible();
    return utterance.done;
  }
  /** Stops audio and animation and drops all queued utterances. A new utterance may start immediately. */
  cancel() {
    this.#queue.cancelAll();
    this.#emit("cancel", {});
  }
  /** Cancels everything and shows the neutral face immediately. */
  reset() {
    this.cancel();
    this.#expressions.cancelPending();
    this.#animator.reset();
  }
  /** @param {number} intensity 0.1–2 */
  setIntensity(intensity) {
    this.configure({ intensity });
  }
  /**
   * The weights shown now: 52 values, 0–1, in the order of BLENDSHAPES. The array is reused; copy it to keep
   * it.
   */
  get weights() {
    return this.#animator.weights;
  }
  /**
   * Shows emotions on top of the current animation, blended over 250 ms, also while idle. The table of
   * expressions is fetched from the server once; closed lips stay closed. Do not combine with {@link
   * setEmotions} for the same emotion, or it is applied twice.
   * @param {Emotions | null} expression name → 0–1; null or {} removes all
   * @returns {Promise<boolean>} true if an expression is shown; false also if the table is not available,
   *   which raises an `error` event with code `no_expressions`
   */
  async setExpression(expression) {
    this.#requireUse();
    return this.#expressions.set(expression ?? {});
  }
  /**
   * Sets the emotions that the server's model and motion use. They are blended in from the next frames on,
   * also during speech. For an immediate change use {@link setExpression}.
   * @param {Emotions | null} emotions name → 0–1
   */
  setEmotions(emotions) {
    this.configure({ emotions });
    this.#queue.newest?.uplink?.setEmotions(emotions ?? {});
  }
  /** Unlocks audio; call it from a click or key handler. The client also does this on the first gesture. */
  unlock() {
    return this.#output.unlock();
  }
  /**
   * Runs one animation tick; only for apps with their own loop (`autoUpdate: false`). Call it before
   * rendering.
   */
  update() {
    this.#queue.advance();
    const { current, speaking } = this.#queue;
    this.#animator.update(speaking, this.#platform.now(), this.#settings, current !== speaking);
    this.#queue.speaking?.updateTake();
    const words = this.#settings.autoUpdate && this.#animator.binding?.noticeOverwriting();
    if (words) this.#report(new A2FError("morphs_overwritten", words));
  }
  /** Returns the state of the client as plain JSON. */
  getDebugState() {
    const utterance = this.#latest;
    const animator = this.#animator;
    return {
      connection: this.#connection.state,
      server: this.#connection.ready?.server ?? null,
      network: this.#network.info,
      rank: animator.selector.rank,
      speaking: this.#queue.speaking !== null,
      alive: this.#idle.active,
      utterance: utterance?.id ?? null,
      time: animator.time,
      fps: animator.fps,
      framesReceived: utterance?.counters.frames ?? 0,
      lateFrames: utterance?.counters.lateFrames ?? 0,
      underruns: utterance?.sink.underruns ?? 0,
      timeToFirstFrameMs: utterance?.counters.firstFrameMs ?? null,
      binding: this.binding && { ...this.binding, found: this.binding.found.length }
    };
  }
  /** Releases all resources and resets the morphs to 0. The client cannot be used afterwards. */
  dispose() {
    if (this.#disposed) return;
    this.cancel();
    this.#disposed = true;
    this.#expressions.cancelPending();
    this.#platform.cancelAnimationFrame(this.#frameHandle);
    this.#connection.close("closed");
    this.#output.dispose();
    this.#network.dispose();
    this.#idle.dispose();
    this.#animator.binding?.release();
    this.#animator.binding = null;
    this.#events.clear();
  }
  /**
   * @param {PcmFormat} format
   * @param {AudioSink} sink
   */
  #openStream(format, sink, visemes = false) {
    const utterance = this.#createUtterance(sink);
    const uplink = this.#sender.openStream(utterance, format, visemes);
    return new PcmStream(utterance, format, uplink, () => this.#queue.cancel(utterance));
  }
  /**
   * @param {AudioSink} sink
   * @param {{replayed?: boolean}} [options] replayed: its frames exist; neither animated nor recorded
   */
  #createUtterance(sink, { replayed = false } = {}) {
    this.#requireUse();
    const open = this.#queue.newest;
    if (open && !open.inputEnded) {
      throw new A2FError(
        "bad_state",
        `Utterance ${open.id} is still open; call its end() or cancel() first.`
      );
    }
    const hooks = { emit: this.#emit, now: this.#platform.now, onChange: () => this.#queue.advance() };
    const utterance = new Utterance(++this.#lastId, sink, hooks);
    if (!replayed) this.#network.attach(utterance);
    if (!replayed && this.#settings.keepTake)
      utterance.recorder = new TakeRecorder(
        utterance,
        () => this.#settings,
        (face) => this.#animator.present(face, this.#settings)
      );
    this.#latest = utterance;
    this.#queue.add(utterance);
    this.#requestFrame();
    return utterance;
  }
  /**
   * @param {AudioTarget} audio
   * @param {PcmFormat} format
   * @returns {AudioSink}
   */
  #sinkFor(audio, format) {
    if (audio === "play") return new PlaybackSink(this.#output, format.sampleRate, this.#streamBuffer);
    if (isElement(audio)) return this.#elementSink(audio);
    const readable = typeof audio === "function" || typeof audio?.currentTime === "number";
    requireArgument(
      readable,
      'audio must be "play", an element, a function, or an object with a currentTime.'
    );
    return new ExternalSink(audio);
  }
  /**
   * @param {HTMLMediaElement} element
   * @param {{follow?: boolean}} [options]
   */
  #elementSink(element, options) {
    return new ElementSink(element, this.#output, () => this.#queue.advance(), options);
  }
  #requireUse() {
    if (this.#disposed) throw new A2FError("disposed", "This client has been disposed; create a new one.");
  }
  #requestFrame() {
    if (this.#frameHandle !== null || !this.#settings.autoUpdate || this.#disposed) return;
    this.#frameHandle = this.#platform.requestAnimationFrame(() => {
      this.#frameHandle = null;
      this.update();
      if (this.#queue.current || !this.#animator.settled) this.#requestFrame();
    });
  }
  /** @param {boolean} own the client may resume the sound itself */
  #onBlocked(own) {
    if (!this.#queue.current) return;
    const remedy = own ? "it continues at the next click or key press." : "resume() your AudioContext, or call unlock() in a click handler.";
    this.#report(new A2FError("audio_interrupted", `The sound was interrupted; ${remedy}`));
  }
  #emit = (event, payload) => {
    if (event === "take") this.#take = payload.take;
    this.#events.emit(event, payload);
  };
  /**
   * Returns changed settings, and reports a value that had to be clamped.
   * @param {Settings} settings
   * @param {Partial<Settings>} changes
   */
  #changed(settings, changes) {
    const next = changedSettings(settings, changes);
    const words = clampedIntensity(changes);
    if (words) this.#warn("bad_argument", words);
    return next;
  }
  /**
   * Reports what an action throws, for apps that ignore the promise.
   * @template Result
   * @param {() => Result} action
   * @returns {Result}
   */
  #reported(action) {
    try {
      return action();
    } catch (error) {
      this.#report(
        /** @type {A2FError} */
        error
      );
      throw error;
    }
  }
  /**
   * Reports an error on the console too.
   * @param {ErrorCode} code
   * @param {string} words
   */
  #warn(code, words) {
    warn(words);
    this.#report(new A2FError(code, words));
  }
  /** @param {A2FError} error */
  #report(error) {
    this.#emit("error", errorEvent(error));
  }
};
