import { Audio2FaceClient } from "audio2face-client";
import { Wardrobe } from "./avatar/avatar_loader.js";
import { Stage } from "./avatar/stage.js";
import { element, say } from "./dom.js";
import { listenForFiles } from "./file_input.js";
import { clientError, FULL, passes, sentence, speakError } from "./messages.js";
import { Emotions } from "./panels/emotions.js";
import { wireLife } from "./panels/idle_animation.js";
import { Notice } from "./panels/notifications.js";
import { Takes } from "./panels/recording.js";
import { ServerBox } from "./panels/server.js";
import { wireSettings } from "./panels/settings.js";
import { showSnippet, wireCopy } from "./panels/snippet.js";
import { Figures } from "./panels/stats.js";
import { Weights } from "./panels/weights.js";
import { Speaker } from "./speak/audio_player.js";
import { Caption } from "./speak/captions.js";
import { Microphone } from "./speak/microphone.js";
import { fetchSample } from "./speak/sample_audio.js";
import { Saying } from "./speak/speak_form.js";
import { Talker } from "./speak/text_to_speech.js";

/** Pictures a second: of who speaks every one that the display shows, of who only breathes no more than needed. */
const [ALL, IDLE, NONE] = [Number.POSITIVE_INFINITY, 30, 0];

// The page has a render loop of its own, so the face is computed in it, just before the picture is drawn.
const client = new Audio2FaceClient(null, { autoUpdate: false, keepTake: true });
const stage = new Stage(element("canvas"), tick);
const notice = new Notice(focusStart);
const weights = new Weights();
const emotions = new Emotions(client, () => stage.wake());
const figures = new Figures(client);
const saying = new Saying(
  (text, voice) =>
    told(async () => {
      saying.require(text);
      await talker.speak(text, voice);
    }),
  (feels) => emotions.feel(feels),
);
const server = new ServerBox(client, {
  ask: () => saying.wait(),
  health: showServer,
  ready: () => {
    notice.connected();
    saying.refill(server.url);
  },
  lost: () => {
    showMode({ connected: false });
    saying.lose();
  },
});
const wardrobe = new Wardrobe(client, stage, (missing) => weights.mark(missing));
const stopButton = /** @type {HTMLButtonElement} */ (element("stop"));

const speaker = new Speaker(client, element("audio"), {
  free: () => {
    microphone.stop();
    talker.stop();
  },
  start: (name, again) => {
    if (!again) takes.expect(name, true);
    begin(`${again ? "Playing" : "Speaking"} ${name} …`);
    element("player").hidden = false;
  },
  end: finish,
  error: (words) => notice.alert(words),
});
const microphone = new Microphone(client, element("microphone"), {
  start: () => {
    speaker.stop();
    talker.stop();
    takes.expect("microphone", false);
    begin("Listening to the microphone …");
  },
  end: () => finish("The microphone is off."),
  error: (words) => notice.alert(words),
});
const talker = new Talker(client, {
  start: (text) => {
    speaker.stop();
    microphone.stop();
    takes.expect(text, false);
    begin("Speaking …");
  },
  end: finish,
  // A sentence that broke off stays broken off.
  error: (error) =>
    notice.alert(speakError(error, server.url), passes(error) && error.code !== "connection_lost"),
});
const takes = new Takes(client, {
  canvas: element("canvas"),
  player: element("audio"),
  speaker,
  avatar: () => wardrobe.file,
  told,
});
new Caption(client);

client.on("error", (error) => {
  // The sliders say it themselves.
  if (error.code === "no_expressions") return;
  if (!talker.active) notice.alert(clientError(error, server.url), passes(error));
});

/** Whether the alert says that the server is full. */
let full = false;
client.on("rank", ({ to, reason }) => {
  const waits = to !== "server" && reason === "server busy";
  if (waits) notice.alert(FULL);
  else if (full) notice.clear();
  full = waits;
});

/** One render tick; says how many pictures a second are worth drawing. */
function tick() {
  client.update();
  const now = performance.now();
  wardrobe.advance(now);
  const { speaking, alive } = client.getDebugState();
  weights.show(client.weights, now);
  figures.show(now, stage.work);
  takes.tick(now);
  if (speaking) return ALL;
  return alive ? IDLE : NONE;
}

/** @param {string} words */
function begin(words) {
  notice.clear();
  notice.status(words);
  figures.forget();
  stopButton.disabled = false;
}

/** @param {string} words */
function finish(words) {
  notice.status(words);
  const held = document.activeElement === stopButton;
  stopButton.disabled = !speaker.active && !microphone.active && !talker.active;
  if (held && stopButton.disabled) focusStart();
}

/** A button that goes away leaves the focus where one goes on. */
function focusStart() {
  const speak = /** @type {HTMLButtonElement} */ (element("speak"));
  (speak.disabled ? element("sample") : speak).focus();
}

/** @param {import("./panels/server.js").Health} health */
function showServer(health) {
  const speaks = health.connected && Boolean(health.tts);
  showMode(health);
  saying.tell(health, server.url);
  void emotions.use(health);
  showSnippet({ server: server.url, speaks });
  // What a visitor had best press first.
  element("sample").classList.toggle("primary", !speaks);
}

/** @param {import("./panels/server.js").Health} health */
function showMode({ connected, mode, backend, model }) {
  const badge = element("mode");
  badge.dataset.mode = connected ? (mode ?? "unknown") : "none";
  const real = model?.name ? `${backend} (${model.name})` : backend;
  const words = mode === "mock" ? "mock: simulated faces" : `real: ${real}`;
  say(badge, connected ? words : "no server: the mouth follows loudness");
}

/** Errors of what was asked for are said. @param {() => Promise<unknown>} action */
async function told(action) {
  try {
    await action();
  } catch (error) {
    notice.alert(sentence(error));
  }
}

element("sample").addEventListener("click", () =>
  told(async () => {
    const sample = await fetchSample().catch((error) => {
      void server.test();
      throw error;
    });
    await speaker.speak(sample, "the sample");
  }),
);
stopButton.addEventListener("click", () => {
  takes.stop();
  speaker.stop();
  microphone.stop();
  talker.stop();
});
wireSettings(client);
wireLife(client, stage.camera);
listenForFiles({
  sound: (file) => told(() => speaker.speak(file, file.name)),
  model: (file) =>
    told(() => {
      notice.clear();
      return wardrobe.wear(file);
    }),
});
wireCopy();
showSnippet({ server: server.url });
void server.test();
void told(async () => stage.check());

// For the console: a2f.client.getDebugState(), a2f.stage.scene …
Object.assign(globalThis, { a2f: { client, stage } });
