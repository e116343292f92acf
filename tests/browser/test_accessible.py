"""What axe-core, which Lighthouse asks too, finds wrong with the page: nothing, in any state, theme or width."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.support.demo_page import Demo

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

pytestmark = pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: make web/node_modules/.done")


def violations(demo: Demo) -> list[str]:
    """The rules that the page breaks, each with the elements that break it."""
    demo.page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = demo.page.evaluate(
        "async (values) => (await axe.run({ runOnly: { type: 'tag', values } })).violations", RULES
    )
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_as_it_opens_and_after_a_sentence(visit: Callable[..., Demo], scheme: str, viewport: dict[str, int]) -> None:
    demo = visit(color_scheme=scheme, viewport=viewport, reduced_motion="reduce")
    assert violations(demo) == []
    demo.say("Bob may pop up.")
    demo.status("Spoke")
    assert violations(demo) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_a_voice_and_with_an_alert(visit: Callable[..., Demo], voiceless: str, scheme: str) -> None:
    demo = visit(at=voiceless, color_scheme=scheme, reduced_motion="reduce")
    demo.choose("Choose sound", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no sound"})
    demo.alert("notes.txt")
    assert violations(demo) == []
