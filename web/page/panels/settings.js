import { element, setText } from "../dom.js";

/** Wires the controls of the client's settings. @param {import("audio2face-client").Audio2FaceClient} client */
export function wireSettings(client) {
  element("intensity").addEventListener("input", ({ target }) => {
    const { value } = /** @type {HTMLInputElement} */ (target);
    client.setIntensity(Number(value));
    setText(element("intensity-value"), Number(value).toFixed(1));
  });
  element("lipsync").addEventListener("change", ({ target }) => {
    const { value } = /** @type {HTMLInputElement} */ (target);
    client.configure({ lipSync: value === "viseme" ? "viseme" : "server" });
  });
}
