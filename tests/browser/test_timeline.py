"""The timeline under the face: it grows, can be scrubbed, and what is scrubbed is what the face shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.support.demo_page import Demo

pytest.importorskip("espeakng_loader", reason="the extra [voice] is missing")

VOICE = Path(__file__).parents[1] / "data/voice.wav"
PAM = "Hello, I am Pam."
MEAN = """([left, top, width, height]) => {
  const canvas = document.getElementById("track-canvas");
  const scale = canvas.width / canvas.clientWidth;
  const part = [left * canvas.clientWidth, top, width * canvas.clientWidth, height].map((v) => v * scale);
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(...part);
  return data.filter((_, i) => i % 4 === 3).reduce((sum, alpha) => sum + alpha, 0) / (data.length / 4);
}"""
LANES = {"waveform": (4, 34), "curves": (46, 54), "visemes": (108, 18), "words": (128, 16), "ranks": (147, 15)}


def position(demo: Demo) -> Any:
    return demo.page.get_by_role("slider", name="Position in the recording")


def told(demo: Demo) -> tuple[float, str]:
    """What the slider says: its value in seconds, and its words."""
    slider = position(demo)
    return float(slider.get_attribute("aria-valuenow") or "nan"), slider.get_attribute("aria-valuetext") or ""


def taken(demo: Demo, time: float, shape: str = "jawOpen") -> float:
    """A shape of the take's face at an instant."""
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
    """How much is drawn in each lane: mean alpha, 0-255."""
    return {name: demo.page.evaluate(MEAN, [left, top, width, height]) for name, (top, height) in LANES.items()}


def spoken(demo: Demo, text: str = PAM) -> None:
    demo.speak(text)
    demo.wait_for_status("Speaking …")
    demo.wait_for_status("Spoke ")


MOUTH = ["jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthPressLeft", "mouthStretchLeft"]


def same(demo: Demo, time: float) -> None:
    """The sound stands at an instant, and the face comes to show what the take has there."""
    at = demo.page.evaluate("document.getElementById('audio').currentTime")
    assert at == pytest.approx(time, abs=0.006)
    wanted = {shape: taken(demo, at, shape) for shape in MOUTH}
    shown = "(wanted) => Object.entries(wanted).every(([shape, weight]) => Math.abs(face()[shape] - weight) < 0.02)"
    demo.page.wait_for_function(shown, arg=wanted, timeout=15000)


def test_it_says_what_it_is_for_until_there_is_something(demo: Demo) -> None:
    assert demo.page.get_by_text("What is spoken appears here").is_visible()
    assert not position(demo).is_visible()


def test_what_is_spoken_is_drawn_in_every_lane(demo: Demo) -> None:
    spoken(demo)
    for name, mean in drawn(demo).items():
        assert mean > 3, name
    assert not demo.page.get_by_text("What is spoken appears here").is_visible()
    assert demo.errors == []


def test_a_sentence_is_scrubbed_with_the_keys(demo: Demo) -> None:
    spoken(demo)
    slider = position(demo)
    most = float(slider.get_attribute("aria-valuemax") or "nan")
    slider.focus()
    demo.page.keyboard.press("Home")
    assert told(demo)[0] == 0
    demo.page.keyboard.press("PageUp")
    assert told(demo)[0] == pytest.approx(0.5, abs=0.01)
    demo.page.keyboard.press("ArrowRight")
    demo.page.keyboard.press("ArrowRight")
    demo.page.keyboard.press("ArrowLeft")
    assert told(demo)[0] == pytest.approx(0.533, abs=0.01)
    same(demo, 0.5333)
    assert re.fullmatch(r"0\.53 of \d\.\d\d seconds, jaw \d\.\d\d, (/.+/, )?from server", told(demo)[1])
    demo.page.keyboard.press("End")
    assert told(demo)[0] == pytest.approx(most, abs=0.01)
    demo.page.keyboard.press("PageDown")
    assert told(demo)[0] == pytest.approx(most - 0.5, abs=0.01)
    assert demo.errors == []


def test_space_plays_the_take_again_without_the_server(demo: Demo) -> None:
    spoken(demo)
    requests = len(demo.requests)
    position(demo).focus()
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


def test_what_is_only_scrubbed_does_not_play(demo: Demo) -> None:
    spoken(demo)
    position(demo).focus()
    demo.page.keyboard.press("PageUp")
    demo.wait_for_status("Paused.")
    assert demo.button("Stop").is_enabled()
    demo.page.keyboard.press("Space")
    demo.wait_for_status("Playing Hello, I am Pam …")
    demo.wait_for_status("Played Hello, I am Pam: ")


def test_nothing_to_say_leaves_the_last_take(demo: Demo) -> None:
    spoken(demo)
    demo.speak("!!!")
    demo.wait_for_status("There was nothing to say in that.")
    assert position(demo).is_visible()
    demo.button("Play").click()
    demo.wait_for_status("Played Hello, I am Pam: ")


def test_a_drag_scrubs_the_face(demo: Demo) -> None:
    spoken(demo)
    position(demo).scroll_into_view_if_needed()
    box = position(demo).bounding_box()
    duration = demo.page.evaluate("a2f.client.take.duration")
    y = box["y"] + 60
    demo.page.mouse.move(box["x"] + 10, y)
    demo.page.mouse.down()
    for share in (0.2, 0.55, 0.35):
        demo.page.mouse.move(box["x"] + share * box["width"], y, steps=3)
        assert told(demo)[0] == pytest.approx(share * duration, abs=0.02)
        same(demo, told(demo)[0])
    demo.page.mouse.up()
    assert demo.page.locator("#playhead").bounding_box()["x"] == pytest.approx(box["x"] + 0.35 * box["width"], abs=3)


def test_a_finger_scrubs_it_too(visit: Callable[..., Demo]) -> None:
    demo = visit(has_touch=True)
    spoken(demo)
    position(demo).scroll_into_view_if_needed()
    box = position(demo).bounding_box()
    demo.page.touchscreen.tap(box["x"] + 0.5 * box["width"], box["y"] + 80)
    duration = demo.page.evaluate("a2f.client.take.duration")
    assert told(demo)[0] == pytest.approx(duration / 2, abs=0.03)


def test_a_file_is_scrubbed_while_it_is_spoken(demo: Demo) -> None:
    demo.choose_file("Choose audio file", VOICE)
    demo.wait_for_shape("jawOpen", 0.3)
    position(demo).focus()
    demo.page.keyboard.press("Space")
    demo.button("Play").wait_for()
    demo.page.keyboard.press("Home")
    demo.page.keyboard.press("PageUp")
    same(demo, 0.5)
    demo.button("Play").click()
    demo.page.evaluate("document.getElementById('audio').currentTime = 100")
    demo.wait_for_status("Spoke voice.wav")
    assert demo.page.evaluate("a2f.client.take.complete")


def test_the_microphone_is_drawn_as_it_is_heard_and_kept(demo: Demo) -> None:
    demo.button("Microphone").click()
    demo.page.wait_for_function("a2f.client.take?.known > 1.2")
    assert position(demo).get_attribute("aria-disabled") == "true"
    live = drawn(demo, 0, 0.2)
    assert min(live["waveform"], live["curves"], live["ranks"]) > 3
    demo.button("Turn microphone off").click()
    demo.page.locator("#scrub[aria-disabled=false]").wait_for()
    demo.button("Play").click()
    demo.wait_for_shape("jawOpen", 0.1)


def test_a_sentence_that_is_stopped_ends_where_it_was_heard(demo: Demo) -> None:
    demo.speak("One two three four five six seven eight nine ten eleven twelve.")
    demo.wait_for_word("three")
    demo.button("Stop").click()
    demo.wait_for_status("Stopped.")
    assert demo.page.evaluate("a2f.client.take.duration") < 2.5
    demo.page.wait_for_function(
        "(({ ariaValueNow: now, ariaValueMax: most }) => Number(now) <= Number(most) && Number(most) < 2.5)"
        "(document.getElementById('scrub'))"
    )
    whole = demo.page.evaluate("a2f.client.take.duration.toFixed(2)")
    assert f"of {whole} seconds" in demo.page.locator("#track-text").inner_text()
    demo.button("Play").click()
    demo.wait_for_status("Played One two three")


def test_ranks_are_those_that_were_in_use(visit: Callable[..., Demo]) -> None:
    demo = visit(script="localStorage.a2f_server_url = 'http://127.0.0.1:9';")
    demo.button("Play sample").click()
    demo.wait_for_status("Spoke the sample")
    assert demo.page.evaluate("a2f.client.take.ranks.map(({ rank }) => rank)") == ["loudness"]
    position(demo).focus()
    demo.page.keyboard.press("ArrowLeft")
    assert told(demo)[1].endswith("from loudness")


def test_intensity_changes_what_the_take_shows(demo: Demo) -> None:
    spoken(demo)
    position(demo).focus()
    demo.page.keyboard.press("Home")
    for _ in range(2):
        demo.page.keyboard.press("PageUp")
    before = taken(demo, 1.0)
    demo.page.get_by_role("slider", name="Intensity").fill("0.5")
    assert taken(demo, 1.0) == pytest.approx(before / 2, abs=1e-3)
    same(demo, 1.0)


def test_the_theme_repaints_it(visit: Callable[..., Demo]) -> None:
    demo = visit(color_scheme="light")
    spoken(demo)
    picture = "document.getElementById('track-canvas').toDataURL()"
    before = demo.page.evaluate(picture)
    demo.button("Dark theme").click()
    demo.page.wait_for_function(f"(before) => {picture} !== before", arg=before)


def test_it_costs_little_while_it_is_played(demo: Demo) -> None:
    spoken(demo)
    demo.page.evaluate("""() => {
      window.repaints = 0;
      const context = document.getElementById("track-canvas").getContext("2d");
      for (const name of ["fillRect", "stroke", "clearRect"]) {
        const method = context[name].bind(context);
        context[name] = (...given) => { repaints++; method(...given); };
      }
    }""")
    demo.button("Play").click()
    demo.wait_for_status("Played")
    assert demo.page.evaluate("repaints") == 0
