import { Told, unreachable } from "../messages.js";

const SAMPLE = new URL("../sample.wav", import.meta.url);

/** A sentence that somebody says, as a file. @returns {Promise<Blob>} */
export async function fetchSample() {
  const response = await fetch(SAMPLE).catch(() => null);
  if (response?.ok) return response.blob();
  throw new Told(`The sample cannot be fetched. ${unreachable(SAMPLE.origin)}`);
}
