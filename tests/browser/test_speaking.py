"""The page speaks: what the face shows is what the server sent, at the instant that is heard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from tests.browser.support.demo_page import Demo

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "web/page/sample.wav"
VOICE = ROOT / "tests/data/voice.wav"
MOUTH = [0.38, 0.6, 0.24, 0.26]
CORNER = [0.0, 0.3, 0.15, 0.3]


def animation(origin: str, sound: Path) -> tuple[list[str], np.ndarray]:
    """The server's own frames: names, and weights `[frames, 52]` at 30 a second."""
    answer = httpx.post(f"{origin}/v1/animate", content=sound.read_bytes(), timeout=20).raise_for_status().json()
    assert answer["fps"] == 30
    return answer["blendshapes"], np.array(answer["weights"])


def at(weights: np.ndarray, time: float) -> np.ndarray:
    """The server's face at an instant, in a straight line between frames."""
    frames = np.arange(len(weights)) / 30
    return np.array([np.interp(time, frames, column) for column in weights.T])


def spoken(demo: Demo) -> list[dict[str, Any]]:
    """What was shown, tick by tick, once the server's frames had faded in."""
    ticks = demo.page.evaluate("ticks")
    return [tick for tick in ticks if tick["rank"] == "server" and tick["time"] > 0.2]


def test_the_sample_is_shown_as_the_server_sent_it(demo: Demo, origin: str) -> None:
    names, weights = animation(origin, SAMPLE)
    demo.button("Play sample").click()
    demo.status("Spoke the sample")
    ticks = spoken(demo)
    assert len(ticks) > 20
    for tick in ticks:
        shown = np.array([tick["face"][name] for name in names])
        np.testing.assert_allclose(shown, at(weights, tick["time"]), atol=2e-3)
    # Ahead of the sound by half a display frame, 1/60 s at most; the element's own clock is coarser.
    ahead = np.array([tick["time"] - tick["heard"] for tick in ticks])
    assert -0.01 < np.median(ahead) < 0.025, ahead
    assert demo.trouble == []


def test_the_mouth_opens_the_lids_close_and_all_is_at_rest_in_the_end(demo: Demo, origin: str) -> None:
    names, weights = animation(origin, SAMPLE)
    blink = float(weights[:, names.index("eyeBlinkLeft")].argmax()) / 30
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.3)
    demo.hold(0.43)
    assert demo.face()["jawOpen"] > 0.5
    demo.hold(2.6)
    assert demo.face()["jawOpen"] < 0.01, "silence between the sentences"
    demo.hold(blink)
    assert min(demo.face()["eyeBlinkLeft"], demo.face()["eyeBlinkRight"]) > 0.95
    demo.page.evaluate("document.getElementById('audio').play()")
    demo.status("Spoke the sample")
    demo.until_neutral()
    assert demo.trouble == []


def test_a_chosen_file_is_spoken_and_can_be_played_again(demo: Demo) -> None:
    demo.choose("Choose sound", VOICE)
    demo.status("Speaking voice.wav")
    demo.until_shown("jawOpen", 0.3)
    demo.page.evaluate("document.getElementById('audio').currentTime = 100")
    demo.status("Spoke voice.wav")
    demo.until_neutral()
    demo.page.evaluate("document.getElementById('audio').play()")
    demo.until_shown("jawOpen", 0.3)


def test_a_dropped_file_is_spoken(demo: Demo) -> None:
    demo.page.evaluate(
        """(bytes) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([new Uint8Array(bytes)], "dropped.wav", { type: "audio/wav" }));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        list(VOICE.read_bytes()),
    )
    demo.status("Speaking dropped.wav")
    demo.until_shown("jawOpen", 0.3)


def test_a_file_that_is_no_sound_is_an_error_in_words(demo: Demo) -> None:
    demo.choose("Choose sound", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"buy milk\n" * 100})
    assert "wav, mp3, ogg, flac" in demo.alert("notes.txt is not a sound")
    demo.button("Dismiss").click()
    assert not demo.page.get_by_role("alert").is_visible()
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.3)


def test_stop_ends_sound_and_face_at_once(demo: Demo) -> None:
    assert demo.button("Stop").is_disabled()
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.3)
    demo.button("Stop").click()
    demo.status("Stopped.")
    assert demo.page.evaluate("document.getElementById('audio').paused")
    demo.until_neutral()
    assert demo.button("Stop").is_disabled()


def test_pause_holds_the_face(demo: Demo) -> None:
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.3)
    demo.page.evaluate("document.getElementById('audio').pause()")
    demo.page.wait_for_timeout(300)
    held, later = demo.page.evaluate("""async () => {
      const held = face().jawOpen;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return [held, face().jawOpen];
    }""")
    assert held == later


def test_intensity_scales_what_is_shown_but_not_the_lids(demo: Demo, origin: str) -> None:
    names, weights = animation(origin, SAMPLE)
    blink = int(weights[:, names.index("eyeBlinkLeft")].argmax())
    demo.page.get_by_role("slider", name="Intensity").fill("0.5")
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.1)
    demo.hold(blink / 30)
    assert demo.face()["jawOpen"] == pytest.approx(weights[blink, names.index("jawOpen")] / 2, abs=0.01)
    assert demo.face()["eyeBlinkLeft"] > 0.95


def test_the_microphone_opens_the_mouth(demo: Demo) -> None:
    demo.button("Microphone").click()
    demo.status("Listening")
    demo.until_shown("jawOpen", 0.1)
    demo.button("Turn microphone off").click()
    demo.until_neutral()
    assert demo.trouble == []


REFUSALS = {"NotAllowedError": "address bar", "NotFoundError": "Plug one in", "NotReadableError": "another program"}


def test_a_microphone_that_is_refused_is_explained(demo: Demo) -> None:
    for error, words in REFUSALS.items():
        refuse = "(e) => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', e); }; }"
        demo.page.evaluate(refuse, error)
        demo.button("Microphone").click()
        demo.alert(words)
        assert demo.button("Microphone").is_enabled()


def test_the_picture_of_the_speaking_face_moves_its_mouth(demo: Demo) -> None:
    closed = demo.picture()
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.45)
    demo.page.evaluate("document.getElementById('audio').pause()")
    demo.page.wait_for_timeout(400)
    opened = demo.picture()
    assert demo.difference(closed, opened, MOUTH) > 3
    assert demo.difference(closed, opened, CORNER) < 0.5


def test_the_live_panel_shows_the_weights_and_figures(demo: Demo) -> None:
    rows = demo.page.locator("#weights li")
    assert rows.count() == 52
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.4)
    demo.page.evaluate("document.getElementById('audio').pause()")
    demo.page.wait_for_timeout(500)
    value = float(rows.filter(has_text="jawOpen").locator("b").inner_text())
    assert abs(value - demo.page.evaluate("face().jawOpen")) < 0.02
    assert demo.page.locator("#figure-rank").inner_text() == "the server"
    assert demo.page.locator("#figure-first").inner_text().endswith(" ms")
    assert demo.page.locator("#figure-skew").inner_text().endswith(" ms")
    assert demo.page.locator("#figure-frames").inner_text() == "128"
    assert demo.page.locator("#figure-dropped").inner_text() == "0"
