"""Measures playback of a TTS that delivers in bursts, in Chromium, with and without the client's jitter buffer.

A sentence is written as PCM, in pieces, 1.25 times faster than it is played. Now and then the network stalls for 250 to
700 ms, and what was held back arrives at once. The same stalls occur for every value of `buffer`.

`underruns`   how often playback ran out of audio, for each of the sentences, which are spoken one after another.
`silence_ms`  silence within the sentences, in all.
`start_ms`    median time from the first write to the first sound.
`changes`     changes of the face's source in all sentences: two each are the minimum, and two for each long stall.

`python bench/browser_client/jitter.py` prints JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "bench"))

from machine import describe, server  # noqa: E402
from tests.browser import chromium  # noqa: E402
from tests.browser.support.paths import SAMPLE  # noqa: E402

SENTENCES = 10
SOURCE = {"piece": 0.1, "speed": 1.25, "stalls": 0.1, "shortest": 0.25, "longest": 0.7}
BUFFERS: tuple[float | str, ...] = (0, "adaptive", 0.3, 0.6)


def speak(page: Page, buffer: float | str) -> dict[str, Any]:
    """Speaks all sentences with one size of the buffer."""
    samples, rate = soundfile.read(SAMPLE, dtype="int16")
    found = page.evaluate(
        "([pcm, rate, count, source, options]) => deliver(Int16Array.from(pcm), rate, count, source, options)",
        [samples.tolist(), rate, SENTENCES, SOURCE, {"buffer": buffer}],
    )
    return {
        "underruns": [each["underruns"] for each in found],
        "silence_ms": round(sum(each["silence"] for each in found)),
        "start_ms": round(float(np.median([each["start"] for each in found]))),
        "changes": sum(len(each["ranks"]) for each in found),
    }


def main() -> None:
    """Measures and prints."""
    with server(backend="builtin", tts="none") as (port, _), sync_playwright() as playwright:
        browser = chromium.launch(playwright, chromium.find(playwright) or "")
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/health")
        page.add_script_tag(url=f"http://127.0.0.1:{port}/audio2face-client.js")
        page.add_script_tag(content=(ROOT / "bench/browser_client/jitter.js").read_text())
        result = {str(buffer): speak(page, buffer) for buffer in BUFFERS}
        browser.close()
    print(json.dumps({"machine": describe(), "sentences": SENTENCES, "source": SOURCE, "buffer": result}, indent=2))


if __name__ == "__main__":
    main()
