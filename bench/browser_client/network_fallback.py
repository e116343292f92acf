"""Measures how the network in the page takes over when the server dies in the middle of a sentence.

Chromium streams sentences of the local voice to a server, which animates them. Each is spoken three times: with the
server, with the network alone, and with a server that is killed (SIGKILL) on the way. The first two give the normal
movement of each source.

`still_ms`: the longest time without movement of the mouth while there is sound; `alone`: of the sources by themselves.
`excess`: the largest movement of a weight (except lids) in a tick of 16.7 ms beyond that of either source.
`between`: ticks from the server's last to the network's first that another source moved.
`closures`: of p, b, m after the change, for how many the lips meet; and with the server alone.

`python bench/browser_client/network_fallback.py` prints JSON: a line per sentence and a summary.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "bench"))

from a2f_server import arkit  # noqa: E402
from a2f_server.tts.contract import AudioChunk, SpeechRequest, VisemeEvent  # noqa: E402
from a2f_server.tts.hibari.voice import HibariVoice  # noqa: E402
from browser_client.fallback import SentenceRun, excess  # noqa: E402
from machine import describe, server  # noqa: E402
from tests.browser import chromium  # noqa: E402

HERE = Path(__file__).parent
TEXTS = {
    "My mother bought a big pumpkin pie. People may come by boat, and maybe we bake more bread before Monday.": 2.0,
    "Peter, my best pal, hopped by and popped fifty-five bubbles before my mum came up to the top of the map.": 1.5,
    "Bob may put the blue lamp on my table, but Pam must bring a bigger bulb. Maybe a purple bulb is better.": 2.5,
    "A happy bumblebee and a pompous mob of moles jump about. Their members often bump into apple blossom.": 1.0,
}
"""Sentences, and seconds after which the server is killed."""
PACE = 1.2
CLOSED, NEAR_S, LEAST_P90 = 0.25, 0.04, 0.12
"""Lips meet at this share of the 90th percentile of the aperture, within so many seconds of the phone."""
BILABIAL = 21
SHAPES = {name: i for i, name in enumerate(arkit.NAMES)}


class Sentence:
    """A spoken sentence."""

    def __init__(self, text: str, pcm: bytes, rate: int, visemes: list[tuple[float, int]]) -> None:
        self.text, self.pcm, self.rate = text, base64.b64encode(pcm).decode(), rate
        ends = [time for time, _ in visemes[1:]] + [len(pcm) / 2 / rate]
        self.closures = [(begin, end) for (begin, id), end in zip(visemes, ends, strict=True) if id == BILABIAL]


async def spoken() -> list[Sentence]:
    voice, made = HibariVoice(), []
    for text in TEXTS:
        events = [event async for event in voice.speak(SpeechRequest(text))]
        pcm = b"".join(event.pcm for event in events if isinstance(event, AudioChunk))
        visemes = [(event.time, event.id) for event in events if isinstance(event, VisemeEvent)]
        made.append(Sentence(text, pcm, voice.sample_rate, visemes))
    await voice.close()
    return made


def aperture(run: SentenceRun) -> np.ndarray:
    """Returns the opening of the lips on every tick."""
    one = {name: run.weights[:, i] for name, i in SHAPES.items()}
    both = {name: one[f"{name}Left"] + one[f"{name}Right"] for name in ("mouthLowerDown", "mouthUpperUp", "mouthPress")}
    open_ = one["jawOpen"] + 0.25 * (both["mouthLowerDown"] + both["mouthUpperUp"])
    shut = one["mouthClose"] + 0.25 * both["mouthPress"] + 0.3 * (one["mouthRollLower"] + one["mouthRollUpper"])
    lips: np.ndarray = np.clip(open_ - shut, 0, None)
    return lips


def closed(run: SentenceRun, sentence: Sentence, since: float) -> list[bool]:
    """Returns for each p, b, m after `since` seconds whether the lips meet."""
    lips, speaking = aperture(run), run.rank != "neutral"
    level = CLOSED * max(float(np.quantile(lips[speaking], 0.9)), LEAST_P90)
    near = [(run.time >= a - NEAR_S) & (run.time <= b + NEAR_S) & speaking for a, b in sentence.closures if a > since]
    return [bool((lips[ticks] <= level).any()) for ticks in near if ticks.any()]


def page_with(browser: Browser, origin: str, **options: Any) -> Page:
    """Opens a page of the server's origin with the client."""
    page = browser.new_page()
    page.goto(f"{origin}/health")
    page.add_script_tag(url=f"{origin}/audio2face-client.js")
    for script in ("fallback.js", "network_fallback.js"):
        page.add_script_tag(content=(HERE / script).read_text())
    page.evaluate("(options) => prepare(options)", options)
    return page


def speak(page: Page, sentence: Sentence, kill_s: float | None = None) -> SentenceRun:
    """Speaks a sentence; the page's `killServer` is called after `kill_s` seconds of it."""
    return SentenceRun(page.evaluate("(given) => stream(...given)", [sentence.pcm, sentence.rate, PACE, kill_s]))


def summary(sentence: Sentence, alone: list[SentenceRun], killed: SentenceRun) -> dict[str, Any]:
    """Returns the figures of one sentence."""
    by_network = np.flatnonzero(killed.rank == "network")
    last = np.flatnonzero(killed.rank[: by_network[0]] == "server")[-1]
    since = float(killed.time[by_network[0]])
    return {
        "change_s": round(since, 2),
        "between": int(by_network[0] - last - 1),
        "change_ms": round(float(killed.now[by_network[0]] - killed.now[last]), 1),
        "still_ms": round(killed.still_ms(), 1),
        "still_ms_alone": [round(run.still_ms(), 1) for run in alone],
        "excess": round(excess(killed, alone), 3),
        "underruns": killed.underruns,
        "closures": [sum(closed(killed, sentence, since)), sum(closed(alone[0], sentence, since))],
        "of": len(closed(killed, sentence, since)),
        "longest_tick_ms": round(float(np.diff(killed.now).max()), 1),
    }


def main() -> None:
    """Measures and prints JSON."""
    sentences = asyncio.run(spoken())
    figures = []
    with sync_playwright() as playwright:
        path = chromium.find(playwright)
        if path is None:
            sys.exit("no Chromium found: install it, or set A2F_CHROMIUM to its path")
        browser = chromium.launch(playwright, path)
        for sentence, kill_s in zip(sentences, TEXTS.values(), strict=True):
            with server(backend="builtin", tts="none") as (port, pid):
                origin = f"http://127.0.0.1:{port}"
                served = page_with(browser, origin, serverUrl=origin)
                network = page_with(browser, origin, serverUrl=False, network=f"{origin}/network/network.bin")
                both = page_with(browser, origin, serverUrl=origin, network=True)
                speak(both, sentence)  # loads the network
                alone = [speak(served, sentence), speak(network, sentence)]
                both.expose_function("killServer", functools.partial(os.kill, pid, signal.SIGKILL))
                figures.append(summary(sentence, alone, speak(both, sentence, kill_s)))
                print(json.dumps(figures[-1]))
                for page in (served, network, both):
                    page.close()
        version = browser.version
        browser.close()
    total = {
        "machine": describe() | {"load": os.getloadavg()[0]},
        "chromium": version,
        **{name: max(one[name] for one in figures) for name in ("between", "change_ms", "still_ms", "excess")},
        "closures": [sum(one["closures"][i] for one in figures) for i in (0, 1)],
        "of": sum(one["of"] for one in figures),
    }
    print(json.dumps(total))


if __name__ == "__main__":
    main()
