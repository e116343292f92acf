import { A2FError } from "audio2face-client";
import { followStream } from "./media_stream.js";
import { connecting, credentialsOf, loadSdk, sourceError } from "./source.js";

/**
 * @import { Audio2FaceClient } from "audio2face-client"
 * @import { VoiceSession, VoiceSource } from "./source.js"
 */

/**
 * @typedef {{Room: new (options?: any) => any}} LiveKitSdk
 *
 * @typedef {object} LiveKitOptions
 * @property {LiveKitSdk | (() => Promise<LiveKitSdk>)} [sdk] the module `livekit-client`, or a function that imports it
 * @property {() => LiveKitCredentials | Promise<LiveKitCredentials>} [getCredentials] returns the server's address and a
 *   token of your server
 * @property {any} [room] a room of the app instead of both, connected or not. The app plays its sound and leaves it
 * @property {string} [participant] identity of the participant that the face follows; default: the first agent
 * @property {boolean} [play] the client plays that participant, in sync with the face; default: true, but false with `room`
 * @property {boolean} [relay] the agent animates its own voice with Python's `FaceRelay`, and sends its messages as data of the topic `face`
 *
 * @typedef {{url: string, token: string}} LiveKitCredentials
 * @typedef {VoiceSession & {room: any}} LiveKitSession `room` is the SDK's.
 */

const NAME = "liveKit";
/** Topic of the messages of a `FaceRelay`. */
const TOPIC = "face";

/**
 * An agent, or any other participant, of a LiveKit room.
 * @param {LiveKitOptions} options
 * @returns {VoiceSource<LiveKitSession>}
 */
export function liveKit(options) {
  return async ({ client, signal, onEnd }) => {
    const { sdk, getCredentials, room: given, ...rest } = options ?? {};
    if (given) return attach(client, given, { play: false, ...rest, onEnd });
    const { Room } = await loadSdk(
      NAME,
      "livekit-client",
      sdk,
      (module) => typeof module.Room === "function",
    );
    const { url, token } = await credentialsOf(NAME, getCredentials, "{ url, token }");
    if (!url || !token)
      throw new A2FError("bad_argument", `${NAME}(): getCredentials must return { url, token }.`);
    signal.throwIfAborted();
    const room = new Room();
    // The relay's messages are in step with the sound as it arrives.
    const session = attach(client, room, { play: !rest.relay, ...rest, onEnd });
    const close = async () => {
      session.close();
      await room.disconnect();
    };
    try {
      await connecting(NAME, () => room.connect(url, token));
      await connecting(NAME, () => room.localParticipant.setMicrophoneEnabled(true));
    } catch (error) {
      await close();
      throw error;
    }
    return { room, close };
  };
}

/**
 * @param {Audio2FaceClient} client
 * @param {any} room
 * @param {RoomOptions & {relay?: boolean}} options
 * @returns {LiveKitSession}
 */
function attach(client, room, { relay = false, ...options }) {
  const { close } = relay ? followRelay(client, room, options) : followRoom(client, room, options);
  return { room, close };
}

/**
 * @typedef {object} RoomOptions
 * @property {string} [participant]
 * @property {boolean} [play]
 * @property {() => void} [onTrack] a track is followed
 * @property {(error?: Error) => void} [onEnd] the room is left, or the stream cannot be read
 */

/**
 * Follows the voice of a participant, whenever it has one.
 * @param {Audio2FaceClient} client
 * @param {any} room
 * @param {RoomOptions} options
 * @returns {VoiceSession}
 */
export function followRoom(client, room, { participant, play = false, onTrack, onEnd }) {
  /** @type {{track: any, session: VoiceSession} | null} */
  let followed = null;
  const isWanted = (/** @type {any} */ each) => (participant ? each.identity === participant : isAgent(each));
  const drop = () => {
    followed?.session.close();
    followed = null;
  };
  const follow = (/** @type {any} */ track, /** @type {any} */ _, /** @type {any} */ speaker) => {
    if (track?.kind !== "audio" || !isWanted(speaker) || track === followed?.track) return;
    drop();
    const stream = new MediaStream([track.mediaStreamTrack]);
    const report = (/** @type {Error | undefined} */ error) => error && onEnd?.(sourceError(NAME, error));
    followed = { track, session: followStream(client, stream, { play, onEnd: report }) };
    onTrack?.();
  };
  const stop = listenTo(room, {
    trackSubscribed: follow,
    trackUnsubscribed: (/** @type {any} */ track) => track === followed?.track && drop(),
    disconnected: () => {
      drop();
      onEnd?.();
    },
  });
  for (const speaker of room.remoteParticipants?.values() ?? [])
    for (const { track } of speaker.trackPublications.values()) follow(track, null, speaker);
  return {
    close() {
      stop();
      drop();
    },
  };
}

/**
 * Plays the room's sound as it arrives, and hands the agent's face to the client.
 * @param {Audio2FaceClient} client
 * @param {any} room
 * @param {RoomOptions} options
 * @returns {VoiceSession}
 */
function followRelay(client, room, { onEnd }) {
  /** @type {Set<any>} */
  const attached = new Set();
  const stop = listenTo(room, {
    trackSubscribed: (/** @type {any} */ track) => {
      if (track.kind !== "audio") return;
      attached.add(track);
      document.body.append(track.attach());
    },
    trackUnsubscribed: (/** @type {any} */ track) => detach(track),
    dataReceived: (/** @type {any[]} */ ...[payload, , , topic]) => {
      if (topic === TOPIC) client.receive(JSON.parse(new TextDecoder().decode(payload)));
    },
    disconnected: () => onEnd?.(),
  });
  return {
    close() {
      stop();
      for (const track of attached) detach(track);
      client.cancel();
    },
  };
}

/** @param {any} track */
function detach(track) {
  for (const element of track.detach()) element.remove();
}

/**
 * @param {any} room
 * @param {Record<string, (...given: any[]) => void>} handlers
 * @returns {() => void} removes them
 */
function listenTo(room, handlers) {
  for (const [event, handler] of Object.entries(handlers)) room.on(event, handler);
  return () => {
    for (const [event, handler] of Object.entries(handlers)) room.off(event, handler);
  };
}

/** ElevenLabs' agents are ordinary participants. @param {any} participant */
const isAgent = ({ isAgent, identity }) => isAgent || Boolean(identity?.includes("agent"));
