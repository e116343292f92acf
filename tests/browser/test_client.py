"""The client in a real browser, against a real server with the mock backend: clocks, audio, worklet."""

from __future__ import annotations

import io
import json
import math
import struct
import wave
from collections.abc import Iterator

import pytest

from tests.browser.support.paths import CLIENT
from tests.support.spawning import Spawned, spawn_server

HELPERS = """
window.wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
window.percentile = (values, share) => values.sort((a, b) => a - b)[Math.floor((values.length - 1) * share)];
window.make = () => {
  const names = Audio2FaceClient.BLENDSHAPES;
  window.mesh = {
    morphTargetDictionary: Object.fromEntries(names.map((name, i) => [name, i])),
    morphTargetInfluences: names.map(() => 0),
  };
  window.client = new Audio2FaceClient();
  window.log = [];
  for (const event of ["rank", "error"]) client.on(event, (payload) => log.push({ event, ...payload }));
  client.initializeWithScene(mesh);
};
make();
"""


@pytest.fixture
def server() -> Iterator[Spawned]:
    """A server for one test, which may kill it."""
    with spawn_server(A2F_TTS="espeak") as spawned:
        yield spawned


@pytest.fixture
def page(browser, server):
    """A page at the server's origin with the client, a mesh and a log."""
    opened = browser.new_page()
    opened.goto(f"http://127.0.0.1:{server.port}/health")
    opened.add_script_tag(path=CLIENT)
    opened.evaluate(HELPERS)
    opened.evaluate("(bytes) => { window.sound = new Blob([new Uint8Array(bytes)]) }", list(tone()))
    yield opened
    opened.close()


def tone(seconds: float = 4, rate: int = 16000) -> bytes:
    """Returns a WAV file of a tone with changing loudness."""
    samples = [
        int(16000 * abs(math.sin(math.pi * 1.5 * i / rate)) * math.sin(2 * math.pi * 180 * i / rate))
        for i in range(int(seconds * rate))
    ]
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


def test_the_face_follows_an_element_within_a_display_frame(page) -> None:
    """Most ticks are within a display frame of the audio; bench/browser_client/skew.py measures the tail."""
    result = page.evaluate("""async () => {
      const audio = new Audio(URL.createObjectURL(sound));
      const skews = [];
      client.on("frame", ({ time }) => audio.currentTime > 0 && skews.push(Math.abs(time - audio.currentTime)));
      const outcome = await client.processAndAnimate(sound, audio);
      await wait(400);
      return { outcome, ticks: skews.length, most: percentile(skews, 0.8), rest: mesh.morphTargetInfluences };
    }""")
    assert result["outcome"]["frames"] == 120
    assert result["outcome"]["rank"] == "server"
    assert result["most"] < 0.017, json.dumps(result)
    assert not any(result["rest"])


def test_pcm_plays_without_gaps_and_the_face_follows(page) -> None:
    """PCM that is written in chunks plays without underruns, and the face follows steadily."""
    result = page.evaluate("""async () => {
      const pcm = new Int16Array(await sound.arrayBuffer(), 44);
      const ticks = [];
      const context = new AudioContext();
      const audible = ({ contextTime, performanceTime }) => contextTime + (performance.now() - performanceTime) / 1000;
      client.configure({ audioContext: context });
      client.on("frame", ({ time }) => time > 0.1 && ticks.push(time - audible(context.getOutputTimestamp())));
      const utterance = client.start({ sampleRate: 16000 });
      for (let at = 0; at < pcm.length; at += 1600) {
        utterance.write(pcm.subarray(at, at + 1600));
        await wait(50);
      }
      utterance.end();
      const outcome = await utterance.done;
      const middle = percentile(ticks, 0.5);
      const wander = percentile(ticks.map((tick) => Math.abs(tick - middle)), 0.8);
      return { outcome, wander, state: client.getDebugState() };
    }""")
    assert result["outcome"]["rank"] == "server"
    assert result["state"]["underruns"] == 0
    assert result["wander"] < 0.017, json.dumps(result)


def test_loudness_takes_over_when_the_server_dies(page, server) -> None:
    """Audio and face go on: the mouth follows the loudness, and no weight jumps between ticks of a display frame."""
    page.evaluate("""async () => {
      const samples = new Int16Array(await sound.arrayBuffer(), 44);
      // Ticks come at least as often as on a display. Longer intervals of a busy machine say nothing about jumps.
      setInterval(() => client.update(), 8);
      window.worst = 0;
      let last = { at: 0, jaw: 0 };
      client.on("frame", ({ weights }) => {
        const tick = { at: performance.now(), jaw: weights[17] };
        if (tick.at - last.at < 34) worst = Math.max(worst, Math.abs(tick.jaw - last.jaw));
        last = tick;
      });
      const utterance = client.start({ sampleRate: 16000 });
      window.speaking = utterance.done;
      let at = 0;
      const timer = setInterval(() => {
        if (at >= samples.length) return clearInterval(timer), utterance.end();
        utterance.write(samples.subarray(at, (at += 1600)));
      }, 90);
      await wait(1200);
    }""")
    server.process.kill()
    result = page.evaluate("async () => ({ outcome: await speaking, worst, log })")
    assert result["outcome"]["cancelled"] is False
    assert any(entry.get("to") == "loudness" for entry in result["log"]), json.dumps(result)
    assert result["worst"] < 0.35


def test_the_face_follows_a_media_stream(page) -> None:
    """The worklet reads the stream, and the server's frames move the face."""
    result = page.evaluate("""async () => {
      const context = new AudioContext();
      const tone = new OscillatorNode(context, { frequency: 180 });
      const stream = new MediaStreamAudioDestinationNode(context);
      tone.connect(stream);
      tone.start();
      const session = client.listen(stream.stream);
      await session.ready;
      while (client.getDebugState().framesReceived <= 60) await wait(100);
      const { delay } = session;
      session.stop();
      return { delay, outcome: await session.done };
    }""")
    assert result["outcome"]["rank"] == "server"
    assert result["outcome"]["frames"] > 60
    assert result["delay"] < 0.4


def test_the_browser_decodes_files_that_the_server_cannot(page) -> None:
    """MediaRecorder produces WebM, which the server does not decode."""
    outcome = page.evaluate("""async () => {
      const context = new AudioContext();
      const tone = new OscillatorNode(context);
      const stream = new MediaStreamAudioDestinationNode(context);
      tone.connect(stream);
      tone.start();
      const recorder = new MediaRecorder(stream.stream, { mimeType: "audio/webm;codecs=opus" });
      const parts = [];
      recorder.ondataavailable = ({ data }) => parts.push(data);
      recorder.start();
      await wait(1000);
      recorder.stop();
      await new Promise((resolve) => (recorder.onstop = resolve));
      const webm = new Blob(parts, { type: "audio/webm" });
      return client.processAndAnimate(webm, new Audio(URL.createObjectURL(webm)));
    }""")
    assert outcome["rank"] == "server"
    assert outcome["frames"] > 20
    assert outcome["decodedBy"] is not None


def test_the_browser_decodes_a_file_that_was_cut(page) -> None:
    """The server refuses it as `bad_audio`; the visitor hears it, and the face moves."""
    result = page.evaluate("""async () => {
      const cut = sound.slice(0, 44 + 16000);
      const outcome = await client.processAndAnimate(cut, new Audio(URL.createObjectURL(cut)));
      return { outcome, errors: log.filter(({ event }) => event === "error") };
    }""")
    assert result["errors"] == []
    assert (result["outcome"]["rank"], result["outcome"]["decodedBy"]) == ("server", "browser")
    assert result["outcome"]["heard"] == pytest.approx(0.5, abs=0.01)


def test_the_outcome_of_an_interruption_says_what_was_heard(page) -> None:
    result = page.evaluate("""async () => {
      const pcm = new Int16Array(await sound.arrayBuffer(), 44);
      const utterance = client.start({ sampleRate: 16000 });
      for (let i = 0; i < 8; i++) utterance.addWord(i * 0.5, 0.4, `word ${i}`);
      utterance.write(pcm);
      let heard = 0;
      client.on("frame", (event) => { heard = event.heard; });
      while (!(heard > 0.7)) await wait(5);
      client.cancel();
      utterance.write(pcm);
      utterance.end();
      return { outcome: await utterance.done, heard, errors: log.filter(({ event }) => event === "error") };
    }""")
    assert result["errors"] == []
    outcome = result["outcome"]
    assert outcome["cancelled"] is True
    assert outcome["heard"] >= result["heard"] - 0.1
    assert outcome["word"]["time"] < outcome["heard"] <= outcome["word"]["time"] + 0.5
