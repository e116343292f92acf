"""The page passes axe-core's rules in every state, theme and width."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.support.accessibility import AXE, violations
from tests.browser.support.demo_page import Demo
from tests.support.photos import picture

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

pytestmark = pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: make web/node_modules/.done")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_fresh_page_and_a_recording(visit: Callable[..., Demo], scheme: str, viewport: dict[str, int]) -> None:
    demo = visit(color_scheme=scheme, viewport=viewport, reduced_motion="reduce")
    assert violations(demo.page) == []
    demo.speak("Bob may pop up.")
    demo.wait_for_status("Spoke")
    assert violations(demo.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_without_speech_and_an_alert(visit: Callable[..., Demo], voiceless: str, scheme: str) -> None:
    demo = visit(at=voiceless, color_scheme=scheme, reduced_motion="reduce")
    demo.choose_file("Choose audio", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no audio"})
    demo.wait_for_alert("notes.txt")
    assert violations(demo.page) == []


def test_a_photo(visit: Callable[..., Demo]) -> None:
    demo = visit(color_scheme="dark", viewport=PHONE, reduced_motion="reduce")
    photo = {"name": "us.jpg", "mimeType": "image/jpeg", "buffer": picture(380, 600, side=1000)}
    demo.choose_file("Your photo", photo)
    demo.page.locator("#portrait-options").wait_for()
    demo.page.get_by_role("combobox", name="Face").wait_for()
    assert violations(demo.page) == []
