"""Measures the demo page in Chromium: time until it is usable, bytes fetched, and the cost of a render tick.

`interactive_ms`  from the start of the navigation, with an empty cache and a new profile, until the head is visible,
                  the server has answered and Speak is enabled.
`bytes`           total size of everything that such a visit fetches, with headers.
`work_ms`         our own work per render tick: client, idle animation, expressions, panels, timeline. 3D rendering is
                  off, because a software renderer would compete for the processor. Chromium's clock has steps of
                  0.1 ms, so the mean is more accurate than the median.
`frame_ms`        time between render ticks, with a software renderer; a graphics card reaches the display's rate.

`python bench/browser_client/page.py` prints JSON; `good` is true if the goals are met.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from machine import describe, server
from tests.browser import chromium

VISITS = 7
SECONDS = 8
VIEWPORTS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
INTERACTIVE_MS, BYTES, WORK_MS = 2000, 3_000_000, 1.0

WATCH = """
const look = () => {
  const ready = globalThis.a2f?.client.binding && !document.getElementById("speak").disabled;
  if (ready) globalThis.interactive = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
FETCHED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map((entry) => entry.transferSize)"""
TICKS = """(seconds) => new Promise((resolve) => {
  const [work, frames] = [[], []];
  const begun = performance.now();
  let last = begun;
  const tick = (now) => {
    work.push(a2f.stage.work);
    frames.push(now - last);
    last = now;
    if (now - begun < seconds * 1000) requestAnimationFrame(tick);
    else resolve({ work, frames });
  };
  requestAnimationFrame(tick);
})"""


def visit(browser: Browser, port: int, viewport: str) -> Page:
    """Opens the page for the first time and waits until it is usable."""
    page = browser.new_context(viewport=VIEWPORTS[viewport], bypass_csp=True).new_page()
    page.add_init_script(WATCH)
    page.goto(f"http://127.0.0.1:{port}")
    page.wait_for_function("globalThis.interactive")
    return page


def opening(browser: Browser, port: int) -> dict[str, Any]:
    """Measures the time and size of first visits."""
    times: list[float] = []
    sizes: list[int] = []
    for _ in range(VISITS):
        page = visit(browser, port, "desk")
        page.wait_for_load_state("networkidle")
        times.append(page.evaluate("interactive"))
        sizes = page.evaluate(FETCHED)
        page.context.close()
    return {
        "interactive_ms": {"median": round(float(np.median(times))), "worst": round(max(times))},
        "bytes": sum(sizes),
        "requests": len(sizes),
    }


def ticking(browser: Browser, port: int, viewport: str, *, speaking: bool) -> dict[str, Any]:
    """Measures render ticks for some seconds: our work without 3D rendering, the frame time with it."""
    work = ticks(browser, port, viewport, speaking=speaking, drawing=False)["work"]
    frames = ticks(browser, port, viewport, speaking=speaking, drawing=True)["frames"]
    return {"work_ms": spread(work), "frame_ms": spread(frames)}


def ticks(browser: Browser, port: int, viewport: str, *, speaking: bool, drawing: bool) -> dict[str, list[float]]:
    """Records some seconds of ticks on a new page, without the first ones."""
    page = visit(browser, port, viewport)
    if not drawing:
        page.evaluate("() => { a2f.stage.renderer.render = () => {}; }")
    if speaking:
        page.get_by_role("button", name="Tongue twister").click()
        page.wait_for_function("a2f.client.getDebugState().rank === 'server'")
    found = page.evaluate(TICKS, SECONDS / 2 if speaking else SECONDS)
    page.context.close()
    return {name: values[2:] for name, values in found.items()}


def spread(values: list[float]) -> dict[str, float]:
    """Returns mean, median and 99th percentile."""
    percentiles = np.percentile(values, [50, 99])
    return {
        name: round(float(value), 3)
        for name, value in zip(("mean", "p50", "p99"), (np.mean(values), *percentiles), strict=True)
    }


def main() -> None:
    """Measures and prints."""
    with server(backend="builtin") as (port, _), sync_playwright() as playwright:
        browser = chromium.launch(playwright, chromium.find(playwright) or "")
        opened = opening(browser, port)
        ticked = {
            f"{viewport}, {'speaking' if speaking else 'idle'}": ticking(browser, port, viewport, speaking=speaking)
            for viewport in VIEWPORTS
            for speaking in (True, False)
        }
        browser.close()
    good = (
        opened["interactive_ms"]["worst"] <= INTERACTIVE_MS
        and opened["bytes"] <= BYTES
        and all(each["work_ms"]["mean"] <= WORK_MS for each in ticked.values())
    )
    print(json.dumps({"machine": describe(), **opened, "ticks": ticked, "good": good}, indent=2))


if __name__ == "__main__":
    main()
