"""A take is kept: what the page hands out is read again, by the server's own reader, by glTF's rules, by a player."""

from __future__ import annotations

import json
import re
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.clip import FaceClip
from tests.browser.support.avatars import quad, vrm
from tests.browser.support.demo_page import Demo

pytest.importorskip("espeakng_loader", reason="the extra [voice] is missing")

SAMPLE = "Play sample"
CSV, JSON, WAV, GLB, VIDEO = (
    "Download the take as CSV (Live Link Face)",
    "Download the take as JSON",
    "Download the take's sound as WAV",
    "Download the avatar with the take as GLB",
    "Record the take as video",
)
SHAPES = ["jawOpen", "eyeBlink_L", "mouthPucker", "smirk"]


def spoken(demo: Demo, text: str = "Hello, I am Pam.") -> None:
    demo.speak(text)
    demo.wait_for_status("Speaking …")
    demo.wait_for_status("Spoke ")


def frames(demo: Demo) -> np.ndarray:
    """The take's frames at 30 a second `[n, 52]`."""
    weights = demo.page.evaluate("[...a2f.client.take.frames().weights]")
    return np.array(weights, np.float32).reshape(-1, arkit.COUNT)


def kept(demo: Demo, label: str, folder: Path) -> Path:
    """Presses a button; the file that the browser saves."""
    with demo.page.expect_download() as download:
        demo.button(label).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_nothing_can_be_kept_before_something_was_spoken(demo: Demo) -> None:
    for label in (CSV, JSON, WAV, GLB, VIDEO):
        assert demo.page.get_by_role("button", name=label, include_hidden=True).is_disabled()


def test_csv_is_read_by_the_servers_own_reader(demo: Demo, tmp_path: Path) -> None:
    spoken(demo)
    path = kept(demo, CSV, tmp_path)
    assert re.fullmatch(r"hello-i-am-pam-\d{6}\.csv", path.name)
    clip = FaceClip.from_csv(path.read_text(), 30)
    np.testing.assert_allclose(clip.weights, frames(demo), atol=1e-6)
    assert len(clip) > 25
    assert clip.weights[:, arkit.INDEX["jawOpen"]].max() > 0.2
    assert path.read_text() == FaceClip(frames(demo), 30).to_csv()


def test_json_is_what_the_server_answers(demo: Demo, tmp_path: Path) -> None:
    spoken(demo)
    path = kept(demo, JSON, tmp_path)
    answer: dict[str, Any] = json.loads(path.read_text())
    assert (answer["fps"], answer["blendshapes"]) == (30, list(arkit.NAMES))
    np.testing.assert_allclose(answer["weights"], frames(demo), atol=6e-5)


def test_wav_has_the_takes_sound(demo: Demo, tmp_path: Path) -> None:
    spoken(demo)
    path = kept(demo, WAV, tmp_path)
    assert re.fullmatch(r"hello-i-am-pam-\d{6}\.wav", path.name)
    with wave.open(str(path)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    assert seconds == pytest.approx(demo.page.evaluate("a2f.client.take.duration"), abs=0.01)


def test_a_microphones_sound_is_kept_too(demo: Demo, tmp_path: Path) -> None:
    demo.button("Microphone").click()
    demo.page.wait_for_function("a2f.client.take?.known > 0.8")
    demo.button("Turn microphone off").click()
    with wave.open(str(kept(demo, WAV, tmp_path))) as sound:
        assert sound.getnframes() / sound.getframerate() > 0.7


def test_what_was_saved_is_said_until_something_else_is_spoken(demo: Demo, tmp_path: Path) -> None:
    spoken(demo)
    note = demo.page.locator("#export-note")
    for label in (CSV, JSON, GLB):
        path = kept(demo, label, tmp_path)
        assert re.fullmatch(rf"{path.name} is saved, (\d+ kB|\d+\.\d MB)\.", note.inner_text())
    spoken(demo)
    assert note.inner_text() == ""


def test_an_emotion_that_was_just_switched_off_is_not_kept(demo: Demo, tmp_path: Path) -> None:
    spoken(demo)
    joy = demo.page.get_by_role("slider", name="Joy")
    joy.fill("1")
    demo.wait_for_shape("mouthSmileLeft", 0.4)
    demo.page.evaluate(
        """() => {
      document.getElementById("emotions-neutral").click();
      window.smiles = [...a2f.client.take.frames().weights].filter((_, i) => i % 52 === 23);
    }""".replace("23", str(arkit.INDEX["mouthSmileLeft"]))
    )
    assert max(demo.page.evaluate("smiles")) < 0.4


PLAY = """async ([bytes, times]) => {
  const { GLTFLoader } = await import("three/addons/loaders/GLTFLoader.js");
  const { AnimationMixer } = await import("three");
  const { scene, animations } = await new GLTFLoader().parseAsync(new Uint8Array(bytes).buffer, "");
  const mixer = new AnimationMixer(scene);
  mixer.clipAction(animations.at(-1)).play();
  return times.map((time) => {
    mixer.setTime(time);
    const shown = {};
    scene.traverse(({ morphTargetDictionary: names = {}, morphTargetInfluences: weights }) => {
      for (const [name, i] of Object.entries(names)) shown[name] = weights[i];
    });
    return shown;
  });
}"""


def test_the_built_in_head_takes_the_animation_along(demo: Demo, tmp_path: Path) -> None:
    spoken(demo)
    wanted = frames(demo)
    times = [i / 30 for i in range(len(wanted) - 1)]
    for frame, weights in enumerate(demo.page.evaluate(PLAY, [list(kept(demo, GLB, tmp_path).read_bytes()), times])):
        for shape, weight in weights.items():
            assert weight == pytest.approx(wanted[frame, arkit.INDEX[shape]], abs=1e-3), (frame, shape)


def test_a_glb_plays_the_take_in_three(demo: Demo, tmp_path: Path) -> None:
    demo.choose_file("Choose GLB or VRM", {"name": "face.glb", "mimeType": "model/gltf-binary", "buffer": quad(SHAPES)})
    demo.page.locator("#avatar-status", has_text="face.glb: 3 of 52").wait_for()
    spoken(demo)
    wanted = frames(demo)
    played = demo.page.evaluate(
        PLAY, [list(kept(demo, GLB, tmp_path).read_bytes()), [i / 30 for i in range(len(wanted) - 1)]]
    )
    for frame, weights in enumerate(played):
        for target, shape in zip(SHAPES, ("jawOpen", "eyeBlinkLeft", "mouthPucker"), strict=False):
            assert weights[target] == pytest.approx(wanted[frame, arkit.INDEX[shape]], abs=1e-3), (frame, target)
        assert weights["smirk"] == 0


def test_a_glb_that_cannot_carry_it_is_explained(demo: Demo) -> None:
    demo.choose_file("Choose GLB or VRM", {"name": "chair.glb", "mimeType": "model/gltf-binary", "buffer": quad(["broken"])})
    demo.wait_for_alert("no face shapes")
    spoken(demo)
    demo.button(GLB).click()
    demo.wait_for_alert("Nothing in this GLB can carry the animation")


def test_a_vrm_that_cannot_carry_it_is_called_a_vrm(demo: Demo) -> None:
    buffer = vrm(["aa", "blink"])
    demo.choose_file("Choose GLB or VRM", {"name": "anna.vrm", "mimeType": "model/gltf-binary", "buffer": buffer})
    demo.page.locator("#avatar-status", has_text="anna.vrm: ").wait_for()
    spoken(demo)
    demo.button(GLB).click()
    demo.wait_for_alert("a VRM's expressions cannot be baked")


WATCH = """async (bytes) => {
  const video = document.createElement("video");
  video.src = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: "video/webm" }));
  video.muted = true;
  await new Promise((resolve, reject) => { video.onloadeddata = resolve; video.onerror = () => reject(video.error); });
  const canvas = new OffscreenCanvas(64, 64);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const picture = async (time) => {
    const there = new Promise((resolve) => { video.onseeked = resolve; });
    video.currentTime = time;
    await there;
    context.drawImage(video, 0, 0, 64, 64);
    return context.getImageData(0, 0, 64, 64).data;
  };
  const shots = [];
  for (const share of [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) shots.push(await picture(share * video.duration));
  const difference = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
  const sound = await new AudioContext().decodeAudioData(new Uint8Array(bytes).buffer.slice(0));
  const samples = sound.getChannelData(0);
  return {
    duration: video.duration,
    size: [video.videoWidth, video.videoHeight],
    differences: shots.slice(1).map((shot, i) => difference(shot, shots[i])),
    brightness: shots[0].reduce((sum, value) => sum + value, 0) / shots[0].length,
    heard: sound.duration,
    loudness: Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length),
  };
}"""


def test_a_video_has_the_face_and_the_sound(demo: Demo, tmp_path: Path) -> None:
    spoken(demo)
    demo.start_drawing()
    demo.page.evaluate("""() => {
      const note = document.getElementById("export-note");
      window.notes = [];
      new MutationObserver(() => notes.push(note.textContent)).observe(note, { childList: true });
    }""")
    with demo.page.expect_download() as download:
        demo.button(VIDEO).click()
        demo.page.locator("#export-progress", has_text=re.compile(r"^\d\.\d of \d\.\d s$")).wait_for()
        assert demo.button(CSV).is_disabled()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert re.fullmatch(r"hello-i-am-pam-\d{6}\.webm", path.name)
    seen = demo.page.evaluate(WATCH, list(path.read_bytes()))
    duration = demo.page.evaluate("a2f.client.take.duration")
    assert seen["duration"] == pytest.approx(duration, abs=0.3)
    assert seen["heard"] == pytest.approx(duration, abs=0.5)
    assert seen["loudness"] > 0.005
    assert seen["brightness"] > 60, "the page's background, not black"
    assert max(seen["differences"]) > 0.3, "the mouth moves"
    assert seen["differences"][0] < 5, "the first picture has the face"
    assert min(seen["size"]) > 200
    demo.page.get_by_text(f"{path.name} is saved").wait_for()
    assert [words[:9] for words in demo.page.evaluate("notes")] == ["Recording", path.name[:9]]
    assert demo.button(VIDEO).is_enabled()
    assert demo.errors == []


def test_a_recording_can_be_stopped(demo: Demo) -> None:
    spoken(demo)
    demo.button(VIDEO).click()
    demo.button("Stop recording").click()
    demo.page.get_by_text("nothing was kept").wait_for()
    assert demo.button(VIDEO).is_enabled()
    demo.button(VIDEO).click()
    demo.page.get_by_text(re.compile("^Recording")).wait_for()
    demo.button("Stop").click()
    demo.page.get_by_text("nothing was kept").wait_for()


def test_a_file_that_was_stopped_is_recorded_as_far_as_it_is_known(visit: Callable[..., Demo], tmp_path: Path) -> None:
    demo = visit(script="localStorage.a2f_server_url = 'http://127.0.0.1:9';")
    demo.button(SAMPLE).click()
    demo.page.wait_for_function("a2f.client.take?.known > 0.6")
    demo.button("Stop").click()
    demo.page.wait_for_function("a2f.client.take.complete")
    duration = demo.page.evaluate("a2f.client.take.duration")
    with demo.page.expect_download() as download:
        demo.button(VIDEO).click()
        demo.wait_for_status("Playing the sample")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.stat().st_size > 1000
    assert demo.page.evaluate("document.getElementById('audio').duration") == pytest.approx(duration, abs=0.05)
    assert demo.page.evaluate("a2f.client.take.duration") == duration, "nothing was spoken anew"


def test_a_take_that_the_player_cannot_play_is_explained(demo: Demo) -> None:
    spoken(demo)
    demo.page.evaluate("document.getElementById('audio').src = 'data:audio/wav;base64,AAAA'")
    demo.page.wait_for_function("document.getElementById('audio').error")
    demo.button(VIDEO).click()
    demo.wait_for_alert("cannot play this take")
    demo.page.get_by_role("slider", name="Position in the recording").focus()
    demo.page.keyboard.press("PageUp")
    demo.wait_for_alert("is not a sound")


def test_where_nothing_records_the_page_says_so(visit: Callable[..., Demo]) -> None:
    demo = visit(script="delete window.MediaRecorder;")
    spoken(demo)
    demo.page.get_by_text("This browser cannot record video").wait_for()
    assert demo.button(VIDEO).is_disabled()
    assert demo.button(CSV).is_enabled()


def test_a_hidden_tab_makes_the_recording_wait(demo: Demo) -> None:
    spoken(demo, "One two three four five six seven eight nine ten.")
    demo.button(VIDEO).click()
    demo.page.get_by_text(re.compile("^Recording")).wait_for()
    show = """(hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    demo.page.evaluate(show, True)
    demo.page.get_by_text("The recording waits").wait_for()
    assert demo.page.evaluate("document.getElementById('audio').paused")
    with demo.page.expect_download():
        demo.page.evaluate(show, False)


def test_a_files_name_and_the_samples_are_used(demo: Demo, tmp_path: Path) -> None:
    demo.button(SAMPLE).click()
    demo.wait_for_status("Spoke the sample")
    assert re.fullmatch(r"the-sample-\d{6}\.json", kept(demo, JSON, tmp_path).name)
