import { A2FError } from "audio2face-client";
import { Component, createElement, Fragment, useEffect, useState } from "react";
import { useThreeModules } from "./three_modules.js";

/** @import { ReactElement, ReactNode } from "react" */

/**
 * @typedef {object} AvatarCanvasProps Other props, such as `camera` and `frameloop`, go to React Three Fiber's `Canvas`.
 * @property {ReactNode} [children] the scene: `TalkingAvatar`, lights …
 * @property {ReactNode} [fallback] shown if there is no WebGL, or if the scene fails
 * @property {(error: Error) => void} [onError] receives the reason. Default: a message on the console
 * @property {string} [label] what screen readers say; default: "Talking avatar"
 */

const FILL = { width: "100%", height: "100%" };

/**
 * React Three Fiber's `Canvas`, for pages that must not break where there is no WebGL.
 * @param {AvatarCanvasProps & Record<string, any>} props
 * @returns {ReactElement | null}
 */
export function AvatarCanvas({
  children,
  fallback = null,
  onError = warn,
  label = "Talking avatar",
  ...rest
}) {
  const [failed, setFailed] = useState(false);
  const fail = (/** @type {Error} */ error) => {
    setFailed(true);
    onError(error);
  };
  const modules = useThreeModules(fail);
  const webgl = useWebGL(fail);
  if (failed) return createElement(Fragment, null, fallback);
  if (!modules || !webgl) return createElement("div", { style: FILL });
  const { Canvas } = modules.fiber;
  const canvas = createElement(Canvas, { role: "img", "aria-label": label, ...rest }, children);
  return createElement(Boundary, { onError: fail }, canvas);
}

/** @param {(error: Error) => void} onError @returns {boolean} whether the browser has WebGL; false until it is known */
function useWebGL(onError) {
  const [found, setFound] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it does not change while the page is shown
  useEffect(() => {
    if (hasWebGL()) setFound(true);
    else onError(new A2FError("no_webgl", NO_WEBGL));
  }, []);
  return found;
}

const NO_WEBGL =
  "This browser has no WebGL 2, or it is switched off, so the avatar cannot be shown. Turn on hardware acceleration.";

function hasWebGL() {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return Boolean(context);
  } catch {
    return false;
  }
}

/** Reports what its children throw. @extends {Component<{onError: (error: Error) => void, children?: ReactNode}>} */
class Boundary extends Component {
  state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  /** @param {Error} error */
  componentDidCatch(error) {
    this.props.onError(error);
  }

  render() {
    return this.state.failed ? null : this.props.children;
  }
}

/** @param {Error} error */
function warn({ message }) {
  console.error(`Audio2FaceClient: ${message}`);
}
