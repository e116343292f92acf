import { element } from "../dom.js";

const KEY = "a2f_voice";
const TIMEOUT_MS = 15000;
const PAGE_LANGUAGE = document.documentElement.lang;
/** Above this many voices per language, the list is grouped by locale. */
const MAX_FLAT = 12;

/** @typedef {{name: string, locale: string, gender: string, description: string}} VoiceInfo */

/** The list of the server's voices. The choice is kept for the session. */
export class VoiceSelect {
  #select = /** @type {HTMLSelectElement} */ (element("voice"));
  #default = this.#select.options[0];
  #requests = 0;

  constructor() {
    this.#select.addEventListener("change", () => save(this.chosen));
  }

  /** The name of the chosen voice; "" for the server's default. */
  get chosen() {
    return this.#select.value;
  }

  /** Whether only the default is listed. */
  get empty() {
    return this.#select.options.length === 1;
  }

  clear() {
    this.#requests++;
    this.#select.replaceChildren(this.#default);
  }

  /** Lists the server's voices, or only the default if they can't be fetched. @param {string} server its URL */
  async fill(server) {
    this.clear();
    const request = this.#requests;
    const voices = await fetchVoices(server);
    if (request !== this.#requests) return;
    this.#select.replaceChildren(this.#default, ...optionsOf(voices));
    this.#select.value = saved();
    if (this.#select.selectedIndex < 0) this.#select.value = "";
  }
}

/**
 * @param {string} server its URL
 * @returns {Promise<VoiceInfo[]>} empty if the request fails, for example without credentials
 */
async function fetchVoices(server) {
  try {
    const url = `${server.replace(/^ws/, "http")}/v1/voices`;
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? (await response.json()).voices : [];
  } catch {
    return [];
  }
}

/**
 * Makes a flat list if every language has few voices, otherwise a group per locale. The visitor's languages come first.
 * @param {VoiceInfo[]} voices
 */
function optionsOf(voices) {
  const counts = [...groupBy(voices, languageOf).values()].map(({ length }) => length);
  return Math.max(0, ...counts) > MAX_FLAT ? groupedOptions(voices) : flatOptions(voices);
}

/** @param {VoiceInfo[]} voices */
function flatOptions(voices) {
  return voices
    .map((voice) => ({ voice, text: flatLabel(voice) }))
    .sort((a, b) => languageRank(a.voice) - languageRank(b.voice) || alphabetically(a.text, b.text))
    .map(({ voice, text }) => new Option(text, voice.name));
}

/** @param {VoiceInfo[]} voices */
function groupedOptions(voices) {
  return [...groupBy(voices, ({ locale }) => languageName(locale))]
    .sort(([a, [one]], [b, [two]]) => languageRank(one) - languageRank(two) || alphabetically(a, b))
    .map(([label, members]) => optionGroup(label, members));
}

/**
 * @param {VoiceInfo[]} voices
 * @param {(voice: VoiceInfo) => string} key
 */
function groupBy(voices, key) {
  /** @type {Map<string, VoiceInfo[]>} */
  const groups = new Map();
  for (const voice of voices) groups.set(key(voice), [...(groups.get(key(voice)) ?? []), voice]);
  return groups;
}

/**
 * @param {string} label
 * @param {VoiceInfo[]} voices
 */
function optionGroup(label, voices) {
  const made = document.createElement("optgroup");
  made.label = label;
  const options = voices.map((voice) => new Option(groupLabel(voice), voice.name));
  made.append(...options.sort((a, b) => alphabetically(a.text, b.text)));
  return made;
}

/**
 * Sorts "English (America)" before "English (America, New York City)".
 * @param {string} a
 * @param {string} b
 */
function alphabetically(a, b) {
  const [one, two] = [a, b].map((text) => text.replace(/\)$/, ""));
  return one.localeCompare(two, PAGE_LANGUAGE);
}

/** Starts with the language, which is what a visitor types to find a voice. @param {VoiceInfo} voice */
function flatLabel(voice) {
  const { locale, gender, description, name } = voice;
  const person = personOf(voice);
  if (person) return [languageName(locale), person, gender].filter(Boolean).join(" · ");
  const [title, text] = [languageName(languageOf(voice)), description || name];
  return title === languageOf(voice) || text.startsWith(title) ? text : `${title} · ${text}`;
}

/** Starts with the voice's personal name, if it has one. @param {VoiceInfo} voice */
function groupLabel(voice) {
  const { name, locale, gender, description } = voice;
  const person = personOf(voice);
  return person ? [person, gender, locale].filter(Boolean).join(" · ") : description || name;
}

/** Returns "Ava" for en-US-AvaNeural; "" if a voice has no personal name. @param {VoiceInfo} voice */
function personOf({ name, locale }) {
  const rest = name.startsWith(`${locale}-`) ? name.slice(locale.length + 1).replace(/Neural$/, "") : "";
  return /^\p{Lu}/u.test(rest) ? rest : "";
}

/** Returns the place of a voice's language among the visitor's, best first. @param {VoiceInfo} voice */
function languageRank(voice) {
  const rank = navigator.languages.findIndex((each) => baseLanguage(each) === languageOf(voice));
  return rank < 0 ? navigator.languages.length : rank;
}

/** Returns a locale's name in the page's language, or the locale if it is unknown. @param {string} locale */
function languageName(locale) {
  try {
    const options = /** @type {const} */ ({ type: "language", languageDisplay: "standard" });
    return new Intl.DisplayNames(PAGE_LANGUAGE, options).of(locale) ?? locale;
  } catch {
    return locale;
  }
}

/** @param {string} locale */
const baseLanguage = (locale) => locale.split("-")[0];

/** @param {VoiceInfo} voice */
const languageOf = ({ locale }) => baseLanguage(locale);

function saved() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} name */
function save(name) {
  try {
    sessionStorage.setItem(KEY, name);
  } catch {
    // Without storage the choice lasts until the page is closed.
  }
}
