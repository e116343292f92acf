import { UserError } from "../messages.js";
import { EXAMPLES, recordingName } from "./examples.js";

/**
 * Fetches the recording of an example text, on pages without a server.
 * @param {string} text
 * @returns {Promise<{audio: Blob, name: string}>} rejects with a UserError
 */
export async function fetchRecording(text) {
  const example = EXAMPLES.find((each) => each.text === text) ?? EXAMPLES[0];
  const url = new URL(`../../recordings/${recordingName(example)}`, import.meta.url);
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) throw new UserError(`Can't load ${url}. Check your connection.`);
  return { audio: await answer.blob(), name: `“${example.name}”` };
}
