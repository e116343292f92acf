import { describeError, toSentence, UserError } from "../messages.js";

/** How long the browser may gather ICE candidates before the offer is sent. The server does not need them. */
const GATHERING_MS = 300;

/**
 * @typedef {object} CallOptions
 * @property {string} server its URL
 * @property {string} token or an empty string
 * @property {number} [size] the longer side of the video in pixels
 */

/** @typedef {{fps: number, width: number, height: number, delay: number}} About properties of the video */

/** A WebRTC call: sends audio, and receives video of a face that speaks it, with the audio in sync. */
export class Call {
  #peer = new RTCPeerConnection();
  #ended = false;
  #address = "";
  /** @type {Record<string, string>} */
  #headers;
  #options;
  #onEnd;

  /**
   * @param {CallOptions} options
   * @param {(reason: string) => void} onEnd called once when the call ends; the reason is empty if `end` was called
   */
  constructor(options, onEnd) {
    this.#options = options;
    this.#onEnd = onEnd;
    this.#headers = options.token ? { Authorization: `Bearer ${options.token}` } : {};
    this.#peer.addEventListener("connectionstatechange", () => this.#onState());
  }

  /**
   * Calls the server.
   * @param {MediaStream} sound
   * @param {Blob} [image] a photo or a GLB; by default the page's head speaks
   * @returns {Promise<{stream: MediaStream, about: About}>} rejects with a UserError
   */
  async start(sound, image) {
    const peer = this.#peer;
    for (const track of sound.getAudioTracks()) peer.addTrack(track, sound);
    peer.addTransceiver("video", { direction: "recvonly" });
    const channel = peer.createDataChannel("face");
    channel.addEventListener("message", ({ data }) => this.#onMessage(data));
    channel.addEventListener("close", () => this.#end("The server ended the call."));
    const stream = new MediaStream();
    peer.addEventListener("track", ({ track }) => stream.addTrack(track));
    await peer.setLocalDescription();
    await gathered(peer);
    const answer = await this.#post(/** @type {RTCSessionDescription} */ (peer.localDescription), image);
    this.#address = `${this.#options.server}/v1/webrtc/${answer.id}`;
    if (this.#ended) this.#hangUp();
    else await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    return { stream, about: answer };
  }

  /** Ends the call. */
  end() {
    this.#end("");
  }

  /**
   * @param {RTCSessionDescription} offer
   * @param {Blob} [image]
   */
  async #post({ sdp }, image) {
    const { server, size } = this.#options;
    const body = new FormData();
    const fields = { sdp, ...(size ? { size } : {}) };
    for (const [name, value] of Object.entries(fields)) body.append(name, `${value}`);
    if (image) body.append("image", image);
    const answer = await fetch(`${server}/v1/webrtc`, {
      method: "POST",
      body: image ? body : JSON.stringify(fields),
      headers: this.#headers,
    }).catch(() => null);
    if (!answer) throw new UserError(`Can't reach ${server}.`);
    const answered = await answer.json().catch(() => null);
    if (answer.ok) return answered;
    if (answer.status >= 500 && !answered?.code) throw new UserError(`${server} failed. Its log says why.`);
    if (!answered?.code || answer.status === 404)
      throw new UserError(`${server} doesn't support calls. It may be an older version of a2f-server.`);
    throw new UserError(describeError(answered, server));
  }

  /** @param {string} text an error that ends the call, or one about a message that we sent */
  #onMessage(text) {
    const { code, message } = JSON.parse(text);
    if (code !== "bad_message") this.#end(toSentence(message));
  }

  #onState() {
    if (this.#peer.connectionState === "failed")
      this.#end("Audio and video can't get through to the server. A firewall may block UDP.");
  }

  /** @param {string} reason */
  #end(reason) {
    if (this.#ended) return;
    this.#ended = true;
    this.#peer.close();
    this.#hangUp();
    this.#onEnd(reason);
  }

  #hangUp() {
    if (!this.#address) return;
    fetch(this.#address, { method: "DELETE", headers: this.#headers, keepalive: true }).catch(() => null);
  }
}

/** @param {RTCPeerConnection} peer */
async function gathered(peer) {
  const complete = new Promise((resolve) => {
    const check = () => peer.iceGatheringState === "complete" && resolve(undefined);
    peer.addEventListener("icegatheringstatechange", check);
    check();
  });
  await Promise.race([complete, new Promise((resolve) => setTimeout(resolve, GATHERING_MS))]);
}
