"""Measures the local voices: time to the first sound, processor time per second of speech, and memory.

Sentences are spoken one after another, without a server or a model.

    python bench/local_voice.py [hibari | espeak]
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import aclosing
from pathlib import Path
from typing import Any

import numpy as np

from a2f_server.settings import Settings
from a2f_server.tts import selector
from a2f_server.tts.contract import AudioChunk, SpeechRequest, Voice
from machine import describe

SENTENCES = (
    "{} is a good place to begin.",
    "I have never been to {}, but my brother lives there.",
    "Please wait; your connection to {} leaves at half past nine from platform four.",
    "Could you tell me how far it is to {}?",
    "When the rain stopped, we took our bags, locked the door and walked all the way to {} along the river.",
)
PLACES = ("Boston", "Paris", "Rome", "Lima", "Cairo", "Vienna", "Oslo", "Dublin", "Kyoto", "Warsaw")
LIMIT_MS = 150.0
"""Goal for the first sound, in milliseconds of processor time: what a core that does nothing else takes."""


async def once(voice: Voice, text: str) -> tuple[float, float, float, float]:
    """Speaks; returns wall and processor time to the first sound, processor time of all, and seconds of audio."""
    wall, cpu = time.perf_counter(), time.process_time()
    first: tuple[float, float] | None = None
    size = 0
    async with aclosing(voice.speak(SpeechRequest(text))) as events:
        async for event in events:
            if isinstance(event, AudioChunk):
                first = first or (time.perf_counter() - wall, time.process_time() - cpu)
                size += len(event.pcm)
    assert first
    return *first, time.process_time() - cpu, size / 2 / voice.sample_rate


async def run(name: str) -> dict[str, Any]:
    """Returns percentiles in ms, the factor of real time on one core, and memory in MiB."""
    before = resident()
    voice = selector.VOICES[name].from_settings(Settings(tts=name))
    wall, cpu = time.perf_counter(), time.process_time()
    await voice.warm()
    await once(voice, "Hello.")
    loading = {"wall_s": round(time.perf_counter() - wall, 2), "cpu_s": round(time.process_time() - cpu, 2)}
    texts = [sentence.format(place) for place in PLACES for sentence in SENTENCES]
    figures = np.array([await once(voice, text) for text in texts])
    after = resident()
    await voice.close()
    return {
        "loading": loading,
        "first_sound_wall_ms": percentiles(1000 * figures[:, 0]),
        "first_sound_cpu_ms": percentiles(1000 * figures[:, 1]),
        "times_real_time": round(float(figures[:, 3].sum() / figures[:, 2].sum())),
        "seconds_a_sentence": round(float(figures[:, 3].mean()), 2),
        "memory_mib": {"before": before, "after": after},
        "good": bool(np.percentile(figures[:, 1], 99) * 1000 <= LIMIT_MS),
    }


def resident() -> int:
    """Returns the memory of this process in MiB (Linux)."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024


def percentiles(values: Any) -> dict[str, float]:
    """Returns p50 and p99."""
    return {f"p{p}": round(float(np.percentile(values, p)), 1) for p in (50, 99)}


def main() -> None:
    """Prints the machine and the figures of a voice."""
    name = sys.argv[1] if len(sys.argv) > 1 else "hibari"
    print(json.dumps({"machine": describe(), "voice": name, **asyncio.run(run(name))}))


if __name__ == "__main__":
    main()
