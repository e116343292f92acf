import { element, setText } from "../dom.js";
import { UserError } from "../messages.js";
import { dispose, readAvatar } from "./avatar_file.js";
import { fetchBuiltInHead, placeBuiltInHead } from "./built_in_head.js";
import { frameHead, isEmpty } from "./framing.js";

const BUILT_IN = "The built-in head";
const NO_HEAD =
  "Can't load the built-in head. Check that the server is running and press “Built-in head”, or drop your own avatar.";
const NO_MESHES = "it has no meshes. Export it with its meshes.";
const NO_SHAPES =
  "it has no face shapes that this page recognises. Export it with ARKit blendshapes (jawOpen, eyeBlinkLeft …). For Ready Player Me, add ?morphTargets=ARKit to the address.";
const EMPTY_EXPRESSIONS =
  "its expressions move nothing. In VRoid Studio or Blender's VRM add-on, define the presets aa, ih, ou, ee, oh and blink, or the ARKit shapes (jawOpen, eyeBlinkLeft …) as custom expressions.";
/** @param {number} count */
const textureAdvice = (count) =>
  `${count === 1 ? "A texture" : `${count} textures`} can't be read, so colours are missing. Export the avatar again with PNG, JPEG or KTX2 textures.`;
/** The longest step of the VRM springs. A tab that was hidden does not catch up. */
const MAX_STEP_S = 0.1;

/** @typedef {{kind: "glb" | "vrm", file: Blob, missing: readonly string[]}} LoadedAvatar missing: ARKit shapes */

/** Loads avatars onto the stage and reports which of the 52 shapes they have. */
export class AvatarLoader {
  #client;
  #stage;
  #onLoad;
  #status = element("avatar-status");
  #advice = element("avatar-advice");
  #missing = element("missing");
  #builtInButton = /** @type {HTMLButtonElement} */ (element("built-in-head"));
  /** @type {import("three").Object3D | null} */
  #shown = null;
  /** @type {import("@pixiv/three-vrm").VRM | null} */
  #vrm = null;
  #isBuiltIn = false;
  /** Name of the avatar that is shown. */
  #name = "";
  #lastUpdate = 0;
  /** Counts the requests. A file that loads slowly must not replace one that was requested later. */
  #requests = 0;
  /** The file of the avatar that is shown. @type {Blob | null} */
  #file = null;

  /**
   * @param {import("audio2face-client").Audio2FaceClient} client
   * @param {import("./stage.js").Stage} stage
   * @param {(avatar: LoadedAvatar) => void} onLoad
   */
  constructor(client, stage, onLoad) {
    this.#client = client;
    this.#stage = stage;
    this.#onLoad = onLoad;
    this.#builtInButton.addEventListener("click", () => this.loadBuiltIn());
    this.loadBuiltIn();
  }

  async loadBuiltIn() {
    const request = ++this.#requests;
    this.#builtInButton.disabled = true;
    try {
      await this.#load(await fetchBuiltInHead(), BUILT_IN, request);
    } catch {
      if (request !== this.#requests) return;
      setText(this.#status, NO_HEAD);
      this.#builtInButton.disabled = this.#isBuiltIn;
    }
  }

  /** Advances a VRM's own expressions, springs and gaze. Called on every frame. @param {number} now ms */
  update(now) {
    this.#vrm?.update(Math.min(MAX_STEP_S, (now - this.#lastUpdate) / 1000));
    this.#lastUpdate = now;
  }

  /** @param {File} file a GLB or VRM */
  async load(file) {
    const request = ++this.#requests;
    setText(this.#status, `Loading ${file.name} …`);
    try {
      await this.#load(file, file.name, request);
    } catch (error) {
      if (request !== this.#requests) return;
      this.#showFailure(file.name);
      throw error;
    }
    if (request === this.#requests) this.#requireFace(file.name);
  }

  /**
   * Reads and shows a file, unless another one was requested in the meantime.
   * @param {File} file
   * @param {string} name
   * @param {number} request
   */
  async #load(file, name, request) {
    const avatar = await readAvatar(await file.arrayBuffer(), name, this.#stage.renderer);
    if (request !== this.#requests) return dispose(avatar.object);
    try {
      this.#show(avatar, name);
    } catch (error) {
      dispose(avatar.object);
      throw error;
    }
    this.#file = file;
    this.#onLoad({ kind: avatar.vrm ? "vrm" : "glb", file, missing: this.#client.binding?.missing ?? [] });
  }

  /**
   * Replaces the avatar on the stage. If this fails, the previous one stays.
   * @param {import("./avatar_file.js").Avatar} avatar
   * @param {string} name
   */
  #show({ object, vrm, unreadableTextures }, name) {
    const builtIn = name === BUILT_IN;
    this.#replace(this.#bind(builtIn ? placeBuiltInHead(object) : frameHead(object), vrm ?? object));
    this.#vrm = vrm;
    this.#isBuiltIn = this.#builtInButton.disabled = builtIn;
    this.#name = name;
    this.#report(name, unreadableTextures);
    this.#stage.wake();
  }

  /**
   * Adds an avatar to the stage and binds the client to it.
   * @param {import("three").Object3D} object
   * @param {unknown} target what the client binds
   */
  #bind(object, target) {
    this.#stage.pivot.add(object);
    try {
      this.#client.initializeWithScene(target);
    } catch (error) {
      object.removeFromParent();
      throw error;
    }
    return object;
  }

  /** @param {import("three").Object3D} object the avatar that is shown from now on */
  #replace(object) {
    this.#shown?.removeFromParent();
    if (this.#shown) dispose(this.#shown);
    this.#shown = object;
  }

  /** @param {string} name of the file that could not be loaded */
  #showFailure(name) {
    const shown = this.#isBuiltIn ? "the built-in head" : this.#name;
    setText(this.#status, `${name} was not loaded${this.#shown ? `; still showing ${shown}` : ""}.`);
    this.#builtInButton.disabled = this.#isBuiltIn;
    // The file may have been chosen before the built-in head was loaded.
    if (this.#file === null) void this.loadBuiltIn();
  }

  /** Throws if an avatar has nothing to see or nothing to move. @param {string} name */
  #requireFace(name) {
    if (this.#shown && isEmpty(this.#shown)) {
      setText(this.#status, `${name} is loaded, but has nothing to show.`);
      throw new UserError(`${name} is loaded, but ${NO_MESHES}`);
    }
    if (this.#client.binding?.found.length === 0)
      throw new UserError(`${name} is loaded, but ${this.#vrm ? EMPTY_EXPRESSIONS : NO_SHAPES}`);
  }

  /** @param {string} name @param {number} unreadableTextures */
  #report(name, unreadableTextures) {
    const { found, missing, meshes, advice } = /** @type {import("audio2face-client").BindingReport} */ (
      this.#client.binding
    );
    const where = this.#vrm ? "a VRM" : `${meshes} ${meshes === 1 ? "mesh" : "meshes"}`;
    setText(this.#status, `${name}: found ${found.length} of 52 shapes on ${where}.`);
    this.#advise([unreadableTextures > 0 && textureAdvice(unreadableTextures), advice]);
    this.#listMissing(missing);
  }

  /** @param {(string | false)[]} advice */
  #advise(advice) {
    const text = advice.filter(Boolean).join(" ");
    this.#advice.hidden = text === "";
    setText(this.#advice, text);
  }

  /** @param {string[]} shapes */
  #listMissing(shapes) {
    this.#missing.hidden = shapes.length === 0;
    setText(element("missing-title"), `${shapes.length} missing`);
    setText(element("missing-names"), shapes.join(", "));
  }
}
