import Hls from "hls.js";

const HLS_TYPE = "application/vnd.apple.mpegurl";
/** How often, and after how many milliseconds, a playlist without a whole segment is requested again. */
const [MOST_RETRIES, RETRY_MS] = [240, 250];
/** A live stream that is more seconds than this behind the newest part jumps to it. */
const MOST_BEHIND_S = 4;

/**
 * Plays an HLS stream in a video element: with hls.js where the browser has MediaSource, else natively (Safari on older
 * iPhones).
 */
export class HlsPlayer {
  #video;
  /** @type {Hls | null} */
  #hls = null;
  #live = false;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
  }

  /**
   * Plays a stream from its beginning.
   * @param {string} url of the playlist
   * @param {(message: string) => void} onError
   */
  play(url, onError) {
    this.close();
    if (Hls.isSupported()) this.#attach(url, onError);
    else if (this.#video.canPlayType(HLS_TYPE)) this.#video.src = url;
    else
      return onError(
        "This browser can't play HLS. Use a current version of Chrome, Edge, Firefox or Safari.",
      );
    // Some browsers block autoplay; the visitor then uses the controls.
    this.#video.play().catch(() => {});
  }

  /** Whether the speech is live: the player then stays close to the newest part. @param {boolean} live */
  set live(live) {
    this.#live = live;
  }

  /** Seconds behind the newest part; null if unknown. */
  get latency() {
    const latency = this.#hls?.latency;
    return latency && latency > 0 ? latency : null;
  }

  /** Jumps to the newest part if a live stream has fallen behind. Playing faster would break lip-sync. */
  keepUp() {
    const edge = this.#hls?.liveSyncPosition;
    if (!this.#live || !edge || (this.latency ?? 0) < MOST_BEHIND_S) return;
    if (edge > this.#video.currentTime) this.#video.currentTime = edge;
  }

  /** Stops playback and frees the player. */
  close() {
    this.#hls?.destroy();
    this.#hls = null;
    this.#live = false;
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  /**
   * @param {string} url
   * @param {(message: string) => void} onError
   */
  #attach(url, onError) {
    const hls = new Hls({ lowLatencyMode: true, startPosition: 0, backBufferLength: 60 });
    let retries = 0;
    hls.on(Hls.Events.ERROR, (_, { fatal, type, details }) => {
      if (!fatal || this.#hls !== hls) return;
      if (type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      // hls.js does not start with a playlist that has only parts.
      else if (details === Hls.ErrorDetails.LEVEL_EMPTY_ERROR && retries++ < MOST_RETRIES)
        setTimeout(() => this.#hls === hls && hls.loadSource(url), RETRY_MS);
      else onError(`Playback failed (${details}). Delete the session and start again.`);
    });
    hls.loadSource(url);
    hls.attachMedia(this.#video);
    this.#hls = hls;
  }
}
