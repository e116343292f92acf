"""Audio files and the microphone: the face shows what the server sent, in sync with playback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from tests.browser.support.demo_page import Demo
from tests.browser.support.paths import SAMPLE, VOICE

MOUTH = (0.38, 0.6, 0.24, 0.26)
CORNER = (0.0, 0.3, 0.15, 0.3)
"""Areas of the view: left, top, width, height of 0-1."""


def animate(origin: str, audio: Path) -> tuple[list[str], np.ndarray]:
    """Returns the server's own frames: names, and weights `[frames, 52]` at 30 fps."""
    answer = httpx.post(f"{origin}/v1/animate", content=audio.read_bytes(), timeout=20).raise_for_status().json()
    assert answer["fps"] == 30
    return answer["blendshapes"], np.array(answer["weights"])


def at(weights: np.ndarray, time: float) -> np.ndarray:
    """Interpolates the weights at a time in seconds."""
    frames = np.arange(len(weights)) / 30
    return np.array([np.interp(time, frames, column) for column in weights.T])


def settled_ticks(demo: Demo) -> list[dict[str, Any]]:
    """Returns what was shown on each tick after the server's frames had faded in."""
    ticks = demo.page.evaluate("ticks")
    return [tick for tick in ticks if tick["rank"] == "server" and tick["time"] > 0.2]


def test_the_face_shows_the_frames_of_the_server(demo: Demo, origin: str) -> None:
    names, weights = animate(origin, SAMPLE)
    demo.tick_often()
    demo.button("Play sample").click()
    demo.wait_for_status("Spoke the sample")
    ticks = settled_ticks(demo)
    assert len(ticks) > 20
    for tick in ticks:
        shown = np.array([tick["face"][name] for name in names])
        np.testing.assert_allclose(shown, at(weights, tick["time"]), atol=2e-3)
    # Half a display frame ahead of the audio, at most 1/60 s. The clock of the element is coarser.
    ahead = np.array([tick["time"] - tick["heard"] for tick in ticks])
    assert -0.01 < np.median(ahead) < 0.025, ahead
    assert demo.errors == []


def test_the_mouth_opens_the_eyes_blink_and_the_face_returns_to_neutral(demo: Demo, origin: str) -> None:
    names, weights = animate(origin, SAMPLE)
    blink = float(weights[:, names.index("eyeBlinkLeft")].argmax()) / 30
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.3)
    demo.pause_at(0.43)
    assert demo.face()["jawOpen"] > 0.5
    demo.pause_at(2.6)
    assert demo.face()["jawOpen"] < 0.01, "silence between the sentences"
    demo.pause_at(blink)
    assert min(demo.face()["eyeBlinkLeft"], demo.face()["eyeBlinkRight"]) > 0.95
    demo.page.evaluate("document.getElementById('audio').play()")
    demo.wait_for_status("Spoke the sample")
    demo.wait_for_neutral()
    assert demo.errors == []


def test_a_chosen_file_is_played_and_can_be_replayed(demo: Demo) -> None:
    demo.choose_file("Choose audio", VOICE)
    demo.wait_for_status("Speaking voice.wav")
    demo.wait_for_shape("jawOpen", 0.3)
    demo.page.evaluate("document.getElementById('audio').currentTime = 100")
    demo.wait_for_status("Spoke voice.wav")
    demo.wait_for_neutral()
    demo.page.evaluate("document.getElementById('audio').play()")
    demo.wait_for_shape("jawOpen", 0.3)


def test_a_dropped_file_is_played(demo: Demo) -> None:
    demo.drop_file("dropped.wav", VOICE.read_bytes(), "audio/wav")
    demo.wait_for_status("Speaking dropped.wav")
    demo.wait_for_shape("jawOpen", 0.3)


def test_an_alert_explains_a_file_that_is_not_audio(demo: Demo) -> None:
    demo.choose_file("Choose audio", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"buy milk\n" * 100})
    assert "WAV, MP3, Ogg, FLAC" in demo.wait_for_alert("Can't read notes.txt as audio")
    demo.button("Dismiss").click()
    assert not demo.page.get_by_role("alert").is_visible()
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.3)


def test_stop_ends_audio_and_animation(demo: Demo) -> None:
    assert demo.button("Stop").count() == 0
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.3)
    demo.button("Stop").click()
    demo.wait_for_status("Stopped.")
    assert demo.page.evaluate("document.getElementById('audio').paused")
    demo.wait_for_neutral()
    assert demo.button("Stop").count() == 0


def test_pausing_freezes_the_face(demo: Demo) -> None:
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.3)
    demo.page.evaluate("document.getElementById('audio').pause()")
    demo.settle(300)
    before, after = demo.page.evaluate("""async () => {
      const before = face().jawOpen;
      await settle(300);
      return [before, face().jawOpen];
    }""")
    assert before == after


def test_intensity_scales_the_face_except_blinks(demo: Demo, origin: str) -> None:
    names, weights = animate(origin, SAMPLE)
    blink = int(weights[:, names.index("eyeBlinkLeft")].argmax())
    demo.page.get_by_role("slider", name="Strength of movement").fill("0.5")
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.1)
    demo.pause_at(blink / 30)
    assert demo.face()["jawOpen"] == pytest.approx(weights[blink, names.index("jawOpen")] / 2, abs=0.01)
    assert demo.face()["eyeBlinkLeft"] > 0.95


def test_the_microphone_opens_the_mouth(demo: Demo) -> None:
    demo.button("Microphone").click()
    demo.wait_for_status("Listening")
    demo.wait_for_shape("jawOpen", 0.1)
    demo.button("Turn microphone off").click()
    demo.wait_for_neutral()
    assert demo.errors == []


MICROPHONE_ERRORS = {
    "NotAllowedError": "address bar",
    "NotFoundError": "Connect one",
    "NotReadableError": "Another program",
}


def test_an_alert_explains_why_the_microphone_is_unavailable(demo: Demo) -> None:
    for error, advice in MICROPHONE_ERRORS.items():
        fail = "(e) => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', e); }; }"
        demo.page.evaluate(fail, error)
        demo.button("Microphone").click()
        demo.wait_for_alert(advice)
        assert demo.button("Microphone").is_enabled()


def test_the_mouth_moves_in_the_view(demo: Demo) -> None:
    closed = demo.screenshot()
    demo.button("Play sample").click()
    demo.wait_for_status("Speaking")
    demo.pause_at(0.43)
    opened = demo.screenshot()
    assert demo.difference(closed, opened, MOUTH) > 3
    assert demo.difference(closed, opened, CORNER) < 0.5


def test_the_stats_panel_shows_weights_and_stats(demo: Demo) -> None:
    rows = demo.page.locator("#weights li")
    assert rows.count() == 52
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.4)
    demo.pause_at(0.43)
    demo.settle(500)
    value = float(rows.filter(has_text="jawOpen").locator("b").inner_text())
    assert abs(value - demo.page.evaluate("face().jawOpen")) < 0.02
    assert demo.page.locator("#stat-source").inner_text() == "server"
    assert demo.page.locator("#stat-first-frame").inner_text().endswith(" ms")
    assert demo.page.locator("#stat-offset").inner_text().endswith(" ms")
    assert demo.page.locator("#stat-frames").inner_text() == "128"
    assert demo.page.locator("#stat-late").inner_text() == "0"
