"""Skew between the sound that is heard and the face that is shown, by a clock that is not the client's own.

A recording of syllables at irregular times is spoken in Chromium, in four ways: by an <audio> element; as PCM that is
written while it is heard; by the server, which has it from Azure's SDK; and by Azure's SDK in the browser. Azure is the
emulator, which says the recording whatever it is asked. An AudioWorklet before the loudspeaker hears each syllable
begin. Each render tick notes its time and the jawOpen that is shown. The server's frames say how long after a
syllable's first sample jawOpen crosses half of what it reaches; the skew is how much later than that it is shown.

When a sample is heard is read off pairs of clocks taken at each tick:
`at_tap`          context.currentTime: when the sample passes the worklet;
`at_loudspeaker`  context.getOutputTimestamp(): when it leaves the loudspeaker.
What the client plays is judged at the loudspeaker. An <audio> element is judged at the tap: led into an AudioContext,
which is the only way to tap it, its currentTime says what passes into the context and leaves the context's own delay
out. Left alone, it counts the device's delay itself. The other pair is printed too, but not judged.

`first_tick`: the first render tick that shows at least that much, less the time at which it should be shown.
`between`: where it is crossed in a straight line between the middles of displayed frames, which leaves out that a
display only changes 60 times a second.

`python bench/skew.py` prints JSON; `good` says whether the 99th percentiles are below one display frame. A busy
machine, which draws late (`longest_tick_ms`), spoils them.
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

from machine import describe, server

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from a2f_server.azure_emulator.recording import Recording  # noqa: E402
from tests.browser.support import chromium  # noqa: E402
from tests.data.make_voice import RATE as MADE_RATE  # noqa: E402
from tests.data.make_voice import syllable  # noqa: E402
from tests.emulating import Emulated, run_emulator  # noqa: E402

SDK = ROOT / "web/node_modules/microsoft-cognitiveservices-speech-sdk/distrib/browser"
RATE = 24000
"""Hz, of Azure's sound, which nobody has to resample on the way."""

BURSTS = 80
ENOUGH = 40
BURST_S = 0.25
QUIET_S, LOUD = 0.1, 0.05
"""A syllable begins at the first sample so loud after so much quiet: the worklet's rule, too."""
LIMIT_MS = 17.0
PAIRS_MS = 200.0
STALL_MS = 8.0
"""Milliseconds. A sound device may stall on a busy machine, so clocks are compared only where they are used."""
JUDGED = {"element": "at_tap", **dict.fromkeys(("pcm", "spoken", "azure"), "at_loudspeaker")}
PAGE = (ROOT / "bench/skew.js").read_text()


def recording() -> tuple[bytes, np.ndarray]:
    """A wav of syllables 500 to 700 ms apart, and the second at which each begins."""
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
    """For each burst: the jawOpen to look for, and the second at which the server's frames cross it upwards."""
    request = urllib.request.Request(f"{origin}/v1/animate", wav, {"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request) as answer:
        animation = json.load(answer)
    jaw = np.array(animation["weights"])[:, animation["blendshapes"].index("jawOpen")]
    times = np.arange(len(jaw)) / animation["fps"]
    found = [crossing(times, jaw, onset) for onset in onsets]
    return np.array([level for level, _ in found]), np.array([time for _, time in found])


def crossing(times: np.ndarray, values: np.ndarray, onset: float) -> tuple[float, float]:
    """Half of what is reached after an onset, and when it is crossed, in a straight line between frames."""
    near = (times > onset - 0.15) & (times < onset + BURST_S)
    level = float(values[near].max()) / 2
    above = values[near] >= level
    # Where it dips and comes up again, which time was shown could be mistaken.
    once = np.count_nonzero(above[1:] & ~above[:-1]) == 1
    return level, rise(times[near], values[near], level) if once else float("nan")


def rise(times: np.ndarray, values: np.ndarray, level: float) -> float:
    """When a value first comes up to a level, in a straight line between samples; NaN where it does not."""
    for i in range(1, len(values)):
        if values[i - 1] < level <= values[i]:
            share = (level - values[i - 1]) / (values[i] - values[i - 1])
            return float(times[i - 1] + share * (times[i] - times[i - 1]))
    return float("nan")


def speak(browser: Browser, origin: str, host: str, wav: bytes, how: str) -> dict[str, Any]:
    """`ticks` of [ms, jawOpen, ms by the two clocks less ms of the context], `onsets` in seconds of the context."""
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
    """The skews of all syllables by both pairs of clocks."""
    assert len(seen["onsets"]) == len(onsets), f"{len(seen['onsets'])} of {len(onsets)} syllables were heard"
    ticks, jaw, *offsets = np.array(seen["ticks"], float).T
    # The mock takes some steady vowels for noise and keeps the mouth shut.
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
        heard = np.array([in_ms(onset, ticks, offset) for onset in seen["onsets"]])
        wanted = heard + (due - onsets) * 1000
        result[clock] = skews(ticks, jaw, levels[used], wanted[used])
    return result


def in_ms(second: float, ticks: np.ndarray, offset: np.ndarray) -> float:
    """A second of the context in ms of performance.now(): by the median of the pairs taken around it."""
    around = np.abs(second * 1000 + offset - ticks) < PAIRS_MS
    return float(second * 1000 + np.median(offset[around]))


def is_steady(second: float, ticks: np.ndarray, offset: np.ndarray) -> bool:
    """Whether the sound device ran evenly around a second of the context: while it stalls nothing can be in step."""
    late = second * 1000 + offset - ticks
    return float(np.ptp(offset[(late > -PAIRS_MS) & (late < 2 * PAIRS_MS)])) < STALL_MS


def skews(ticks: np.ndarray, jaw: np.ndarray, levels: np.ndarray, wanted: np.ndarray) -> dict[str, Any]:
    """How late the mouth opens, in ms, as it was shown and between ticks."""
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
    """An emulator that says a recording."""
    with NamedTemporaryFile(suffix=".wav") as file:
        file.write(wav)
        file.flush()
        with run_emulator(Recording(Path(file.name)), pace=4.0) as emulated:
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
            sys.exit("Chromium is missing: install it, or name one in A2F_CHROMIUM")
        browser = chromium.launch(playwright, path)
        ways = {how: judge(speak(browser, origin, emulated.host, wav, how), onsets, levels, due) for how in JUDGED}
        version = browser.version
        browser.close()
    good = all(ways[how][clock]["first_tick_ms"]["p99"] < LIMIT_MS for how, clock in JUDGED.items())
    about = {"machine": describe(), "chromium": version, "limit_ms": LIMIT_MS, "judged": JUDGED, "good": good}
    print(json.dumps({**about, **ways}, indent=2))


if __name__ == "__main__":
    main()
