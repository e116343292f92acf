"""The page stays light: bytes of a first visit, and memory after a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.support.demo_page import Demo

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

MAX_BYTES = 3_000_000
"""For a first visit, including Three.js and the head."""
MAX_GROWTH = 1_000_000
"""Bytes of heap growth after a minute. Leaking one face per frame would be 20 times as much."""


def test_a_first_visit_is_light(visit: Callable[..., Demo]) -> None:
    demo = visit()
    demo.page.wait_for_load_state("networkidle")
    sizes = demo.page.evaluate(
        """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
          .map(({ name, transferSize }) => [name, transferSize])"""
    )
    assert sum(size for _, size in sizes) <= MAX_BYTES, sizes


def test_a_minute_of_speech_and_idle_animation_leaks_no_memory(visit: Callable[..., Demo]) -> None:
    demo = visit(reduced_motion="no-preference")
    demo.start_drawing()
    cdp = demo.context.new_cdp_session(demo.page)
    demo.page.evaluate("""() => {
      window.ticks = { push() {}, at() {} };
      window.words = window.visemes = window.ranks = window.ticks;
    }""")
    _speak(demo)
    before = _heap(cdp)
    for _ in range(4):
        _speak(demo)
        demo.page.wait_for_timeout(12_000)
    assert _heap(cdp) - before < MAX_GROWTH


def _speak(demo: Demo) -> None:
    demo.speak("May I tell you about my big blue balloon?")
    demo.wait_for_status("Spoke")


def _heap(cdp: CDPSession) -> int:
    """Returns the bytes of JavaScript heap in use after garbage collection."""
    for _ in range(3):
        cdp.send("HeapProfiler.collectGarbage")
    return int(cdp.send("Runtime.getHeapUsage")["usedSize"])
