import { element } from "../dom.js";

const KEY = "a2f_voice";
const TIMEOUT_MS = 15000;
/** The page's. */
const LANGUAGE = document.documentElement.lang;
/** So many voices of a language are found in one flat list. */
const FEW = 12;

/** @typedef {{name: string, locale: string, gender: string, description: string}} VoiceInfo */

/** The list of the server's voices. The choice lasts as long as the visit. */
export class VoiceBox {
  #select = /** @type {HTMLSelectElement} */ (element("voice"));
  #default = this.#select.options[0];
  #asked = 0;

  constructor() {
    this.#select.addEventListener("change", () => remember(this.chosen));
  }

  /** The name to speak with; "": the server's choice. */
  get chosen() {
    return this.#select.value;
  }

  /** Whether no voices are listed. */
  get empty() {
    return this.#select.options.length === 1;
  }

  clear() {
    this.#asked++;
    this.#select.replaceChildren(this.#default);
  }

  /** Lists what the server has; a server that keeps its list to itself leaves the default alone. @param {string} server */
  async fill(server) {
    this.clear();
    const asked = this.#asked;
    const voices = await listed(server);
    if (asked !== this.#asked) return;
    this.#select.replaceChildren(this.#default, ...listing(voices));
    this.#select.value = remembered();
    if (this.#select.selectedIndex < 0) this.#select.value = "";
  }
}

/**
 * @param {string} server its address
 * @returns {Promise<VoiceInfo[]>} none where it wants a key for them
 */
async function listed(server) {
  try {
    const url = `${server.replace(/^ws/, "http")}/v1/voices`;
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? (await response.json()).voices : [];
  } catch {
    return [];
  }
}

/**
 * One list where every language has few voices, else a group for each locale; the visitor's languages first.
 * @param {VoiceInfo[]} voices
 */
function listing(voices) {
  const most = Math.max(0, ...[...grouped(voices, languageOf).values()].map(({ length }) => length));
  return most > FEW ? groups(voices) : list(voices);
}

/** @param {VoiceInfo[]} voices */
function list(voices) {
  return voices
    .map((voice) => ({ voice, text: inList(voice) }))
    .sort((a, b) => order(a.voice) - order(b.voice) || alphabetically(a.text, b.text))
    .map(({ voice, text }) => new Option(text, voice.name));
}

/** @param {VoiceInfo[]} voices */
function groups(voices) {
  return [...grouped(voices, ({ locale }) => title(locale))]
    .sort(([a, [one]], [b, [two]]) => order(one) - order(two) || alphabetically(a, b))
    .map(([label, members]) => group(label, members));
}

/**
 * @param {VoiceInfo[]} voices
 * @param {(voice: VoiceInfo) => string} key
 */
function grouped(voices, key) {
  /** @type {Map<string, VoiceInfo[]>} */
  const groups = new Map();
  for (const voice of voices) groups.set(key(voice), [...(groups.get(key(voice)) ?? []), voice]);
  return groups;
}

/**
 * @param {string} label
 * @param {VoiceInfo[]} voices
 */
function group(label, voices) {
  const made = document.createElement("optgroup");
  made.label = label;
  const options = voices.map((voice) => new Option(inGroup(voice), voice.name));
  made.append(...options.sort((a, b) => alphabetically(a.text, b.text)));
  return made;
}

/**
 * "English (America)" comes before "English (America, New York City)".
 * @param {string} a
 * @param {string} b
 */
function alphabetically(a, b) {
  const [one, two] = [a, b].map((text) => text.replace(/\)$/, ""));
  return one.localeCompare(two, LANGUAGE);
}

/** Begins with the language, which is what a visitor would type to find it. @param {VoiceInfo} voice */
function inList(voice) {
  const { locale, gender, description, name } = voice;
  const own = person(voice);
  if (own) return [title(locale), own, gender].filter(Boolean).join(" · ");
  const [known, said] = [title(languageOf(voice)), description || name];
  return known === languageOf(voice) || said.startsWith(known) ? said : `${known} · ${said}`;
}

/** Begins with a person's name, where there is one. @param {VoiceInfo} voice */
function inGroup(voice) {
  const { name, locale, gender, description } = voice;
  const own = person(voice);
  return own ? [own, gender, locale].filter(Boolean).join(" · ") : description || name;
}

/** Ava, of en-US-AvaNeural; "" where a voice has no such name. @param {VoiceInfo} voice */
function person({ name, locale }) {
  const rest = name.startsWith(`${locale}-`) ? name.slice(locale.length + 1).replace(/Neural$/, "") : "";
  return /^\p{Lu}/u.test(rest) ? rest : "";
}

/** The visitor's languages come first, in their order. @param {VoiceInfo} voice */
function order(voice) {
  const at = navigator.languages.findIndex((own) => language(own) === languageOf(voice));
  return at < 0 ? navigator.languages.length : at;
}

/** A locale in the page's language; itself, where it is not known. @param {string} locale */
function title(locale) {
  try {
    return (
      new Intl.DisplayNames(LANGUAGE, { type: "language", languageDisplay: "standard" }).of(locale) ?? locale
    );
  } catch {
    return locale;
  }
}

/** @param {string} locale */
const language = (locale) => locale.split("-")[0];

/** @param {VoiceInfo} voice */
const languageOf = ({ locale }) => language(locale);

function remembered() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} name */
function remember(name) {
  try {
    sessionStorage.setItem(KEY, name);
  } catch {
    // Where nothing may be stored the choice lasts as long as the page.
  }
}
