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
import { calm } from "../dom.js";
import { Told } from "../messages.js";

const DISTANCE = 6.6;
const LOOK_AT = new Vector3(0, -0.2, 0);
const UP = new Vector3(0, 1, 0);
/** So long after the last change pictures are still drawn: the face returns to neutral meanwhile. */
const LINGER_MS = 600;
const MOST_PIXELS = 2;
const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i;
/** Displays are not quite on time: a picture that is due in less than this is drawn now. */
const SLACK_MS = 4;

/** The picture: one avatar in good light, a camera that turns around it, one render loop. */
export class Stage {
  scene = new Scene();
  /** Whatever is shown hangs here. */
  pivot = new Group();
  #canvas;
  camera = new PerspectiveCamera(28, 1, 0.1, 100);
  #renderer;
  #controls;
  #onTick;
  #awakeUntil = 0;
  /** Milliseconds that the last tick worked before it drew. */
  work = 0;
  #drawnAt = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => number} onTick is called once a tick, before drawing; says how many pictures a second are worth
   *   drawing, besides those that the visitor's doing asks for
   */
  constructor(canvas, onTick) {
    this.#canvas = canvas;
    this.#onTick = onTick;
    const sun = new DirectionalLight(0xffffff, 1.8);
    sun.position.set(1.5, 2, 3);
    this.scene.add(new HemisphereLight(0xffffff, 0xa39184, 1.7), sun, this.pivot);
    this.camera.position.set(0, LOOK_AT.y, DISTANCE);
    this.#controls = this.#orbit();
    this.#renderer = renderer(canvas);
    new ResizeObserver(() => this.#resize()).observe(canvas);
    requestAnimationFrame(this.#tick);
  }

  /** Null where there is no WebGL. */
  get renderer() {
    return this.#renderer;
  }

  /** Throws what to say where there is no WebGL; everything else works without it. */
  check() {
    if (this.#renderer) return;
    throw new Told(
      "This browser cannot draw in 3D (WebGL is off), so the face is not shown; sound and weights work. Turn on hardware acceleration in the browser's settings, or try another browser.",
    );
  }

  /** Draws for a while. */
  wake() {
    this.#awakeUntil = performance.now() + LINGER_MS;
  }

  #orbit() {
    const controls = new OrbitControls(this.camera, this.#canvas);
    controls.target.copy(LOOK_AT);
    controls.enablePan = controls.enableZoom = false;
    controls.enableDamping = !calm();
    controls.rotateSpeed = 0.6;
    [controls.minAzimuthAngle, controls.maxAzimuthAngle] = [-1.1, 1.1];
    [controls.minPolarAngle, controls.maxPolarAngle] = [Math.PI / 2 - 0.4, Math.PI / 2 + 0.3];
    controls.addEventListener("change", () => this.wake());
    // A finger that moves up or down scrolls the page.
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
    this.camera.updateProjectionMatrix();
    this.#renderer?.setPixelRatio(Math.min(devicePixelRatio, MOST_PIXELS));
    this.#renderer?.setSize(width, height, false);
    // What was drawn is gone; not waiting for the next tick keeps it from flashing.
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
function renderer(canvas) {
  try {
    // Smooth edges double what a picture costs a processor, and nothing a graphics card.
    return new WebGLRenderer({ canvas, antialias: !drawsInSoftware(), alpha: true });
  } catch {
    return null;
  }
}

function drawsInSoftware() {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  const info = gl?.getExtension("WEBGL_debug_renderer_info");
  return Boolean(info && SOFTWARE.test(gl?.getParameter(info.UNMASKED_RENDERER_WEBGL)));
}
