"""examples/three: the avatar speaks a text and a file, and stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.support.paths import VOICE
from tests.examples.pages import READY, SILENT, SPEAKS, press, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_it_speaks_a_text_and_stops(visit: Callable[..., Page]) -> None:
    page = visit("three/")
    wait_for(page, READY)
    assert page.evaluate("face.binding.found.length") == 52
    press(page, "Speak")
    wait_for(page, SPEAKS)
    press(page, "Stop")
    wait_for(page, SILENT)


def test_it_plays_a_file(visit: Callable[..., Page]) -> None:
    page = visit("three/")
    wait_for(page, READY)
    page.get_by_label("Audio file").set_input_files(VOICE)
    wait_for(page, f"{SPEAKS} && document.querySelector('audio').currentTime > 0")
