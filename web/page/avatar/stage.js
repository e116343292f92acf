import {
  DirectionalLight,
  Group,
  HemisphereLight,
  PerspectiveCamera,
  Scene,
  Vector3,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { prefersReducedMotion } from "../dom.js";
import { UserError } from "../messages.js";
import { AROUND_A_HEAD, BEFORE_A_PICTURE, DISTANCE, fieldOfView, LOOK_AT } from "./view.js";

const UP = new Vector3(0, 1, 0);
/** Drawing goes on this long after the last change, while the face returns to neutral. */
const LINGER_MS = 600;
const MAX_PIXEL_RATIO = 2;
const SOFTWARE_RENDERER = /swiftshader|llvmpipe|software|basic render/i;
/** Display frames jitter: a frame due within this time is drawn now. */
const SLACK_MS = 4;

/** The 3D view: one lit avatar, an orbiting camera and the page's render loop. */
export class Stage {
  scene = new Scene();
  /** Parent of the avatar. */
  pivot = new Group();
  #canvas;
  camera = new PerspectiveCamera(fieldOfView(null, 1), 1, 0.1, 100);
  #renderer;
  #controls;
  #onTick;
  #awakeUntil = 0;
  /** Milliseconds spent in the last tick before drawing. */
  work = 0;
  #drawnAt = 0;
  /** The picture that fills the view; null for a head. @type {import("./view.js").Picture | null} */
  #picture = null;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => number} onTick called on every display frame before drawing; returns the frame rate worth drawing.
   *   Frames that follow the visitor's input are drawn regardless.
   */
  constructor(canvas, onTick) {
    this.#canvas = canvas;
    this.#onTick = onTick;
    const sun = new DirectionalLight(0xffffff, 1.8);
    sun.position.set(1.5, 2, 3);
    this.scene.add(new HemisphereLight(0xffffff, 0xa39184, 1.7), sun, this.pivot);
    this.camera.position.set(0, LOOK_AT.y, DISTANCE);
    this.#controls = this.#orbit();
    this.lookAt(null);
    this.#renderer = createRenderer(canvas);
    new ResizeObserver(() => this.#resize()).observe(canvas);
    requestAnimationFrame(this.#tick);
  }

  /** Null without WebGL. */
  get renderer() {
    return this.#renderer;
  }

  /** Throws a UserError without WebGL. The rest of the page works without it. */
  requireWebGl() {
    if (this.#renderer) return;
    throw new UserError(
      "WebGL is off, so the face is not shown. Audio and blendshapes still work. Turn on hardware acceleration in the browser's settings or try another browser.",
    );
  }

  /** Draws every frame for a while. */
  wake() {
    this.#awakeUntil = performance.now() + LINGER_MS;
  }

  /** Looks at a head or a portrait's picture from the front. @param {import("./view.js").Picture | null} picture */
  lookAt(picture) {
    const { azimuth, polar } = picture ? BEFORE_A_PICTURE : AROUND_A_HEAD;
    const controls = this.#controls;
    [controls.minAzimuthAngle, controls.maxAzimuthAngle] = azimuth;
    [controls.minPolarAngle, controls.maxPolarAngle] = polar;
    if (picture || this.#picture) this.camera.position.set(0, LOOK_AT.y, DISTANCE);
    this.#picture = picture;
    this.#project();
    this.wake();
  }

  /** Fits the camera's angle of view to the canvas and to what is shown. */
  #project() {
    this.camera.fov = fieldOfView(this.#picture, this.camera.aspect);
    this.camera.updateProjectionMatrix();
  }

  #orbit() {
    const controls = new OrbitControls(this.camera, this.#canvas);
    controls.target.copy(LOOK_AT);
    controls.enablePan = controls.enableZoom = false;
    controls.enableDamping = !prefersReducedMotion();
    controls.rotateSpeed = 0.6;
    controls.addEventListener("change", () => this.wake());
    // A vertical swipe scrolls the page.
    this.#canvas.style.touchAction = "pan-y";
    this.#canvas.addEventListener("keydown", (event) => this.#turn(event));
    return controls;
  }

  /** @param {KeyboardEvent} event */
  #turn(event) {
    const step = { ArrowLeft: -0.12, ArrowRight: 0.12 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.camera.position.sub(LOOK_AT).applyAxisAngle(UP, step).add(LOOK_AT);
    this.wake();
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (!width || !height) return;
    this.camera.aspect = width / height;
    this.#project();
    this.#renderer?.setPixelRatio(Math.min(devicePixelRatio, MAX_PIXEL_RATIO));
    this.#renderer?.setSize(width, height, false);
    // Resizing clears the canvas. Drawing immediately avoids a flash.
    this.#renderer?.render(this.scene, this.camera);
  }

  /** @param {number} now ms */
  #tick = (now) => {
    requestAnimationFrame(this.#tick);
    const begun = performance.now();
    const rate = this.#onTick();
    this.work = performance.now() - begun;
    if (rate === Number.POSITIVE_INFINITY) this.wake();
    this.#controls.update();
    if (now > this.#awakeUntil && now - this.#drawnAt < 1000 / rate - SLACK_MS) return;
    this.#drawnAt = now;
    this.#renderer?.render(this.scene, this.camera);
  };
}

/** @param {HTMLCanvasElement} canvas */
function createRenderer(canvas) {
  try {
    // Antialiasing is free on a GPU but doubles the cost of a software renderer.
    return new WebGLRenderer({ canvas, antialias: !isSoftwareRenderer(), alpha: true });
  } catch {
    return null;
  }
}

function isSoftwareRenderer() {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  const info = gl?.getExtension("WEBGL_debug_renderer_info");
  return Boolean(info && SOFTWARE_RENDERER.test(gl?.getParameter(info.UNMASKED_RENDERER_WEBGL)));
}
