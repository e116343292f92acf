import { showAvatar } from "../three/scene.js";

const SERVER = "http://127.0.0.1:8000";

/** The app of the integration guide, with its names: two systems, of which the new one is used if its server answers. */
class App {
  constructor() {
    this.a2fClient = new window.Audio2FaceClient();
    this.useA2F = false;
  }

  async init() {
    this.renderer = await showAvatar(document.querySelector("canvas"), `${SERVER}/avatar/head.glb`);
    if (this.renderer.scene) this.a2fClient.initializeWithScene(this.renderer.scene);
    const a2fUrl = localStorage.getItem("a2f_server_url") ?? SERVER;
    this.a2fClient.configure({ serverUrl: a2fUrl, intensity: 1.0, useWebSocket: true });
    const status = await this.a2fClient.checkConnection();
    this.useA2F = status.connected;
    console.log("A2F server connected:", status);
  }

  async speak(text) {
    const audioBlob = await this.synthesizeAudio(text);
    const audioUrl = URL.createObjectURL(audioBlob);
    const audio = new Audio(audioUrl);
    if (this.useA2F) await this.a2fClient.processAndAnimate(audioBlob, audio);
    else await audio.play();
    URL.revokeObjectURL(audioUrl);
  }

  /** Your TTS. Here it is the server's own voice. */
  async synthesizeAudio(text) {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${SERVER}/v1/speak`, {
      method: "POST",
      headers,
      body: JSON.stringify({ text }),
    });
    const { audio } = await response.json();
    return new Blob([Uint8Array.from(atob(audio), (character) => character.charCodeAt(0))], {
      type: "audio/wav",
    });
  }
}

const app = new App();
window.app = app; // to try things out in the console
await app.init();
document.querySelector("form").onsubmit = (event) => {
  event.preventDefault();
  app.speak(document.getElementById("text").value);
};
window.face = app.a2fClient;
