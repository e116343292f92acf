import { dispose, loadAvatar } from "./avatar.js";
import { element, say } from "./dom.js";
import { framed } from "./framing.js";
import { ownHead, placed } from "./head.js";
import { showSnippet } from "./snippet.js";
import { Told } from "./words.js";

const OWN = "The built-in head";
const NOTHING_MOVES =
  "it has no face shapes that are known here. Export it with ARKit blend shapes (jawOpen, eyeBlinkLeft …); Ready Player Me adds them with ?morphTargets=ARKit at the end of the address.";
const EMPTY_VRM =
  "its expressions move nothing. Give it the presets aa, ih, ou, ee, oh and blink, or the ARKit shapes (jawOpen, eyeBlinkLeft …) as custom expressions, in VRoid Studio or in Blender's VRM add-on.";
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
      const file = await ownHead();
      const avatar = await loadAvatar(await file.arrayBuffer(), OWN, this.#stage.renderer);
      if (asked === this.#asked) this.#put(avatar, file, OWN);
    } catch (error) {
      if (asked === this.#asked) say(this.#status, /** @type {Error} */ (error).message);
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
      const avatar = await loadAvatar(await file.arrayBuffer(), file.name, this.#stage.renderer);
      if (asked !== this.#asked) return;
      this.#put(avatar, file, file.name);
      this.#back.disabled = false;
    } catch (error) {
      say(this.#status, `${file.name} was not loaded.`);
      throw error;
    }
    if (this.#client.binding?.found.length === 0)
      throw new Told(`${file.name} is shown, but ${this.#vrm ? EMPTY_VRM : NOTHING_MOVES}`);
  }

  /** @param {import("./avatar.js").Avatar} avatar @param {File} file @param {string} name */
  #put(avatar, file, name) {
    this.file = file;
    this.#wear(avatar, name);
  }

  /**
   * @param {import("./avatar.js").Avatar} avatar
   * @param {string} name
   */
  #wear({ object, vrm }, name) {
    if (this.#worn) {
      this.#worn.removeFromParent();
      dispose(this.#worn);
    }
    this.#worn = name === OWN ? placed(object) : framed(object);
    this.#vrm = vrm;
    this.#stage.pivot.add(this.#worn);
    this.#client.initializeWithScene(vrm ?? object);
    this.#report(name);
    showSnippet({ avatar: vrm ? "vrm" : "glb" });
    this.#stage.wake();
  }

  /** @param {string} name */
  #report(name) {
    const { found, missing, meshes, advice } = /** @type {import("audio2face-client").BindingReport} */ (
      this.#client.binding
    );
    const where = `${meshes} ${meshes === 1 ? "mesh" : "meshes"}`;
    say(this.#status, `${name}: ${found.length} of 52 shapes found, on ${this.#vrm ? "a VRM" : where}.`);
    this.#advice.hidden = advice === "";
    say(this.#advice, advice);
    this.#missing.hidden = missing.length === 0;
    say(element("missing-title"), `${missing.length} missing`);
    say(element("missing-names"), missing.join(", "));
    this.#onMissing(missing);
  }
}
