import { element, say } from "../dom.js";
import { Told } from "../messages.js";
import { showSnippet } from "../panels/snippet.js";
import { dispose, loadAvatar } from "./avatar_file.js";
import { ownHead, placed } from "./built_in_head.js";
import { framed, isEmpty } from "./framing.js";

const OWN = "The built-in head";
const NO_HEAD =
  "The built-in head cannot be read. See that the server runs and press “Built-in head”, or drop your own avatar.";
const NOTHING_TO_SEE = "there is nothing to see in it. Export it with its meshes.";
const NOTHING_MOVES =
  "it has no face shapes that are known here. Export it with ARKit blend shapes (jawOpen, eyeBlinkLeft …); Ready Player Me adds them with ?morphTargets=ARKit at the end of the address.";
const EMPTY_VRM =
  "its expressions move nothing. Give it the presets aa, ih, ou, ee, oh and blink, or the ARKit shapes (jawOpen, eyeBlinkLeft …) as custom expressions, in VRoid Studio or in Blender's VRM add-on.";
/** @param {number} count of textures */
const unreadable = (count) =>
  `${count === 1 ? "A texture" : `${count} textures`} cannot be read, so colours are missing. Export the avatar again with its textures as PNG, JPEG or KTX2.`;
/** A tab that was hidden has no springs to catch up with. */
const LONGEST_TICK_S = 0.1;

/** Which avatar is shown, and what of the 52 shapes it has. */
export class Wardrobe {
  #client;
  #stage;
  #onMissing;
  #status = element("avatar-status");
  #advice = element("avatar-advice");
  #missing = element("missing");
  #back = /** @type {HTMLButtonElement} */ (element("own-head"));
  /** @type {import("three").Object3D | null} */
  #worn = null;
  /** @type {import("@pixiv/three-vrm").VRM | null} */
  #vrm = null;
  #wearsOwn = false;
  /** What is worn, in words. */
  #name = "";
  #last = 0;
  /** Counts what was asked for: what comes late is not put on over what was asked for after it. */
  #asked = 0;
  /** The GLB that is worn, where there is one. @type {Blob | null} */
  file = null;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {import("./stage.js").Stage} stage
   * @param {(missing: string[]) => void} onMissing
   */
  constructor(client, stage, onMissing) {
    this.#client = client;
    this.#stage = stage;
    this.#onMissing = onMissing;
    this.#back.addEventListener("click", () => this.wearOwn());
    this.wearOwn();
  }

  /** The built-in head. */
  async wearOwn() {
    const asked = ++this.#asked;
    this.#back.disabled = true;
    try {
      await this.#load(await ownHead(), OWN, asked);
    } catch {
      if (asked !== this.#asked) return;
      say(this.#status, NO_HEAD);
      this.#back.disabled = this.#wearsOwn;
    }
  }

  /** What a VRM does by itself: its expressions, springs and look. Once a tick. @param {number} now ms */
  advance(now) {
    this.#vrm?.update(Math.min(LONGEST_TICK_S, (now - this.#last) / 1000));
    this.#last = now;
  }

  /** @param {File} file a GLB or a VRM */
  async wear(file) {
    const asked = ++this.#asked;
    say(this.#status, `Reading ${file.name} …`);
    try {
      await this.#load(file, file.name, asked);
    } catch (error) {
      // What came of it interests nobody any more.
      if (asked !== this.#asked) return;
      say(this.#status, `${file.name} was not loaded${this.#still()}.`);
      this.#back.disabled = this.#wearsOwn;
      // It may have been chosen before the built-in head was there.
      if (this.file === null) void this.wearOwn();
      throw error;
    }
    if (asked === this.#asked) this.#requireFace(file.name);
  }

  /**
   * Puts on what is in a file, unless something else was asked for meanwhile.
   * @param {File} file
   * @param {string} name
   * @param {number} asked
   */
  async #load(file, name, asked) {
    const avatar = await loadAvatar(await file.arrayBuffer(), name, this.#stage.renderer);
    if (asked !== this.#asked) return dispose(avatar.object);
    try {
      this.#put(avatar, name);
    } catch (error) {
      dispose(avatar.object);
      throw error;
    }
    this.file = file;
  }

  /**
   * What was worn stays on until the other is ready.
   * @param {import("./avatar_file.js").Avatar} avatar
   * @param {string} name
   */
  #put({ object, vrm, unread }, name) {
    const own = name === OWN;
    const next = own ? placed(object) : framed(object);
    this.#stage.pivot.add(next);
    try {
      this.#client.initializeWithScene(vrm ?? object);
    } catch (error) {
      next.removeFromParent();
      throw error;
    }
    this.#worn?.removeFromParent();
    if (this.#worn) dispose(this.#worn);
    this.#worn = next;
    this.#vrm = vrm;
    this.#wearsOwn = this.#back.disabled = own;
    this.#name = name;
    this.#report(name, unread);
    showSnippet({ avatar: vrm ? "vrm" : "glb" });
    this.#stage.wake();
  }

  /** What a failure leaves on; empty where nothing was worn. */
  #still() {
    return this.#worn ? `; ${this.#wearsOwn ? "the built-in head" : this.#name} is still worn` : "";
  }

  /** @param {string} name */
  #requireFace(name) {
    if (this.#worn && isEmpty(this.#worn)) {
      say(this.#status, `${name} is worn, but shows nothing.`);
      throw new Told(`${name} is shown, but ${NOTHING_TO_SEE}`);
    }
    if (this.#client.binding?.found.length === 0)
      throw new Told(`${name} is shown, but ${this.#vrm ? EMPTY_VRM : NOTHING_MOVES}`);
  }

  /** @param {string} name @param {number} unread textures */
  #report(name, unread) {
    const { found, missing, meshes, advice } = /** @type {import("audio2face-client").BindingReport} */ (
      this.#client.binding
    );
    const where = `${meshes} ${meshes === 1 ? "mesh" : "meshes"}`;
    say(this.#status, `${name}: ${found.length} of 52 shapes found, on ${this.#vrm ? "a VRM" : where}.`);
    const words = [unread > 0 && unreadable(unread), advice].filter(Boolean).join(" ");
    this.#advice.hidden = words === "";
    say(this.#advice, words);
    this.#missing.hidden = missing.length === 0;
    say(element("missing-title"), `${missing.length} missing`);
    say(element("missing-names"), missing.join(", "));
    this.#onMissing(missing);
  }
}
