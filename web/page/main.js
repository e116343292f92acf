import { Audio2FaceClient } from "audio2face-client";
import { AvatarLoader } from "./avatar/avatar_loader.js";
import { Stage } from "./avatar/stage.js";
import { element } from "./dom.js";
import { ExportButtons } from "./export/export_buttons.js";
import { wireFileInputs } from "./file_input.js";
import { messageOf, summarizeRefusal } from "./messages.js";
import { ownNetwork } from "./own_network.js";
import { speechAlerts, wireClientAlerts } from "./panels/client_alerts.js";
import { DevicePanel } from "./panels/device.js";
import { EmotionsPanel } from "./panels/emotions.js";
import { showChosen } from "./panels/gallery.js";
import { wireIdleAnimation } from "./panels/idle_animation.js";
import { Notifications } from "./panels/notifications.js";
import { PlaybackPanel } from "./panels/playback.js";
import { PortraitPanel } from "./panels/portrait.js";
import { RecordingPanel } from "./panels/recording.js";
import { ServerPanel } from "./panels/server.js";
import { wireSettings } from "./panels/settings.js";
import { showSnippet, wireCopyButton } from "./panels/snippet.js";
import { SourceBadge } from "./panels/source_badge.js";
import { StatsPanel } from "./panels/stats.js";
import { WeightsPanel } from "./panels/weights.js";
import { ActiveSource } from "./speak/active_source.js";
import { AudioPlayer } from "./speak/audio_player.js";
import { Captions } from "./speak/captions.js";
import { Microphone } from "./speak/microphone.js";
import { fetchRecording } from "./speak/recordings.js";
import { wireSampleButton } from "./speak/sample_audio.js";
import { highlightStartButton, SpeakButton } from "./speak/speak_button.js";
import { SpeakForm } from "./speak/speak_form.js";
import { TextToSpeech } from "./speak/text_to_speech.js";
import { TimelinePanel } from "./timeline/timeline.js";

/** Frame rates worth drawing: every display frame while speaking, fewer while only the idle animation runs. */
const [SPEAKING_FPS, IDLE_FPS, STILL_FPS] = [Number.POSITIVE_INFINITY, 30, 0];

const canvas = /** @type {HTMLCanvasElement} */ (element("canvas"));
const audio = /** @type {HTMLAudioElement} */ (element("audio"));
const network = ownNetwork();
// The page has its own render loop, so it updates the client just before drawing.
const client = new Audio2FaceClient(network ? false : null, {
  network: network ?? false,
  autoUpdate: false,
  keepTake: true,
});
const stage = new Stage(canvas, onFrame);
const notifications = new Notifications();
const badge = new SourceBadge(client);
const stats = new StatsPanel(client);
const weights = new WeightsPanel();
const drawnWeights = new Float32Array(Audio2FaceClient.BLENDSHAPES.length);
const emotions = new EmotionsPanel(client, () => stage.wake());
const serverUrl = () => server.url;

const activeSource = new ActiveSource();
const developer = /** @type {HTMLDetailsElement} */ (element("developer"));
const speakButton = new SpeakButton();
const playback = new PlaybackPanel(
  activeSource,
  notifications,
  {
    record: (name, inPlayer) => recording.expect(name, inPlayer),
    start: () => stats.reset(),
    stop: () => exports.stop(),
  },
  speakButton,
);
const player = new AudioPlayer(client, activeSource, audio, playback);
new Microphone(client, activeSource, element("microphone"), playback);
const textToSpeech = new TextToSpeech(client, activeSource, {
  start: playback.start,
  end: playback.end,
  error: speechAlerts(notifications, serverUrl),
});

const timeline = new TimelinePanel(client, player);
const exports = new ExportButtons(canvas, audio, player, alertOnError, () => portrait.label);
const recording = new RecordingPanel(client, { player, audio, timeline, exports });
const avatar = new AvatarLoader(client, stage, (loaded) => {
  weights.markMissing(loaded.missing);
  exports.setAvatar(loaded.file);
  portrait.show(loaded);
  showChosen(loaded, portrait.isPainting(loaded));
  showSnippet({ avatar: loaded.kind });
});
const portrait = new PortraitPanel(avatar, () => server, alertOnError);
const form = new SpeakForm(speakButton, {
  speak: (text, voice) => alertOnError(() => speak(text, voice)),
  stop: () => playback.stop(),
  setEmotions: (mix) => emotions.set(mix),
});
const panelEvents = {
  pending: () => form.showPending(),
  health: showHealth,
  connected: onConnected,
  disconnected: onDisconnected,
};
const server = network ? new DevicePanel(client, panelEvents) : new ServerPanel(client, panelEvents);

/** Updates the face and the panels before a frame is drawn. Returns the frame rate worth drawing. */
function onFrame() {
  client.update();
  const now = performance.now();
  avatar.update(now);
  weights.update(client.weights, now);
  stats.update(now, stage.work);
  recording.update(now);
  const { speaking, alive } = client.getDebugState();
  if (speaking) return SPEAKING_FPS;
  // An emotion blends in, however slowly this device draws.
  if (!alive && faceMoved()) stage.wake();
  return alive ? IDLE_FPS : STILL_FPS;
}

/** Returns whether the face has changed since the last call. */
function faceMoved() {
  const moved = client.weights.some((weight, i) => weight !== drawnWeights[i]);
  drawnWeights.set(client.weights);
  return moved;
}

/** @param {string} text @param {string} voice */
async function speak(text, voice) {
  form.requireText(text);
  if (network) return playRecording(text);
  form.retryVoices(server.url);
  await textToSpeech.speak(text, voice);
}

/** @param {string} text one of the examples */
async function playRecording(text) {
  const { audio, name } = await fetchRecording(text);
  await player.play(audio, name);
}

/**
 * @param {import("./panels/server.js").Health} health
 * @param {import("./messages.js").ClientError | null} refusal why there is no connection although the server answers
 */
function showHealth(health, refusal) {
  const speaks = health.connected && Boolean(health.tts);
  badge.showHealth(health, refusal);
  if (refusal) form.showDisconnected(summarizeRefusal(refusal));
  else form.showHealth(health, server.url);
  void emotions.showHealth(health);
  showSnippet({ server: server.url, speaks, token: server.token !== "" || refusal?.code === "unauthorized" });
  highlightStartButton(Boolean(network) || (speaks && !refusal));
  // There the visitor can enter the token, or another address.
  if (refusal || !health.connected) developer.open = true;
}

function onConnected() {
  notifications.onConnected();
  form.retryVoices(server.url);
}

function onDisconnected() {
  badge.showHealth({ connected: false });
  form.showDisconnected();
}

/** Runs an action and shows its error. @param {() => unknown} action */
async function alertOnError(action) {
  try {
    await action();
  } catch (error) {
    notifications.alert(messageOf(error));
  }
}

/** @param {File} file */
function loadAvatar(file) {
  notifications.clear();
  return avatar.load(file);
}

/** @param {File} file */
function loadPhoto(file) {
  notifications.clear();
  return portrait.load(file);
}

new Captions(client);
wireClientAlerts(client, notifications, { serverUrl, handled: () => textToSpeech.active });
wireSampleButton(player, { run: alertOnError, unreachable: () => server.test() });
wireSettings(client);
wireIdleAnimation(client, stage.camera);
wireFileInputs({
  audio: (file) => alertOnError(() => player.play(file, file.name)),
  avatar: (file) => alertOnError(() => loadAvatar(file)),
  photo: (file) => alertOnError(() => loadPhoto(file)),
});
wireCopyButton();
showSnippet({ server: server.url, network: document.documentElement.dataset.network });
void server.test();
void alertOnError(() => stage.requireWebGl());

// For the console: a2f.client.getDebugState(), a2f.stage.scene …
Object.assign(globalThis, { a2f: { client, stage } });
