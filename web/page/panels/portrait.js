import { requestPortrait } from "../avatar/portrait_request.js";
import { element, setText } from "../dom.js";
import { download, formatSize } from "../export/download.js";
import { toSentence, UserError } from "../messages.js";

const SAMPLE = new URL("../../portrait-sample.jpg", import.meta.url);
/** The sample is Raphael's La velata. */
const SAMPLE_NAME = "painting.jpg";
const SAMPLE_AVATAR = "painting.glb";
/** The avatar of the sample, on pages without a server. */
const SAMPLE_GLB = new URL(`../../${SAMPLE_AVATAR}`, import.meta.url);

/** Turns photos into avatars and shows the options of the current one. */
export class PortraitPanel {
  #avatar;
  #server;
  #run;
  #options = element("portrait-options");
  #faces = /** @type {HTMLSelectElement} */ (element("portrait-face"));
  #crop = /** @type {HTMLInputElement} */ (element("portrait-crop"));
  #warning = element("portrait-warning");
  #labelled = /** @type {HTMLInputElement} */ (element("portrait-label"));
  #label = element("generated");
  #isPortrait = false;
  /** The photo of the avatar that is shown; null for a portrait that was loaded as a GLB. @type {File | null} */
  #photo = null;
  /** The GLB that is shown. @type {File | null} */
  #file = null;

  /**
   * @param {{load: (file: File) => Promise<void>,
   *   loadMade: (make: () => Promise<File>, name: string) => Promise<void>}} avatar
   * @param {() => import("../avatar/portrait_request.js").Server} server
   * @param {(action: () => Promise<void>) => unknown} run runs an action and reports its error
   */
  constructor(avatar, server, run) {
    this.#avatar = avatar;
    this.#server = server;
    this.#run = run;
    element("portrait-sample").addEventListener("click", () => run(() => this.#loadSample()));
    element("portrait-download").addEventListener("click", () => this.#download());
    this.#labelled.addEventListener("change", () => this.#refresh());
    for (const control of [this.#faces, this.#crop]) control.addEventListener("change", () => this.#remake());
  }

  /** The label of the avatar that is shown; empty without one. */
  get label() {
    return this.#label.hidden ? "" : (this.#label.textContent ?? "");
  }

  /** Makes an avatar from the largest face in a photo. @param {File} photo */
  async load(photo) {
    if (!this.#server().url) throw new UserError("Making an avatar from a photo needs a server.");
    await this.#make(photo, 0);
  }

  /** Shows the controls that belong to the avatar on the stage. @param {import("../avatar/avatar_loader.js").LoadedAvatar} avatar */
  show({ kind, file }) {
    this.#isPortrait = kind === "portrait";
    this.#file = file;
    this.#photo = null;
    this.#refresh();
  }

  /** @param {import("../avatar/avatar_loader.js").LoadedAvatar} avatar */
  isPainting({ kind, file }) {
    return kind === "portrait" && file.name === SAMPLE_AVATAR;
  }

  async #loadSample() {
    if (this.#server().url) await this.load(await fetchSample(SAMPLE, SAMPLE_NAME));
    else await this.#avatar.load(await fetchSample(SAMPLE_GLB, SAMPLE_AVATAR));
  }

  #remake() {
    const photo = this.#photo;
    if (photo) this.#run(() => this.#make(photo, this.#faces.selectedIndex));
  }

  /**
   * @param {File} photo
   * @param {number} face
   */
  async #make(photo, face) {
    /** @type {import("../avatar/portrait_request.js").Portrait | null} */
    let made = null;
    const options = { face, crop: this.#crop.checked };
    await this.#avatar.loadMade(async () => {
      made = await requestPortrait(photo, photo.name, this.#server(), options);
      return made.file;
    }, photo.name);
    if (made) this.#showMade(photo, face, made);
  }

  /**
   * @param {File} photo
   * @param {number} face
   * @param {import("../avatar/portrait_request.js").Portrait} made
   */
  #showMade(photo, face, { file, faces, warning }) {
    if (file !== this.#file) return; // another avatar was requested in the meantime
    this.#photo = photo;
    this.#faces.replaceChildren(...Array.from({ length: faces }, (_, i) => new Option(describeFace(i))));
    this.#faces.selectedIndex = face;
    setText(this.#warning, warning && toSentence(warning));
    this.#refresh();
  }

  #refresh() {
    this.#options.hidden = !this.#isPortrait;
    element("view").classList.toggle("picture", this.#isPortrait);
    this.#label.hidden = !(this.#isPortrait && this.#labelled.checked);
    const fromPhoto = this.#isPortrait && this.#photo !== null;
    element("portrait-photo-options").hidden = !fromPhoto;
    element("portrait-faces").hidden = this.#faces.length < 2;
    this.#warning.hidden = this.#warning.textContent === "";
    if (this.#file) setText(element("portrait-download"), `Download GLB (${formatSize(this.#file.size)})`);
  }

  #download() {
    if (this.#file) download(this.#file, this.#file.name);
  }
}

/** @param {URL} url @param {string} name @returns {Promise<File>} */
async function fetchSample(url, name) {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) throw new UserError("Can't load the painting. Check that the server is running.");
  const blob = await answer.blob();
  return new File([blob], name, { type: blob.type });
}

/** @param {number} index */
const describeFace = (index) => (index === 0 ? "1 (largest)" : `${index + 1}`);
