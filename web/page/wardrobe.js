import { dispose, loadAvatar } from "./avatar.js";
import { element, say } from "./dom.js";
import { framed } from "./framing.js";
import { createHead } from "./head.js";
import { Told } from "./words.js";

const NOTHING_MOVES =
  "it has no face shapes that are known here. Export it with ARKit blend shapes (jawOpen, eyeBlinkLeft …); Ready Player Me adds them with ?morphTargets=ARKit at the end of the address.";

/** Which avatar is shown, and what of the 52 shapes it has. */
export class Wardrobe {
  #client;
  #stage;
  #onMissing;
  #status = element("avatar-status");
  #missing = element("missing");
  #back = /** @type {HTMLButtonElement} */ (element("own-head"));
  /** @type {import("three").Object3D | null} */
  #worn = null;

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
  wearOwn() {
    this.#wear(createHead(), "The built-in head");
    this.#back.disabled = true;
  }

  /** @param {File} file a GLB */
  async wear(file) {
    say(this.#status, `Reading ${file.name} …`);
    try {
      const avatar = await loadAvatar(await file.arrayBuffer(), file.name);
      this.#wear(framed(avatar), file.name);
      this.#back.disabled = false;
    } catch (error) {
      say(this.#status, `${file.name} was not loaded.`);
      throw error;
    }
    if (this.#client.binding?.found.length === 0)
      throw new Told(`${file.name} is shown, but ${NOTHING_MOVES}`);
  }

  /**
   * @param {import("three").Object3D} avatar
   * @param {string} name
   */
  #wear(avatar, name) {
    if (this.#worn) {
      this.#worn.removeFromParent();
      dispose(this.#worn);
    }
    this.#worn = avatar;
    this.#stage.pivot.add(avatar);
    this.#client.initializeWithScene(avatar);
    this.#report(name);
    this.#stage.wake();
  }

  /** @param {string} name */
  #report(name) {
    const { found, missing, meshes } = /** @type {import("audio2face-client").BindingReport} */ (
      this.#client.binding
    );
    const where = `${meshes} ${meshes === 1 ? "mesh" : "meshes"}`;
    say(this.#status, `${name}: ${found.length} of 52 shapes found, on ${where}.`);
    this.#missing.hidden = missing.length === 0;
    say(element("missing-title"), `${missing.length} missing`);
    say(element("missing-names"), missing.join(", "));
    this.#onMissing(missing);
  }
}
