"""examples/vrm: a VRM's mouth moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.support.avatars import vrm
from tests.examples.pages import READY, SPEAKS, press, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page

VOWELS = ["aa", "ih", "ou", "ee", "oh", "blink"]
# The morph targets of the loaded scene, which three-vrm moves.
OPEN = "vrm.scene.getObjectByName('Face').morphTargetInfluences.slice(0, 5).some((weight) => weight > 0.05)"


def test_its_vowels_move(visit: Callable[..., Page]) -> None:
    page = visit("vrm/", files={"https://pixiv.github.io/**/*.vrm": vrm(VOWELS)})
    wait_for(page, READY)
    assert page.evaluate("face.binding.schemes").count("vrm") == 1
    press(page, "Speak")
    wait_for(page, SPEAKS)
    wait_for(page, OPEN)
