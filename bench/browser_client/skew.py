"""Measures the skew between audible sound and displayed face, with clocks that are independent of the client's.

A recording of syllables at irregular times is played in Chromium in four ways: by an <audio> element; as PCM written
during playback; by the server through Azure's SDK; and by Azure's SDK in the browser. The emulator stands in for Azure
and always plays the recording. An AudioWorklet before the loudspeaker detects the onset of each syllable, and each
render tick records its time and the displayed jawOpen. The server's frames give the delay from the onset until jawOpen
crosses half of its peak; the skew is how much later than that it is displayed.

Two pairs of clocks, read at each tick, convert the time of a sample:
`at_tap`          context.currentTime: when the sample passes the worklet;
`at_loudspeaker`  context.getOutputTimestamp(): when it leaves the loudspeaker.
What the client plays is judged at the loudspeaker. An <audio> element is judged at the tap: it can only be tapped by
routing it into an AudioContext, and then its currentTime leaves out the delay of the context. Without the tap it
includes the delay of the device. The other pair is printed too, but not judged.

`first_tick`: the first render tick at or above the level, minus the time at which it was due.
`between`: the crossing, interpolated between the middles of displayed frames, which removes the effect of the display's
60 Hz.

`python bench/browser_client/skew.py` prints JSON; `good` is true if the 99th percentiles are below one display frame.
They are too high on a busy machine that draws late (`longest_tick_ms`).
"""

from __future__ import annotations

import io
import json
import sys
import urllib.request
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
import soxr
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "bench"))

from a2f_server.azure_emulator.recorded_voice import RecordedVoice  # noqa: E402
from machine import describe, server  # noqa: E402
from tests.browser import chromium  # noqa: E402
from tests.data.make_voice import RATE as MADE_RATE  # noqa: E402
from tests.data.make_voice import syllable  # noqa: E402
from tests.support.emulating import Emulated, run_emulator  # noqa: E402

SDK = ROOT / "web/node_modules/microsoft-cognitiveservices-speech-sdk/distrib/browser"
RATE = 24000
"""Sample rate of Azure's audio in Hz, which avoids resampling."""

BURSTS = 80
ENOUGH = 40
BURST_S = 0.25
QUIET_S, LOUD = 0.1, 0.05
"""An onset is the first sample above LOUD after QUIET_S of silence; the worklet uses the same rule."""
LIMIT_MS = 17.0
PAIRS_MS = 200.0
STALL_MS = 8.0
"""Milliseconds. A sound device may stall on a busy machine, so clocks are compared only around each onset."""
JUDGED = {"element": "at_tap", **dict.fromkeys(("pcm", "spoken", "azure"), "at_loudspeaker")}
PAGE = (ROOT / "bench/browser_client/skew.js").read_text()


def recording() -> tuple[bytes, np.ndarray]:
    """Returns a wav of syllables 500 to 700 ms apart, and their onsets in seconds."""
    rng = np.random.default_rng(5)
    starts = np.rint((1 + np.cumsum(rng.uniform(0.5, 0.7, BURSTS))) * MADE_RATE).astype(int)
    made = np.zeros(starts[-1] + 2 * MADE_RATE)
    for start in starts:
        vowel = syllable(str(rng.choice(list("aeo"))), rng.uniform(100, 140))
        made[start : start + len(vowel)] = vowel * 0.5 / np.abs(vowel).max()
    sound = soxr.resample(made, MADE_RATE, RATE)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(np.rint(sound * 32767).astype("<i2").tobytes())
    loud = np.flatnonzero(np.abs(sound) >= LOUD)
    return file.getvalue(), loud[np.diff(loud, prepend=-RATE) > QUIET_S * RATE] / RATE


def crossings(origin: str, wav: bytes, onsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns, per syllable, the level of jawOpen to look for and the time at which the server's frames cross it."""
    request = urllib.request.Request(f"{origin}/v1/animate", wav, {"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request) as answer:
        animation = json.load(answer)
    jaw = np.array(animation["weights"])[:, animation["blendshapes"].index("jawOpen")]
    times = np.arange(len(jaw)) / animation["fps"]
    found = [crossing(times, jaw, onset) for onset in onsets]
    return np.array([level for level, _ in found]), np.array([time for _, time in found])


def crossing(times: np.ndarray, values: np.ndarray, onset: float) -> tuple[float, float]:
    """Returns half of the peak after an onset, and when it is crossed, interpolated between frames."""
    near = (times > onset - 0.15) & (times < onset + BURST_S)
    level = float(values[near].max()) / 2
    above = values[near] >= level
    # If it is crossed twice, the displayed crossing would be ambiguous.
    once = np.count_nonzero(above[1:] & ~above[:-1]) == 1
    return level, rise(times[near], values[near], level) if once else float("nan")


def rise(times: np.ndarray, values: np.ndarray, level: float) -> float:
    """Returns when a value first rises to a level, interpolated; NaN if it never does."""
    for i in range(1, len(values)):
        if values[i - 1] < level <= values[i]:
            share = (level - values[i - 1]) / (values[i] - values[i - 1])
            return float(times[i - 1] + share * (times[i] - times[i - 1]))
    return float("nan")


def speak(browser: Browser, origin: str, host: str, wav: bytes, how: str) -> dict[str, Any]:
    """Plays the recording one way.

    Returns `ticks` of [ms, jawOpen, ms of the two clocks minus ms of the context], and `onsets` in context seconds.
    """
    page = browser.new_page()
    page.goto(f"{origin}/health")
    page.add_script_tag(url=f"{origin}/audio2face-client.js")
    page.evaluate("(bytes) => { window.sound = new Blob([new Uint8Array(bytes)], { type: 'audio/wav' }) }", list(wav))
    page.add_script_tag(path=SDK / "microsoft.cognitiveservices.speech.sdk.bundle-min.js")
    page.add_script_tag(content=PAGE)
    seen = page.evaluate("([how, host]) => measure(how, host)", [how, host])
    page.close()
    return seen


def judge(seen: dict[str, Any], onsets: np.ndarray, levels: np.ndarray, due: np.ndarray) -> dict[str, Any]:
    """Returns the skews of all syllables by both pairs of clocks."""
    assert len(seen["onsets"]) == len(onsets), f"{len(seen['onsets'])} of {len(onsets)} syllables were detected"
    ticks, jaw, *offsets = np.array(seen["ticks"], float).T
    # The mock backend takes some steady vowels for noise and keeps the mouth closed.
    moved = ~np.isnan(due)
    steady = np.array([is_steady(onset, ticks, offsets[1]) for onset in seen["onsets"]])
    used = moved & steady
    assert used.sum() >= ENOUGH, f"only {used.sum()} syllables can be judged: try again on a quieter machine"
    result: dict[str, Any] = {
        "syllables": int(used.sum()),
        "left_out_because_the_sound_device_stalled": int((moved & ~steady).sum()),
        "tick_hz": round(1000 / float(np.median(np.diff(ticks))), 1),
        "longest_tick_ms": round(float(np.diff(ticks).max()), 1),
        "reported_output_latency_ms": round(seen["latency"] * 1000, 1),
    }
    for clock, offset in zip(("at_tap", "at_loudspeaker"), offsets, strict=True):
        audible = np.array([in_ms(onset, ticks, offset) for onset in seen["onsets"]])
        wanted = audible + (due - onsets) * 1000
        result[clock] = skews(ticks, jaw, levels[used], wanted[used])
    return result


def in_ms(second: float, ticks: np.ndarray, offset: np.ndarray) -> float:
    """Converts context seconds to ms of performance.now(), by the median of the pairs around that time."""
    around = np.abs(second * 1000 + offset - ticks) < PAIRS_MS
    return float(second * 1000 + np.median(offset[around]))


def is_steady(second: float, ticks: np.ndarray, offset: np.ndarray) -> bool:
    """Returns whether the sound device ran without stalling around that time (context seconds)."""
    late = second * 1000 + offset - ticks
    return float(np.ptp(offset[(late > -PAIRS_MS) & (late < 2 * PAIRS_MS)])) < STALL_MS


def skews(ticks: np.ndarray, jaw: np.ndarray, levels: np.ndarray, wanted: np.ndarray) -> dict[str, Any]:
    """Returns how late the mouth opens in ms, by displayed ticks and interpolated."""
    middle = float(np.median(np.diff(ticks))) / 2
    first, between = [], []
    for level, when in zip(levels, wanted, strict=True):
        near = (ticks > when - 150) & (ticks < when + 150)
        above = np.flatnonzero((jaw[near][1:] >= level) & (jaw[near][:-1] < level))
        assert len(above), "the mouth did not open"
        first.append(ticks[near][above[0] + 1] - when)
        between.append(rise(ticks[near] + middle, jaw[near], level) - when)
    return {"first_tick_ms": percentiles(first), "between_ms": percentiles(between)}


def percentiles(skews: list[float]) -> dict[str, float]:
    sizes = np.abs(skews)
    found = {f"p{p}": round(float(np.percentile(sizes, p)), 2) for p in (50, 95, 99)}
    return {"mean_signed": round(float(np.mean(skews)), 2), **found}


@contextmanager
def azure_saying(wav: bytes) -> Iterator[Emulated]:
    """Runs an emulator that plays a recording."""
    with NamedTemporaryFile(suffix=".wav") as file:
        file.write(wav)
        file.flush()
        with run_emulator(RecordedVoice(Path(file.name)), pace=4.0) as emulated:
            yield emulated


def main() -> None:
    wav, onsets = recording()
    with (
        azure_saying(wav) as emulated,
        server(backend="mock", tts="azure", azure_host=emulated.host) as (port, _),
        sync_playwright() as playwright,
    ):
        origin = f"http://127.0.0.1:{port}"
        levels, due = crossings(origin, wav, onsets)
        path = chromium.find(playwright)
        if path is None:
            sys.exit("no Chromium found: install it, or set A2F_CHROMIUM to its path")
        browser = chromium.launch(playwright, path)
        ways = {how: judge(speak(browser, origin, emulated.host, wav, how), onsets, levels, due) for how in JUDGED}
        version = browser.version
        browser.close()
    good = all(ways[how][clock]["first_tick_ms"]["p99"] < LIMIT_MS for how, clock in JUDGED.items())
    about = {"machine": describe(), "chromium": version, "limit_ms": LIMIT_MS, "judged": JUDGED, "good": good}
    print(json.dumps({**about, **ways}, indent=2))


if __name__ == "__main__":
    main()
