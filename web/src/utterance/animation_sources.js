import { FrameTrack } from "../frame_track.js";
import { VisemeSource } from "../viseme_animation/source.js";

/**
 * @import { Loudness } from "../audio/loudness.js"
 * @import { NetworkSource } from "../network/source.js"
 * @import { Rank, Source } from "../types.js"
 */

/** @type {Rank[]} */
const BEST_FIRST = ["server", "network", "viseme", "loudness"];

/** What can animate an utterance: the server's frames, the network in the page, visemes and loudness. */
export class AnimationSources {
  visemes = new VisemeSource();
  /** @type {Source[]} */
  bestFirst = [this.visemes];
  /** @type {Loudness | null} */
  loudness = null;
  /** The network in the page. @type {NetworkSource | null} */
  network = null;
  /** The server's frames; null until it has accepted the utterance. @type {FrameTrack | null} */
  frames = null;

  /** @param {Loudness} loudness */
  addLoudness(loudness) {
    this.loudness = loudness;
    this.visemes.level = (time) => loudness.level(time);
    this.network?.setSampleRate(loudness.sampleRate);
    this.#add(loudness);
  }

  /** @param {NetworkSource} network */
  addNetwork(network) {
    this.network = network;
    this.#add(network);
  }

  /** @param {number} fps frames per second */
  addServer(fps) {
    const frames = new FrameTrack(fps);
    this.frames = frames;
    this.#add({
      rank: "server",
      ahead: (time) => {
        const left = frames.ahead(time);
        // The selector is patient with late frames; meanwhile the network gets ready.
        if (left < 0) this.network?.wake(time);
        return left;
      },
      sample: (time, out, smoothing) => frames.sample(time, out, smoothing),
    });
  }

  /** Adds audio. @param {Float32Array[]} planes one array per channel */
  addAudio(planes) {
    this.loudness?.push(planes);
    this.network?.push(planes);
  }

  /** No more audio follows. */
  finishAudio() {
    this.loudness?.finish();
    this.network?.finish();
  }

  /** Drops what is only needed before an instant. @param {number} before seconds */
  trim(before) {
    this.frames?.trim(before);
    this.loudness?.trim(before);
    this.network?.trim(before);
    this.visemes.trim(before);
  }

  /** Adds a source, or replaces the one of its rank. @param {Source} source */
  #add(source) {
    const others = this.bestFirst.filter(({ rank }) => rank !== source.rank);
    this.bestFirst = [...others, source].sort(
      (a, b) => BEST_FIRST.indexOf(a.rank) - BEST_FIRST.indexOf(b.rank),
    );
  }
}
