"""Measures the skew between sound and mouth when Chromium plays our video: a call, and HLS with hls.js.

The recording of skew.py is spoken by a face whose picture is the brighter the wider the jaw is open. An AudioWorklet
detects the onset of each syllable; `requestVideoFrameCallback` gives the time at which each frame is displayed. The
server's frames give the delay from an onset until the jaw is half open; the skew is how much later than that it is
displayed, interpolated between frames.

`python bench/browser_client/video_skew.py` prints JSON: medians and percentiles of the skew's size in ms.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "bench/browser_client")]

from skew import crossings, percentiles, recording, rise  # noqa: E402

from machine import describe  # noqa: E402
from tests.browser import chromium  # noqa: E402
from tests.support.calls import calling  # noqa: E402
from tests.support.faces import GLB  # noqa: E402
from tests.support.running import Running  # noqa: E402

HLS = ROOT / "web/node_modules/hls.js/dist/hls.min.js"
CHUNKED = "/api/audio-driven/chunked"
CALL_S = 40
NEAR_MS = 250
"""Milliseconds around the expected time in which the mouth is looked for."""


def hls(server: Running, browser: Browser, wav: bytes) -> dict[str, Any]:
    """Plays the recording as HLS."""
    with server.http() as http:
        opened = http.post(f"{CHUNKED}/init", files={"image": GLB}, data={"audio_sample_rate": 24000})
        key = opened.raise_for_status().json()["session_id"]
        chunk = {"audio_chunk": ("chunk.wav", wav)}
        http.post(f"{CHUNKED}/feed", data={"session_id": key, "is_final_chunk": "true"}, files=chunk).raise_for_status()
    page = browser.new_page()
    page.goto(f"{server.url}/ping")
    prepare(page)
    page.add_script_tag(path=HLS)
    seen: dict[str, Any] = page.evaluate("url => playList(url)", f"{server.url}/hls/{key}/playlist.m3u8")
    page.close()
    return seen


def call(server: Running, browser: Browser) -> dict[str, Any]:
    """Calls the server with the recording as microphone."""
    page = browser.new_page()
    page.goto(f"{server.url}/page/video/call.html")
    prepare(page)
    page.get_by_role("radio", name="Microphone").check()
    page.get_by_role("button", name="Call", exact=True).click()
    page.get_by_role("status").filter(has_text="In a call").wait_for()
    seen: dict[str, Any] = page.evaluate("seconds => watchCall(seconds)", CALL_S)
    page.close()
    return seen


def prepare(page: Any) -> None:
    """Adds our scripts to a page."""
    for name in ("skew.js", "video_skew.js"):
        page.add_script_tag(content=(Path(__file__).parent / name).read_text())


def judge(seen: dict[str, Any], due_ms: float, level: float) -> dict[str, Any]:
    """Returns the skew of all syllables whose mouth can be seen to open once, by both pairs of clocks of skew.py."""
    times, bright = np.array(seen["frames"], float).T
    skews = {}
    for clock, onsets in zip(("at_tap", "at_loudspeaker"), np.array(seen["onsets"]).T, strict=True):
        late = []
        for onset in onsets:
            near = np.abs(times - onset - due_ms) < NEAR_MS
            if near.sum() > 3 and np.isfinite(when := rise(times[near], bright[near], level)):
                late.append(when - onset - due_ms)
        skews[clock] = {"syllables": len(late), **percentiles(late)}
    return {"fps": round(1000 / float(np.median(np.diff(times))), 1), **skews}


def main() -> None:
    """Prints the machine and both skews."""
    wav, onsets = recording()
    with NamedTemporaryFile(suffix=".wav") as file, calling(video_size=128) as server:
        file.write(wav)
        file.flush()
        levels, due = crossings(server.url, wav, onsets)
        late = float(np.nanmedian(due - onsets)) * 1000
        level = 16 + 219 * float(np.median(levels))
        with sync_playwright() as playwright:
            path = chromium.find(playwright)
            if path is None:
                sys.exit("no Chromium found: install it, or set A2F_CHROMIUM to its path")
            flags = [flag for flag in chromium.FLAGS if "fake-audio-capture" not in flag]
            flags.append(f"--use-file-for-fake-audio-capture={file.name}")
            browser = playwright.chromium.launch(executable_path=path, args=flags)
            result = {"call": judge(call(server, browser), late, level)}
            result["hls"] = judge(hls(server, browser, wav), late, level)
            browser.close()
    print(json.dumps({"machine": describe(), **result}, indent=1))


if __name__ == "__main__":
    main()
