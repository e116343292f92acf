const STREAM_EVENTS = ["addtrack", "removetrack", "inactive"];

/**
 * Follows the audio track of a stream: tracks end, and apps and peers replace them. Scripts that stop or swap a
 * track cause no event, so {@link check} is called regularly too.
 */
export class TrackWatch {
  #stream;
  #callbacks;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  #check = () => this.check();

  /**
   * @param {MediaStream} stream
   * @param {{onTrack: (track: MediaStreamTrack) => void, onEnd: () => void}} callbacks onTrack: another track is
   *   the stream's audio now; onEnd: it has no audio track that is live
   */
  constructor(stream, callbacks) {
    this.#stream = stream;
    this.#callbacks = callbacks;
    for (const name of STREAM_EVENTS) stream.addEventListener?.(name, this.#check);
    this.#follow(liveTrackOf(stream));
  }

  /** @returns {MediaStreamTrack | null} */
  get track() {
    return this.#track;
  }

  check() {
    const tracks = this.#stream.getAudioTracks();
    if (this.#track && isLive(this.#track) && tracks.includes(this.#track)) return;
    const next = liveTrackOf(this.#stream);
    this.#follow(next);
    if (next) this.#callbacks.onTrack(next);
    else this.#callbacks.onEnd();
  }

  stop() {
    for (const name of STREAM_EVENTS) this.#stream.removeEventListener?.(name, this.#check);
    this.#follow(null);
  }

  /** @param {MediaStreamTrack | null} track */
  #follow(track) {
    this.#track?.removeEventListener?.("ended", this.#check);
    this.#track = track;
    track?.addEventListener?.("ended", this.#check);
  }
}

/**
 * Returns the first audio track of a stream that has not ended.
 * @param {MediaStream} stream
 * @returns {MediaStreamTrack | null}
 */
export function liveTrackOf(stream) {
  return stream.getAudioTracks().find(isLive) ?? null;
}

/** @param {MediaStreamTrack} track */
const isLive = ({ readyState }) => readyState !== "ended";
