import { element, say } from "../dom.js";

/** The controls that change the client's settings. @param {import("audio2face-client").Audio2FaceClient} client */
export function wireSettings(client) {
  element("intensity").addEventListener("input", ({ target }) => {
    const { value } = /** @type {HTMLInputElement} */ (target);
    client.setIntensity(Number(value));
    say(element("intensity-value"), Number(value).toFixed(1));
  });
  element("lipsync").addEventListener("change", ({ target }) => {
    const { value } = /** @type {HTMLInputElement} */ (target);
    client.configure({ lipSync: value === "viseme" ? "viseme" : "server" });
  });
}
