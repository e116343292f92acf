"""Measures the time from `speak` to the first audio and the first frame, with Azure's SDK and with the local voices.

The emulator, in this process, stands in for Azure. It records when a text arrives and when its first audio leaves, and
this delay is subtracted. What remains is our server, Microsoft's SDK and two sockets.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from websockets.sync.client import connect

from machine import describe, server

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.emulating import Emulated, run_emulator
from tests.support.running import Talk

RUNS = 100
WARM_UP = 5
DELAY_S = 0.1
"""Delay of the emulator before its first audio, about that of Azure."""
TEXT = "The first sound should come at once, and the face with it."
LIMIT_MS = 50.0


def once(talk: Talk) -> tuple[float, dict[int, float]]:
    """Speaks once; returns the times of the request and of the first message of each kind (1 frames, 2 audio)."""
    asked, first = time.perf_counter(), {}
    talk.say("speak", text=TEXT)
    while isinstance(message := talk.hear(), bytes) or message["type"] != "end":
        if isinstance(message, bytes):
            first.setdefault(message[0], time.perf_counter())
    return asked, first


def run(port: int, emulated: Emulated | None) -> dict[str, Any]:
    """Returns percentiles in ms."""
    sound, frames = [], []
    with connect(f"ws://127.0.0.1:{port}/ws", compression=None, ping_interval=None, max_size=None) as socket:
        talk = Talk(socket)
        talk.expect("ready")
        for _ in range(RUNS + WARM_UP):
            asked, first = once(talk)
            own = emulated.records.turns[-1] if emulated else None
            delay = own.sounded - own.asked if own and own.sounded else 0.0
            sound.append((first[2] - asked - delay) * 1000)
            frames.append((first[1] - asked - delay) * 1000)
    return {"first_sound_ms": percentiles(sound[WARM_UP:]), "first_frame_ms": percentiles(frames[WARM_UP:])}


def percentiles(values: list[float]) -> dict[str, float]:
    """Returns p50 and p99."""
    return {f"p{p}": round(float(np.percentile(values, p)), 1) for p in (50, 99)}


def main() -> None:
    """Prints the machine and a line per voice; `good` is true if Azure's p99 is within the limit."""
    print(json.dumps({"machine": describe(), "text": TEXT, "runs": RUNS}))
    with run_emulator(delay=DELAY_S, pace=8.0) as emulated:
        azure = {"tts": "azure", "azure_host": emulated.host, "text_per_minute": 10**6}
        for backend in ("builtin", "mock"):
            with server(backend=backend, **azure) as (port, _):
                result = run(port, emulated)
            good = all(part["p99"] <= LIMIT_MS for part in result.values())
            print(json.dumps({"voice": "azure", "backend": backend, **result, "good": good}))
    for voice in ("hibari", "espeak"):
        with server(backend="builtin", tts=voice, text_per_minute=10**6) as (port, _):
            print(json.dumps({"voice": voice, "backend": "builtin", **run(port, None)}))


if __name__ == "__main__":
    main()
