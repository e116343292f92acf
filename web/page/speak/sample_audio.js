import { element } from "../dom.js";
import { connectionHints, UserError } from "../messages.js";

const SAMPLE = new URL("../sample.wav", import.meta.url);

/**
 * Wires the button that plays the sample.
 * @param {import("./audio_player.js").AudioPlayer} player
 * @param {{run: (action: () => Promise<void>) => unknown, unreachable: () => void}} on run: runs an action and reports
 *   its error; unreachable: the sample can't be fetched
 */
export function wireSampleButton(player, { run, unreachable }) {
  const play = async () => {
    const sample = await fetchSample().catch((error) => {
      unreachable();
      throw error;
    });
    await player.play(sample, "the sample");
  };
  element("sample").addEventListener("click", () => run(play));
}

/** Fetches a spoken sentence. @returns {Promise<Blob>} a WAV file */
async function fetchSample() {
  const response = await fetch(SAMPLE).catch(() => null);
  if (response?.ok) return response.blob();
  throw new UserError(`Can't load the sample. ${connectionHints(SAMPLE.origin)}`);
}
