"""The timeline below the face: it draws the recording as it grows, and scrubbing it moves the face."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.support.demo_page import Demo
from tests.browser.support.paths import UNREACHABLE, VOICE

pytest.importorskip("espeakng_loader", reason="the extra [voice] is missing")

MEAN_ALPHA = """([left, top, width, height]) => {
  const canvas = document.getElementById("track-canvas");
  const scale = canvas.width / canvas.clientWidth;
  const part = [left * canvas.clientWidth, top, width * canvas.clientWidth, height].map((v) => v * scale);
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(...part);
  return data.filter((_, i) => i % 4 === 3).reduce((sum, alpha) => sum + alpha, 0) / (data.length / 4);
}"""
LANES = {"waveform": (4, 34), "curves": (46, 54), "visemes": (108, 18), "words": (128, 16), "sources": (147, 15)}
"""Top and height in CSS pixels (web/page/timeline/lanes.js)."""


def slider(demo: Demo) -> Any:
    return demo.page.get_by_role("slider", name="Position in the recording")


def value(demo: Demo) -> tuple[float, str]:
    """Returns the slider's value in seconds and its text for screen readers."""
    position = slider(demo)
    return float(position.get_attribute("aria-valuenow") or "nan"), position.get_attribute("aria-valuetext") or ""


def recorded(demo: Demo, time: float, shape: str = "jawOpen") -> float:
    """Returns a weight of the recording at a time."""
    return demo.page.evaluate(
        """([time, shape]) => {
          const names = a2f.client.constructor.BLENDSHAPES;
          const face = new Float32Array(names.length);
          a2f.client.take.faceAt(time, face);
          return face[names.indexOf(shape)];
        }""",
        [time, shape],
    )


def drawn(demo: Demo, left: float = 0, width: float = 1) -> dict[str, float]:
    """Returns the mean alpha (0-255) of each lane."""
    return {name: demo.page.evaluate(MEAN_ALPHA, [left, top, width, height]) for name, (top, height) in LANES.items()}


MOUTH = ["jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthPressLeft", "mouthStretchLeft"]


def assert_face_at(demo: Demo, time: float) -> None:
    """The audio is at a time, and the face settles on what the recording has there."""
    at = demo.page.evaluate("document.getElementById('audio').currentTime")
    assert at == pytest.approx(time, abs=0.006)
    expected = {shape: recorded(demo, at, shape) for shape in MOUTH}
    shown = "(expected) => Object.entries(expected).every(([name, weight]) => Math.abs(face()[name] - weight) < 0.02)"
    demo.page.wait_for_function(shown, arg=expected)


def test_an_empty_timeline_explains_itself(demo: Demo) -> None:
    assert demo.page.get_by_text("What is said appears here").is_visible()
    assert not slider(demo).is_visible()


def test_a_recording_is_drawn_in_every_lane(demo: Demo) -> None:
    demo.speak_to_end()
    for name, mean in drawn(demo).items():
        assert mean > 3, name
    assert not demo.page.get_by_text("Your recording appears here").is_visible()
    assert demo.errors == []


def test_the_keyboard_scrubs(demo: Demo) -> None:
    demo.speak_to_end()
    end = float(slider(demo).get_attribute("aria-valuemax") or "nan")
    slider(demo).focus()
    demo.page.keyboard.press("Home")
    assert value(demo)[0] == 0
    demo.page.keyboard.press("PageUp")
    assert value(demo)[0] == pytest.approx(0.5, abs=0.01)
    demo.page.keyboard.press("ArrowRight")
    demo.page.keyboard.press("ArrowRight")
    demo.page.keyboard.press("ArrowLeft")
    assert value(demo)[0] == pytest.approx(0.533, abs=0.01)
    assert_face_at(demo, 0.5333)
    assert re.fullmatch(r"0\.53 of \d\.\d\d seconds, jaw \d\.\d\d, (/.+/, )?from server", value(demo)[1])
    demo.page.keyboard.press("End")
    assert value(demo)[0] == pytest.approx(end, abs=0.01)
    demo.page.keyboard.press("PageDown")
    assert value(demo)[0] == pytest.approx(end - 0.5, abs=0.01)
    assert demo.errors == []


def test_space_replays_the_recording_without_the_server(demo: Demo) -> None:
    demo.speak_to_end()
    requests = len(demo.requests)
    slider(demo).focus()
    demo.page.keyboard.press("Home")
    demo.page.evaluate("ticks.length = 0")
    demo.page.keyboard.press("Space")
    demo.button("Pause").wait_for()
    demo.wait_for_status("Played Hello, I am Pam")
    assert demo.peak("jawOpen") > 0.2
    assert {tick["rank"] for tick in demo.page.evaluate("ticks")} == {"server"}
    assert [url for url in demo.requests[requests:] if not url.startswith("blob:")] == []
    demo.wait_for_neutral()
    demo.button("Play").click()
    demo.wait_for_shape("jawOpen", 0.2)
    demo.button("Stop").click()
    demo.wait_for_neutral()


def test_scrubbing_does_not_start_playback(demo: Demo) -> None:
    demo.speak_to_end()
    slider(demo).focus()
    demo.page.keyboard.press("PageUp")
    demo.wait_for_status("Paused.")
    assert demo.button("Stop").is_enabled()
    demo.page.keyboard.press("Space")
    demo.wait_for_status("Playing Hello, I am Pam …")
    demo.wait_for_status("Played Hello, I am Pam: ")


def test_a_text_without_words_keeps_the_last_recording(demo: Demo) -> None:
    demo.speak_to_end()
    demo.speak("!!!")
    demo.wait_for_status("This text contains nothing to say.")
    assert slider(demo).is_visible()
    demo.button("Play").click()
    demo.wait_for_status("Played Hello, I am Pam: ")


def test_dragging_scrubs(demo: Demo) -> None:
    demo.speak_to_end()
    slider(demo).scroll_into_view_if_needed()
    box = slider(demo).bounding_box()
    duration = demo.page.evaluate("a2f.client.take.duration")
    y = box["y"] + 60
    demo.page.mouse.move(box["x"] + 10, y)
    demo.page.mouse.down()
    for share in (0.2, 0.55, 0.35):
        demo.page.mouse.move(box["x"] + share * box["width"], y, steps=3)
        assert value(demo)[0] == pytest.approx(share * duration, abs=0.02)
        assert_face_at(demo, value(demo)[0])
    demo.page.mouse.up()
    assert demo.page.locator("#playhead").bounding_box()["x"] == pytest.approx(box["x"] + 0.35 * box["width"], abs=3)


def test_touch_scrubs(visit: Callable[..., Demo]) -> None:
    demo = visit(has_touch=True)
    demo.speak_to_end()
    slider(demo).scroll_into_view_if_needed()
    box = slider(demo).bounding_box()
    demo.page.touchscreen.tap(box["x"] + 0.5 * box["width"], box["y"] + 80)
    duration = demo.page.evaluate("a2f.client.take.duration")
    assert value(demo)[0] == pytest.approx(duration / 2, abs=0.03)


def test_a_file_can_be_scrubbed_while_it_is_animated(demo: Demo) -> None:
    demo.choose_file("Choose audio", VOICE)
    demo.wait_for_shape("jawOpen", 0.3)
    slider(demo).focus()
    demo.page.keyboard.press("Space")
    demo.button("Play").wait_for()
    demo.page.keyboard.press("Home")
    demo.page.keyboard.press("PageUp")
    assert_face_at(demo, 0.5)
    demo.button("Play").click()
    demo.page.evaluate("document.getElementById('audio').currentTime = 100")
    demo.wait_for_status("Spoke voice.wav")
    assert demo.page.evaluate("a2f.client.take.complete")


def test_the_microphone_is_drawn_live_and_recorded(demo: Demo) -> None:
    demo.button("Microphone").click()
    demo.page.wait_for_function("a2f.client.take?.known > 1.2")
    assert slider(demo).get_attribute("aria-disabled") == "true"
    live = drawn(demo, 0, 0.2)
    assert min(live["waveform"], live["curves"], live["sources"]) > 3
    demo.button("Turn microphone off").click()
    demo.page.locator("#scrub[aria-disabled=false]").wait_for()
    demo.button("Play").click()
    demo.wait_for_shape("jawOpen", 0.1)


def test_stopped_speech_ends_where_it_was_stopped(demo: Demo) -> None:
    demo.tick_often()
    # The page presses Stop by itself, without the delay of a remote click.
    demo.page.evaluate("""() => {
      const off = a2f.client.on("frame", ({ time }) => {
        const word = words.find(({ text }) => text === "three");
        if (!word || time < word.time) return;
        off();
        document.getElementById("speak").click();
      });
    }""")
    demo.speak("One two three four five six seven eight nine ten eleven twelve.")
    demo.wait_for_status("Stopped.")
    duration = demo.page.evaluate("a2f.client.take.duration")
    assert duration == pytest.approx(demo.page.evaluate("ticks.at(-1).time"), abs=0.2)
    assert duration < demo.page.evaluate("words.at(-1).time")
    demo.page.wait_for_function(
        """(duration) => {
          const { ariaValueNow: now, ariaValueMax: max } = document.getElementById("scrub");
          return Number(now) <= Number(max) && Number(max) <= duration;
        }""",
        arg=duration,
    )
    whole = demo.page.evaluate("a2f.client.take.duration.toFixed(2)")
    assert f"of {whole} seconds" in demo.page.locator("#track-text").inner_text()
    demo.button("Play").click()
    demo.wait_for_status("Played One two three")


def test_the_sources_of_the_face_are_recorded(visit: Callable[..., Demo]) -> None:
    demo = visit(script=f"localStorage.a2f_server_url = '{UNREACHABLE}';")
    demo.button("Play sample").click()
    demo.wait_for_status("Spoke the sample")
    assert demo.page.evaluate("a2f.client.take.ranks.map(({ rank }) => rank)") == ["loudness"]
    slider(demo).focus()
    demo.page.keyboard.press("ArrowLeft")
    assert value(demo)[1].endswith("from loudness")


def test_intensity_changes_the_recording(demo: Demo) -> None:
    demo.speak_to_end()
    slider(demo).focus()
    demo.page.keyboard.press("Home")
    for _ in range(2):
        demo.page.keyboard.press("PageUp")
    before = recorded(demo, 1.0)
    demo.page.get_by_role("slider", name="Strength of movement").fill("0.5")
    assert recorded(demo, 1.0) == pytest.approx(before / 2, abs=1e-3)
    assert_face_at(demo, 1.0)


def test_a_theme_change_redraws_it(visit: Callable[..., Demo]) -> None:
    demo = visit(color_scheme="light")
    demo.speak_to_end()
    canvas = "document.getElementById('track-canvas').toDataURL()"
    before = demo.page.evaluate(canvas)
    demo.button("Dark theme").click()
    demo.page.wait_for_function(f"(before) => {canvas} !== before", arg=before)


def test_playback_does_not_redraw_it(demo: Demo) -> None:
    demo.speak_to_end()
    demo.page.evaluate("""() => {
      window.drawCalls = 0;
      const context = document.getElementById("track-canvas").getContext("2d");
      for (const name of ["fillRect", "stroke", "clearRect"]) {
        const method = context[name].bind(context);
        context[name] = (...args) => { drawCalls++; method(...args); };
      }
    }""")
    demo.button("Play").click()
    demo.wait_for_status("Played")
    assert demo.page.evaluate("drawCalls") == 0
