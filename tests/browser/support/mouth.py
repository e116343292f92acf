"""Measures how much a mouth moves on the screen."""

from __future__ import annotations

from tests.browser.support.demo_page import Demo

MOUTH = (0.35, 0.5, 0.3, 0.4)
"""The area of a head's mouth in the view: left, top, width, height of 0-1."""


def mouth_difference(demo: Demo, area: tuple[float, float, float, float] = MOUTH) -> float:
    """Returns how much the mouth changes in the view when the sample is played: a mean, 0-255."""
    closed = demo.screenshot()
    demo.button("Play sample").click()
    # Seeks to where the jaw opens most: a large avatar is drawn too slowly to wait for it.
    widest = demo.page.evaluate(
        """async () => {
          const audio = await (await fetch("./page/sample.wav")).blob();
          const { fps, weights } = await (await fetch("./v1/animate", { method: "POST", body: audio })).json();
          const jaws = weights.map((frame) => frame[17]);
          return jaws.indexOf(Math.max(...jaws)) / fps;
        }"""
    )
    demo.page.wait_for_function("ticks.at(-1)?.heard > 0")
    demo.pause_at(widest)
    demo.page.wait_for_function("(time) => Math.abs(ticks.at(-1).time - time) < 0.1", arg=widest)
    return demo.difference(closed, demo.screenshot(), area)
