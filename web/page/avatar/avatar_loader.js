import { element, setText } from "../dom.js";
import { UserError } from "../messages.js";
import { lowerArms } from "./arms.js";
import { dispose, readAvatar } from "./avatar_file.js";
import { fetchBuiltInHead, placeBuiltInHead } from "./built_in_head.js";
import { frameHead, isEmpty } from "./framing.js";
import { placePortrait, portraitInfo } from "./portrait_frame.js";

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

/**
 * @typedef {object} LoadedAvatar
 * @property {"glb" | "vrm" | "portrait"} kind portrait: a GLB that was made from a picture
 * @property {boolean} builtIn
 * @property {File} file
 * @property {readonly string[]} missing ARKit shapes
 */

/** Loads avatars onto the stage and reports which of the 52 shapes they have. */
export class AvatarLoader {
  #client;
  #stage;
  #onLoad;
  #status = element("avatar-status");
  #advice = element("avatar-advice");
  #missing = element("missing");
  /** @type {import("three").Object3D | null} */
  #shown = null;
  /** @type {import("@pixiv/three-vrm").VRM | null} */
  #vrm = null;
  #isBuiltIn = false;
  #isPortrait = false;
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
    element("built-in-head").addEventListener("click", () => this.loadBuiltIn());
    this.loadBuiltIn();
  }

  async loadBuiltIn() {
    const request = ++this.#requests;
    try {
      await this.#load(await fetchBuiltInHead(), BUILT_IN, request);
    } catch {
      if (request !== this.#requests) return;
      setText(this.#status, NO_HEAD);
    }
  }

  /** Advances a VRM's own expressions, springs and gaze. Called on every frame. @param {number} now ms */
  update(now) {
    this.#vrm?.update(Math.min(MAX_STEP_S, (now - this.#lastUpdate) / 1000));
    this.#lastUpdate = now;
  }

  /** @param {File} file a GLB or VRM */
  async load(file) {
    await this.#loadFrom(async () => file, file.name, `Loading ${file.name} …`);
  }

  /**
   * Shows an avatar that is made on demand, unless another one is requested in the meantime.
   * @param {() => Promise<File>} make returns a GLB
   * @param {string} name of what it is made from
   */
  async loadMade(make, name) {
    await this.#loadFrom(make, name, `Making an avatar from ${name} …`);
  }

  /**
   * @param {() => Promise<File>} read
   * @param {string} name
   * @param {string} status shown in the meantime
   */
  async #loadFrom(read, name, status) {
    const request = ++this.#requests;
    setText(this.#status, status);
    try {
      await this.#load(await read(), name, request);
    } catch (error) {
      if (request !== this.#requests) return;
      this.#showFailure(name);
      throw error;
    }
    if (request === this.#requests) this.#requireFace(name);
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
    this.#onLoad({
      kind: this.#kind,
      builtIn: this.#isBuiltIn,
      file,
      missing: this.#client.binding?.missing ?? [],
    });
  }

  /**
   * Replaces the avatar on the stage. If this fails, the previous one stays.
   * @param {import("./avatar_file.js").Avatar} avatar
   * @param {string} name
   */
  #show({ object, vrm, unreadableTextures }, name) {
    const builtIn = name === BUILT_IN;
    lowerArms(object, vrm);
    const { placed, picture } = place(object, builtIn);
    this.#replace(this.#bind(placed, vrm ?? object));
    this.#stage.lookAt(picture);
    this.#vrm = vrm;
    this.#isPortrait = picture !== null;
    this.#isBuiltIn = builtIn;
    this.#name = name;
    this.#report(name, unreadableTextures);
  }

  /** @returns {LoadedAvatar["kind"]} */
  get #kind() {
    if (this.#vrm) return "vrm";
    return this.#isPortrait ? "portrait" : "glb";
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
    const { found, missing, advice } = /** @type {import("audio2face-client").BindingReport} */ (
      this.#client.binding
    );
    setText(this.#status, `${name} has ${found.length} of 52 face shapes.`);
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

/**
 * Puts an avatar in front of the camera.
 * @param {import("three").Object3D} object
 * @param {boolean} builtIn
 * @returns {{placed: import("three").Object3D, picture: import("./view.js").Picture | null}}
 */
function place(object, builtIn) {
  if (builtIn) return { placed: placeBuiltInHead(object), picture: null };
  const info = portraitInfo(object);
  if (!info) return { placed: frameHead(object), picture: null };
  const { object: placed, picture } = placePortrait(object, info);
  return { placed, picture };
}
