"""Measures what following a live voice costs in Chromium: the network in the page, HeadAudio and wawa-lipsync.

`python bench/browser_client/live_voice.py [--seconds 20] [--rounds 3]` prints JSON.

`cpu_percent`: CPU time of all of Chromium's processes while a microphone is followed, of one core, without what the
microphone, an AudioContext and an empty loop cost (`nothing`); median of the rounds, in which they take turns.
`loudness` is the client without the network.
`step_ms`: time for 20 ms of audio on the page's thread, in the fastest of 30 seconds; for wawa-lipsync, of one call.
`first_frame_ms`: from the start of the sound until the worker's first frame is in the page, audio in pieces of 20 ms.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "bench"))

from machine import cpu_seconds, describe  # noqa: E402
from tests.browser import chromium  # noqa: E402
from training.evaluation.animators import peers  # noqa: E402

FOLLOWERS = ("nothing", "loudness", "network", "headaudio", "wawa")
PACKAGES = {"/headaudio": "@met4citizen/headaudio", "/wawa": "wawa-lipsync"}
WARM_S = 3
"""Seconds until everything has been loaded and compiled."""


class Site(http.server.SimpleHTTPRequestHandler):
    """The repository and the other packages, below one origin."""

    def translate_path(self, path: str) -> str:
        for prefix, package in PACKAGES.items():
            if path.startswith(f"{prefix}/"):
                path = f"/{peers.CACHE}/node_modules/{package}{path.removeprefix(prefix)}"
        return super().translate_path(path)

    def log_message(self, *given: Any) -> None:
        pass


@contextmanager
def site() -> Iterator[str]:
    handler = functools.partial(Site, directory=str(ROOT))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def opened(browser: Browser, origin: str) -> Page:
    page = browser.new_page()
    page.route(f"{origin}/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(f"{origin}/")
    page.add_script_tag(content=Path(__file__).with_suffix(".js").read_text("utf-8"))
    return page


def chromium_pids() -> list[int]:
    """Returns the processes of our Chromium: the descendants of this process whose command is one of Chromium's."""
    parents: dict[int, tuple[int, str]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = stat.read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue  # it has just ended
        parents[int(stat.parent.name)] = (int(rest.split()[1]), name)

    def ours(pid: int) -> bool:
        return pid == os.getpid() or (pid in parents and ours(parents[pid][0]))

    return [pid for pid, (_, name) in parents.items() if "chrom" in name and ours(pid)]


def cpu_percent(browser: Browser, origin: str, follower: str, seconds: float) -> float:
    page = opened(browser, origin)
    page.evaluate("(name) => followers[name]()", follower)
    time.sleep(WARM_S)
    pids, begun = chromium_pids(), time.monotonic()
    before = sum(cpu_seconds(pid) for pid in pids)
    page.wait_for_timeout(seconds * 1000)
    spent = sum(cpu_seconds(pid) for pid in pids) - before
    percent = 100 * spent / (time.monotonic() - begun)
    if follower == "network":
        assert page.evaluate("rank()") in {"network", "neutral"}
    page.close()
    return percent


def step_ms(browser: Browser, origin: str) -> dict[str, float]:
    made: dict[str, float] = {}
    for kind in ("wasm", "plain"):
        for rate in (16000, 48000):
            page = opened(browser, origin)
            made[f"network {kind} {rate}"] = page.evaluate("([k, r]) => networkStepMs(k, r, 30)", [kind, rate])
            page.close()
    page = opened(browser, origin)
    made["headaudio 48000"] = page.evaluate("headaudioStepMs(30)")
    page.close()
    page = opened(browser, origin)
    page.evaluate("followers.wawa()")
    page.wait_for_timeout(2000)
    made["wawa, one call"] = page.evaluate("wawaMs()")
    page.close()
    return {name: round(ms, 3) for name, ms in made.items()}


def main() -> None:
    """Measures and prints JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    peers.track_makers()  # installs the packages
    result: dict[str, Any] = {"machine": describe() | {"load": os.getloadavg()[0]}}
    with sync_playwright() as playwright, site() as origin:
        path = chromium.find(playwright)
        if path is None:
            sys.exit("no Chromium found: install it, or set A2F_CHROMIUM to its path")
        browser = chromium.launch(playwright, path)
        result["chromium"] = browser.version
        result["step_ms"] = step_ms(browser, origin)
        waits = sorted(opened(browser, origin).evaluate("firstFrameMs(15)"))
        result["first_frame_ms"] = {"median": round(statistics.median(waits)), "most": round(waits[-1])}
        rounds = [
            {follower: cpu_percent(browser, origin, follower, given.seconds) for follower in FOLLOWERS}
            for _ in range(given.rounds)
        ]
        browser.close()
    result["cpu_percent"] = {
        follower: round(statistics.median(one[follower] - one["nothing"] for one in rounds), 1)
        for follower in FOLLOWERS[1:]
    }
    result["nothing_percent"] = round(statistics.median(one["nothing"] for one in rounds), 1)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
