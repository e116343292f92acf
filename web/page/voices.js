import { element } from "./dom.js";

const KEY = "a2f_voice";
const TIMEOUT_MS = 15000;
const OTHERS = "Other languages";

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
    this.#select.replaceChildren(this.#default, ...groups(voices));
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
 * A group for each locale, the visitor's languages first; locales with a single voice share the last one.
 * @param {VoiceInfo[]} voices
 */
function groups(voices) {
  const counts = grouped(voices, ({ locale }) => locale);
  const alone = (/** @type {string} */ locale) => counts.get(locale)?.length === 1;
  return [...grouped(voices, ({ locale }) => (alone(locale) ? OTHERS : title(locale)))]
    .sort(([a, [one]], [b, [two]]) => order(a, one.locale) - order(b, two.locale) || a.localeCompare(b))
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
  const options = voices.map((voice) => new Option(shown(voice), voice.name));
  made.append(...options.sort((a, b) => a.text.localeCompare(b.text)));
  return made;
}

/** Begins with what a visitor would type to find it: a person's name, or a language's. @param {VoiceInfo} voice */
function shown({ name, locale, gender, description }) {
  const person = name.startsWith(`${locale}-`) ? name.slice(locale.length + 1).replace(/Neural$/, "") : "";
  if (!/^\p{Lu}/u.test(person)) return description || name;
  return [person, gender, locale].filter(Boolean).join(" · ");
}

/**
 * @param {string} label
 * @param {string} locale
 */
function order(label, locale) {
  if (label === OTHERS) return navigator.languages.length + 1;
  const at = navigator.languages.findIndex((own) => language(own) === language(locale));
  return at < 0 ? navigator.languages.length : at;
}

/** @param {string} locale */
function title(locale) {
  try {
    return (
      new Intl.DisplayNames("en", { type: "language", languageDisplay: "standard" }).of(locale) ?? locale
    );
  } catch {
    return locale;
  }
}

/** @param {string} locale */
const language = (locale) => locale.split("-")[0];

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
