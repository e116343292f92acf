"""The browser client in a real browser, against a real server with the mock backend: clocks, sound, worklet."""

from __future__ import annotations

import io
import json
import math
import struct
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.spawning import Spawned, spawn_server

CLIENT = Path(__file__).parents[2] / "web" / "audio2face-client.js"
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
    """A server of the test's own, which it may kill."""
    with spawn_server() as spawned:
        yield spawned


@pytest.fixture
def page(browser, server):
    """A page of the server's origin with the client, a mesh and a log."""
    opened = browser.new_page()
    opened.goto(f"http://127.0.0.1:{server.port}/health")
    opened.add_script_tag(path=CLIENT)
    opened.evaluate(HELPERS)
    opened.evaluate("(bytes) => { window.sound = new Blob([new Uint8Array(bytes)]) }", list(tone()))
    yield opened
    opened.close()


def tone(seconds: float = 4, rate: int = 16000) -> bytes:
    """A WAV file of a tone whose loudness comes and goes."""
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


def test_an_element_is_followed_within_a_display_frame(page) -> None:
    """The face keeps to the sound: most ticks within a display frame. bench/browser/skew.py measures the tail, on a
    quiet machine."""
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


def test_pcm_is_played_without_a_gap_and_followed(page) -> None:
    """Written in pieces, the sound does not run dry, and the face follows it steadily."""
    result = page.evaluate("""async () => {
      const pcm = new Int16Array(await sound.arrayBuffer(), 44);
      const ticks = [];
      const context = new AudioContext();
      const heard = ({ contextTime, performanceTime }) => contextTime + (performance.now() - performanceTime) / 1000;
      client.configure({ audioContext: context });
      client.on("frame", ({ time }) => time > 0.1 && ticks.push(time - heard(context.getOutputTimestamp())));
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
    """Sound and face go on: the mouth follows the loudness of the sound, and no shape jumps on the way."""
    page.evaluate("""async () => {
      const samples = new Int16Array(await sound.arrayBuffer(), 44);
      window.worst = 0;
      let last = 0;
      client.on("frame", ({ weights }) => {
        worst = Math.max(worst, Math.abs(weights[17] - last));
        last = weights[17];
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


def test_live_sound_is_followed_through_the_worklet(page) -> None:
    """A MediaStream is read by the worklet, and the face follows by the server's frames."""
    result = page.evaluate("""async () => {
      const context = new AudioContext();
      const tone = new OscillatorNode(context, { frequency: 180 });
      const stream = new MediaStreamAudioDestinationNode(context);
      tone.connect(stream);
      tone.start();
      const session = client.listen(stream.stream);
      await session.ready;
      await wait(2500);
      const { delay } = session;
      session.stop();
      return { delay, outcome: await session.done };
    }""")
    assert result["outcome"]["rank"] == "server"
    assert result["outcome"]["frames"] > 60
    assert result["delay"] < 0.4


def test_a_recording_of_the_browser_is_understood(page) -> None:
    """What the server cannot decode the browser decodes."""
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
