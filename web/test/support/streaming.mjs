// A client with a bound mesh and a server that is ready, or has accepted a stream.
import { BLENDSHAPES } from "../../src/arkit.js";
import { Audio2FaceClient } from "../../src/client.js";
import { mesh, settle, World } from "./world.mjs";

export const RATE = 16000;
export const tone = (seconds) => new Int16Array(Math.round(seconds * RATE)).fill(8000);
export const jaws = (count, value = 0.8) => new Array(count).fill(value);

export async function connected(options = {}) {
  const world = new World();
  const client = new Audio2FaceClient("http://server:8000", { ...world.platform(), ...options });
  const face = mesh(BLENDSHAPES);
  client.initializeWithScene(face);
  return { world, client, face };
}

/** Starts a stream and lets the server accept it. */
export async function streaming(options = {}) {
  const { world, client, face } = await connected(options);
  const utterance = client.start({ sampleRate: RATE });
  await settle();
  world.socket.welcome();
  const id = world.socket.started();
  return { world, client, face, utterance, id };
}
