"""Measures the fallback when the server dies in the middle of a sentence.

Chromium speaks through Microsoft's JavaScript SDK (against the emulator, with the local voice), and our server animates
the face. The sentence is spoken three times: with the server, with visemes only, and with a server that is killed
(SIGKILL) in the middle. The first two runs give the normal movement of each source. Then the server is restarted.

`still_ms`: the longest time without movement of the mouth while there is sound.
`excess`: the largest movement of a weight (except lids) in a tick of 16.7 ms beyond that of either source.
`sound_gap_ms`: the longest gap in the sound beyond that of the first run.

`barge_in`: INTERRUPTIONS sentences are cancelled while the mouth is open. Maximum milliseconds until the sound stops,
until the face leaves the sentence, until the jaw is closed, and until the next sentence can be heard.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "bench"))

from a2f_server import arkit  # noqa: E402
from a2f_server.settings import Settings  # noqa: E402
from a2f_server.tts.espeak.voice import EspeakVoice  # noqa: E402
from machine import describe, server  # noqa: E402
from tests.browser import chromium  # noqa: E402
from tests.support.emulating import run_emulator  # noqa: E402

SDK = ROOT / "web/node_modules/microsoft-cognitiveservices-speech-sdk/distrib/browser"
TEXT = (
    "My mother bought a big pumpkin pie. People may come by boat, and maybe we bake more bread before Monday morning."
)
PACE = 1.2
"""Speed of the service relative to playback, low enough for frames to be missing soon after the server dies."""
KILL_S = 2.5
INTERRUPTIONS = 20
LIDS = [i for i, name in enumerate(arkit.NAMES) if name.startswith("eyeBlink")]
MOUTH = [i for i, name in enumerate(arkit.NAMES) if name.startswith(("jaw", "mouth"))]
LOUD = 0.01
STILL = 0.004
"""Total movement of the mouth's weights below which a tick counts as still."""
TICK_MS = 1000 / 60


def page_with(browser: Browser, origin: str, **options: Any) -> Page:
    """Opens a page of the server's origin with the client and Microsoft's SDK."""
    page = browser.new_page()
    page.goto(f"{origin}/health")
    page.add_script_tag(url=f"{origin}/audio2face-client.js")
    page.add_script_tag(path=SDK / "microsoft.cognitiveservices.speech.sdk.bundle-min.js")
    page.add_script_tag(content=(ROOT / "bench/browser_client/fallback.js").read_text())
    page.evaluate("(options) => prepare(options)", {"serverUrl": origin, **options})
    return page


class SentenceRun:
    """The weights and the sound level over one sentence."""

    def __init__(self, seen: dict[str, Any]) -> None:
        self.now = np.array([tick[0] for tick in seen["ticks"]])
        self.time = np.array([tick[1] for tick in seen["ticks"]])
        self.rank = np.array([tick[2] for tick in seen["ticks"]])
        self.weights = np.array([tick[3:] for tick in seen["ticks"]])
        self.levels = np.array(seen["levels"])
        self.outcome, self.underruns = seen["outcome"], seen["underruns"]

    def sounding(self, at: np.ndarray) -> np.ndarray:
        """Returns whether there is sound at these times (ms), i.e. a loud block within 50 ms."""
        loud = self.levels[self.levels[:, 1] > LOUD, 0]
        near = np.searchsorted(loud, at - 50), np.searchsorted(loud, at + 50)
        sounding: np.ndarray = near[1] > near[0]
        return sounding

    def still_ms(self) -> float:
        """Returns the longest time without movement while there is sound."""
        moved = np.abs(np.diff(self.weights[:, MOUTH], axis=0)).sum(1) > STILL
        still = ~moved & self.sounding(self.now[1:]) & (self.rank[1:] != "neutral")
        longest = begun = 0.0
        for i, is_still in enumerate(still):
            begun = self.now[i] if is_still and (i == 0 or not still[i - 1]) else begun
            longest = max(longest, self.now[i + 1] - begun) if is_still else longest
        return longest

    def longest_gap_ms(self) -> float:
        """Returns the longest gap between sounds."""
        loud = self.levels[self.levels[:, 1] > LOUD, 0]
        return float(np.diff(loud).max())

    def speed(self) -> np.ndarray:
        """Returns the movement of each weight per tick, normalised to TICK_MS."""
        speed: np.ndarray = np.abs(np.diff(self.weights, axis=0)) / np.maximum(1, np.diff(self.now) / TICK_MS)[:, None]
        return speed

    def speed_at(self, seconds: np.ndarray) -> np.ndarray:
        """Returns the fastest movement within 50 ms of these times of the utterance."""
        speed = self.speed()
        return np.array([_most(speed[np.abs(self.time[1:] - second) < 0.05]) for second in seconds])


def _most(rows: np.ndarray) -> np.ndarray:
    most: np.ndarray = rows.max(0) if len(rows) else np.zeros(rows.shape[1])
    return most


def excess(killed: SentenceRun, sources: list[SentenceRun]) -> float:
    """Returns by how much the killed run moved faster than both sources, at most."""
    own = np.maximum(*(source.speed_at(killed.time[1:]) for source in sources))
    over = killed.speed() - own
    over[:, LIDS] = 0
    during = killed.rank[1:] != "neutral"
    return float(over[during].max())


def main() -> None:
    """Measures and prints JSON."""
    result: dict[str, Any] = {"machine": describe()}
    voice = EspeakVoice.from_settings(Settings(tts="espeak"))
    with run_emulator(voice, pace=PACE, delay=0.05) as emulated, sync_playwright() as playwright:
        path = chromium.find(playwright)
        if path is None:
            sys.exit("no Chromium found: install it, or set A2F_CHROMIUM to its path")
        browser = chromium.launch(playwright, path)
        result["chromium"] = browser.version
        with server(backend="builtin", tts="none") as (port, pid):
            origin = f"http://127.0.0.1:{port}"
            pages = {rank: page_with(browser, origin, lipSync=rank) for rank in ("server", "viseme")}
            sources = [SentenceRun(speak(page, emulated.host)) for page in pages.values()]
            page = page_with(browser, origin)
            speak(page, emulated.host)  # warm-up
            threading.Timer(KILL_S, lambda: os.kill(pid, signal.SIGKILL)).start()
            killed = SentenceRun(speak(page, emulated.host))
            ranks = page.evaluate("bench.ranks.splice(0)")
        with server(backend="builtin", tts="none", port=port):
            page.wait_for_function("bench.client.getDebugState().connection === 'ready'", timeout=60_000)
            again = SentenceRun(speak(page, emulated.host))
            cut = [
                page.evaluate("([host, text]) => interrupt(host, text)", [emulated.host, TEXT])
                for _ in range(INTERRUPTIONS)
            ]
        browser.close()
    result["sources"] = {run.outcome["rank"]: {"still_ms": round(run.still_ms(), 1)} for run in sources}
    result["killed"] = {
        "carried_by": {str(rank): int((killed.rank == rank).sum()) for rank in np.unique(killed.rank)},
        "ranks": [(change["from"], change["to"], change["reason"]) for change in ranks],
        "still_ms": round(killed.still_ms(), 1),
        "excess": round(excess(killed, sources), 3),
        "underruns": killed.underruns,
        "sound_gap_ms": round(killed.longest_gap_ms() - sources[0].longest_gap_ms(), 1),
    }
    result["next_utterance_by"] = again.outcome["rank"]
    result["barge_in"] = {f"{what}_ms": round(max(one[what] for one in cut), 1) for what in cut[0]}
    print(json.dumps(result, indent=2))


def speak(page: Page, host: str) -> dict[str, Any]:
    """Speaks one sentence and returns what the page recorded."""
    seen: dict[str, Any] = page.evaluate("([host, text]) => utter(host, text)", [host, TEXT])
    time.sleep(0.3)
    return seen


if __name__ == "__main__":
    main()
