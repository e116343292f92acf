"""Downloads of a recording: files are read again by the server, by Three.js and by a video player."""

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
from tests.browser.support.paths import UNREACHABLE

pytest.importorskip("espeakng_loader", reason="the extra [voice] is missing")

CSV, JSON, WAV, GLB, VIDEO = (
    "Download as CSV (Live Link Face)",
    "Download as JSON",
    "Download the audio as WAV",
    "Download the animated avatar as GLB",
    "Record a video",
)
SHAPES = ["jawOpen", "eyeBlink_L", "mouthPucker", "smirk"]


def frames(demo: Demo) -> np.ndarray:
    """Returns the weights of the recording at 30 fps `[n, 52]`."""
    weights = demo.page.evaluate("[...a2f.client.take.frames().weights]")
    return np.array(weights, np.float32).reshape(-1, arkit.COUNT)


def download(demo: Demo, label: str, folder: Path) -> Path:
    """Presses a button. Returns the file that the browser saves."""
    with demo.page.expect_download() as event:
        demo.button(label).click()
    path = folder / event.value.suggested_filename
    event.value.save_as(path)
    return path


def test_downloads_are_disabled_without_a_recording(demo: Demo) -> None:
    for label in (CSV, JSON, WAV, GLB, VIDEO):
        assert demo.page.get_by_role("button", name=label, include_hidden=True).is_disabled()


def test_the_server_can_read_the_csv(demo: Demo, tmp_path: Path) -> None:
    demo.speak_to_end()
    path = download(demo, CSV, tmp_path)
    assert re.fullmatch(r"hello-i-am-pam-\d{6}\.30fps\.csv", path.name)
    clip = FaceClip.from_csv(path.read_text(), 30)
    np.testing.assert_allclose(clip.weights, frames(demo), atol=1e-6)
    assert len(clip) > 25
    assert clip.weights[:, arkit.INDEX["jawOpen"]].max() > 0.2
    assert path.read_text() == FaceClip(frames(demo), 30).to_csv()


def test_the_json_has_the_format_of_the_server(demo: Demo, tmp_path: Path) -> None:
    demo.speak_to_end()
    path = download(demo, JSON, tmp_path)
    answer: dict[str, Any] = json.loads(path.read_text())
    assert (answer["fps"], answer["blendshapes"]) == (30, list(arkit.NAMES))
    np.testing.assert_allclose(answer["weights"], frames(demo), atol=6e-5)


def test_the_wav_has_the_audio(demo: Demo, tmp_path: Path) -> None:
    demo.speak_to_end()
    path = download(demo, WAV, tmp_path)
    assert re.fullmatch(r"hello-i-am-pam-\d{6}\.wav", path.name)
    with wave.open(str(path)) as audio:
        seconds = audio.getnframes() / audio.getframerate()
    assert seconds == pytest.approx(demo.page.evaluate("a2f.client.take.duration"), abs=0.01)


def test_the_wav_has_the_audio_of_the_microphone(demo: Demo, tmp_path: Path) -> None:
    demo.button("Microphone").click()
    demo.page.wait_for_function("a2f.client.take?.known > 0.8")
    demo.button("Turn microphone off").click()
    with wave.open(str(download(demo, WAV, tmp_path))) as audio:
        assert audio.getnframes() / audio.getframerate() > 0.7


def test_a_note_names_the_saved_file_until_the_next_recording(demo: Demo, tmp_path: Path) -> None:
    demo.speak_to_end()
    note = demo.page.locator("#export-note")
    for label in (CSV, JSON, GLB):
        path = download(demo, label, tmp_path)
        assert re.fullmatch(rf"Saved {path.name} \((\d+ kB|\d+\.\d MB)\)\.", note.inner_text())
    demo.speak_to_end()
    assert note.inner_text() == ""


def test_an_emotion_that_was_just_reset_is_not_recorded(demo: Demo, tmp_path: Path) -> None:
    demo.speak_to_end()
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


PLAY_GLB = """async ([bytes, times]) => {
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


def test_the_built_in_head_plays_the_animation_in_three(demo: Demo, tmp_path: Path) -> None:
    demo.speak_to_end()
    expected = frames(demo)
    times = [i / 30 for i in range(len(expected) - 1)]
    for frame, weights in enumerate(
        demo.page.evaluate(PLAY_GLB, [list(download(demo, GLB, tmp_path).read_bytes()), times])
    ):
        for shape, weight in weights.items():
            assert weight == pytest.approx(expected[frame, arkit.INDEX[shape]], abs=1e-3), (frame, shape)


def test_another_avatar_plays_the_animation_in_three(demo: Demo, tmp_path: Path) -> None:
    demo.choose_file("Your GLB or VRM", {"name": "face.glb", "mimeType": "model/gltf-binary", "buffer": quad(SHAPES)})
    demo.page.locator("#avatar-status", has_text="face.glb has 3 of 52").wait_for()
    demo.speak_to_end()
    expected = frames(demo)
    played = demo.page.evaluate(
        PLAY_GLB, [list(download(demo, GLB, tmp_path).read_bytes()), [i / 30 for i in range(len(expected) - 1)]]
    )
    for frame, weights in enumerate(played):
        for target, shape in zip(SHAPES, ("jawOpen", "eyeBlinkLeft", "mouthPucker"), strict=False):
            assert weights[target] == pytest.approx(expected[frame, arkit.INDEX[shape]], abs=1e-3), (frame, target)
        assert weights["smirk"] == 0


def test_an_alert_explains_a_glb_that_cannot_be_animated(demo: Demo) -> None:
    demo.choose_file(
        "Your GLB or VRM", {"name": "chair.glb", "mimeType": "model/gltf-binary", "buffer": quad(["broken"])}
    )
    demo.wait_for_alert("no face shapes")
    demo.speak_to_end()
    demo.button(GLB).click()
    demo.wait_for_alert("Nothing in this GLB can be animated")


def test_an_alert_explains_a_vrm_that_cannot_be_animated(demo: Demo) -> None:
    buffer = vrm(["aa", "blink"])
    demo.choose_file("Your GLB or VRM", {"name": "anna.vrm", "mimeType": "model/gltf-binary", "buffer": buffer})
    demo.page.locator("#avatar-status", has_text="anna.vrm has").wait_for()
    demo.speak_to_end()
    demo.button(GLB).click()
    demo.wait_for_alert("a VRM's expressions cannot be baked")


PLAY_VIDEO = """async (bytes) => {
  const video = document.createElement("video");
  video.src = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: "video/webm" }));
  video.muted = true;
  await new Promise((resolve, reject) => { video.onloadeddata = resolve; video.onerror = () => reject(video.error); });
  const canvas = new OffscreenCanvas(64, 64);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const imageAt = async (time) => {
    const sought = new Promise((resolve) => { video.onseeked = resolve; });
    video.currentTime = time;
    await sought;
    context.drawImage(video, 0, 0, 64, 64);
    return context.getImageData(0, 0, 64, 64).data;
  };
  const images = [];
  for (const share of [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) images.push(await imageAt(share * video.duration));
  const difference = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
  const audio = await new AudioContext().decodeAudioData(new Uint8Array(bytes).buffer.slice(0));
  const samples = audio.getChannelData(0);
  return {
    duration: video.duration,
    size: [video.videoWidth, video.videoHeight],
    differences: images.slice(1).map((image, i) => difference(image, images[i])),
    brightness: images[0].reduce((sum, value) => sum + value, 0) / images[0].length,
    audioDuration: audio.duration,
    loudness: Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length),
  };
}"""


def test_a_video_has_the_face_and_the_audio(demo: Demo, tmp_path: Path) -> None:
    demo.speak_to_end()
    demo.start_drawing()
    demo.page.evaluate("""() => {
      const note = document.getElementById("export-note");
      window.notes = [];
      new MutationObserver(() => notes.push(note.textContent)).observe(note, { childList: true });
    }""")
    with demo.page.expect_download() as event:
        demo.button(VIDEO).click()
        demo.page.locator("#export-progress", has_text=re.compile(r"^\d\.\d of \d\.\d s$")).wait_for()
        assert demo.button(CSV).is_disabled()
    path = tmp_path / event.value.suggested_filename
    event.value.save_as(path)
    assert re.fullmatch(r"hello-i-am-pam-\d{6}\.webm", path.name)
    video = demo.page.evaluate(PLAY_VIDEO, list(path.read_bytes()))
    duration = demo.page.evaluate("a2f.client.take.duration")
    assert video["duration"] == pytest.approx(duration, abs=0.3)
    assert video["audioDuration"] == pytest.approx(duration, abs=0.5)
    assert video["loudness"] > 0.005
    assert video["brightness"] > 60, "the page's background, not black"
    assert max(video["differences"]) > 0.3, "the mouth moves"
    assert video["differences"][0] < 5, "the first frame has the face"
    assert min(video["size"]) > 200
    demo.page.get_by_text(f"Saved {path.name}").wait_for()
    assert [text[:9] for text in demo.page.evaluate("notes")] == ["Recording", f"Saved {path.name}"[:9]]
    assert demo.button(VIDEO).is_enabled()
    assert demo.errors == []


def test_a_video_can_be_cancelled(demo: Demo) -> None:
    demo.speak_to_end()
    demo.button(VIDEO).click()
    demo.button("Stop recording").click()
    demo.page.get_by_text("Nothing was saved").wait_for()
    assert demo.button(VIDEO).is_enabled()
    demo.button(VIDEO).click()
    demo.page.get_by_text(re.compile("^Recording")).wait_for()
    demo.button("Stop").click()
    demo.page.get_by_text("Nothing was saved").wait_for()


def test_a_video_of_a_file_that_was_stopped_early_ends_there(visit: Callable[..., Demo], tmp_path: Path) -> None:
    demo = visit(script=f"localStorage.a2f_server_url = '{UNREACHABLE}';")
    demo.button("Play sample").click()
    demo.page.wait_for_function("a2f.client.take?.known > 0.6")
    demo.button("Stop").click()
    demo.page.wait_for_function("a2f.client.take.complete")
    duration = demo.page.evaluate("a2f.client.take.duration")
    with demo.page.expect_download() as event:
        demo.button(VIDEO).click()
        demo.wait_for_status("Playing the sample")
    path = tmp_path / event.value.suggested_filename
    event.value.save_as(path)
    assert path.stat().st_size > 1000
    assert demo.page.evaluate("document.getElementById('audio').duration") == pytest.approx(duration, abs=0.05)
    assert demo.page.evaluate("a2f.client.take.duration") == duration, "nothing was animated again"


def test_an_alert_explains_a_recording_that_cannot_be_played(demo: Demo) -> None:
    demo.speak_to_end()
    demo.page.evaluate("document.getElementById('audio').src = 'data:audio/wav;base64,AAAA'")
    demo.page.wait_for_function("document.getElementById('audio').error")
    demo.button(VIDEO).click()
    demo.wait_for_alert("can't play this recording")
    demo.page.get_by_role("slider", name="Position in the recording").focus()
    demo.page.keyboard.press("PageUp")
    demo.wait_for_alert("as audio")


def test_a_note_explains_a_browser_without_video_recording(visit: Callable[..., Demo]) -> None:
    demo = visit(script="delete window.MediaRecorder;")
    demo.speak_to_end()
    demo.page.get_by_text("This browser can't record video").wait_for()
    assert demo.button(VIDEO).is_disabled()
    assert demo.button(CSV).is_enabled()


def test_a_video_pauses_in_a_hidden_tab(demo: Demo) -> None:
    demo.speak_to_end("One two three four five six seven eight nine ten.")
    demo.button(VIDEO).click()
    demo.page.get_by_text(re.compile("^Recording")).wait_for()
    hide = """(hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    demo.page.evaluate(hide, True)
    demo.page.get_by_text("Recording paused").wait_for()
    assert demo.page.evaluate("document.getElementById('audio').paused")
    with demo.page.expect_download():
        demo.page.evaluate(hide, False)


def test_the_file_is_named_after_what_was_played(demo: Demo, tmp_path: Path) -> None:
    demo.button("Play sample").click()
    demo.wait_for_status("Spoke the sample")
    assert re.fullmatch(r"the-sample-\d{6}\.json", download(demo, JSON, tmp_path).name)
