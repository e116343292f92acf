"""Measures many real-time utterances on the engine, without sockets: the backend and the motion processing alone.

The backend is set by A2F_BACKEND, A2F_MODEL_DIR, A2F_DEVICE, A2F_SOLVER and A2F_PRECISION. The lateness of a frame is
the time from writing the last sample it needs until the frame is ready.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time

import numpy as np
import uvloop

from a2f_server.backends import selector
from a2f_server.backends.contract import Backend
from a2f_server.engine.engine import Engine
from a2f_server.engine.stream import Stream
from a2f_server.engine.utterance import Utterance
from a2f_server.frameclock import frame_count, samples_due
from a2f_server.metrics import Metrics
from a2f_server.motion import profiles
from a2f_server.settings import Settings
from a2f_server.uvicorn_server import memory
from machine import describe
from streams import FPS, RATE, voice

MESSAGE_S = 0.04
"""Seconds of audio per write."""
MESSAGE = int(MESSAGE_S * RATE)
PHASES = 8
"""Groups of streams whose writes are spread evenly over a message, as real clients are not synchronised."""


class StreamProbe:
    """Writes audio to a stream and records the lateness of its frames."""

    def __init__(self, stream: Stream, sound: np.ndarray, delay: float) -> None:
        self.stream, self.sound, self.delay = stream, sound, delay
        self.late: list[float] = []
        self.written: list[float] = []
        self.frames = 0
        stream.on_change = self.on_change

    def write(self, message: int) -> None:
        """Writes the next 40 ms."""
        self.written.append(time.perf_counter())
        self.stream.write(self.sound[message * MESSAGE : (message + 1) * MESSAGE])

    def on_change(self) -> None:
        """Records the frames that are ready. An error of the stream ends the measurement."""
        now, lookahead = time.perf_counter(), self.stream.utterance.lookahead
        while frames := self.stream.pop():
            for i in range(frames.first, frames.first + len(frames)):
                message = (samples_due(i, FPS, lookahead, RATE) - 1) // MESSAGE
                self.late.append(now - self.written[min(message, len(self.written) - 1)])
            self.frames += len(frames)


def probe(backend: Backend, engine: Engine, made: profiles.Profiles, k: int, sound: np.ndarray) -> StreamProbe:
    """Opens stream k, which starts at its own offset in the same audio."""
    state, motion = backend.initial_state(k), made.motion(None, FPS, k, without=backend.own_motion)
    one = Utterance(backend.layout(RATE), state, motion, sample_rate=RATE, fps=FPS)
    return StreamProbe(engine.open(one), np.roll(sound, k * 1601), MESSAGE_S * (k % PHASES) / PHASES)


async def talk(probes: list[StreamProbe], messages: int) -> None:
    """Writes the audio of all streams in real time, as from microphones."""
    groups = [[one for one in probes if one.delay == delay] for delay in sorted({one.delay for one in probes})]
    begun = time.perf_counter()
    for message in range(messages):
        for group in groups:
            at = begun + (message + 1) * MESSAGE_S + group[0].delay
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            for one in group:
                one.write(message)
    for one in probes:
        one.written.append(time.perf_counter())
        one.stream.end()
    async with asyncio.timeout(60):
        while not all(one.stream.finished for one in probes):  # noqa: ASYNC110 - nothing else happens
            await asyncio.sleep(0.01)


async def measure(backend: Backend, streams: int, seconds: float) -> dict[str, object]:
    """Returns lateness percentiles in ms, lost frames, and CPU time per stream and second."""
    engine = Engine(backend, Metrics(), capacity=streams)
    engine.start()
    sound, made = np.frombuffer(voice(seconds), np.int16), profiles.load()
    probes = [probe(backend, engine, made, k, sound) for k in range(streams)]
    before = time.process_time()
    await talk(probes, len(sound) // MESSAGE)
    used = time.process_time() - before
    for one in probes:
        one.stream.close()
    late = np.array([late for one in probes for late in one.late]) * 1000
    p50, p99 = np.percentile(late, [50, 99])
    return {
        "streams": streams,
        "lost": streams * frame_count(len(sound), RATE, FPS) - sum(one.frames for one in probes),
        "late_ms": {"p50": round(p50, 1), "p99": round(p99, 1), "max": round(late.max(), 1)},
        "cpu_ms_per_stream_second": round(used / streams / seconds * 1000, 3),
    }


def main() -> None:
    """Prints the machine and the backend, and a line for each number of streams."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 4, 16, 64, 256])
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    backend = selector.load(Settings())
    memory.tune()
    about = {
        "backend": backend.name,
        "model": dict(backend.model),
        "device": backend.device,
        "batch": backend.max_batch,
    }
    print(json.dumps({"machine": describe(), **about, "capacity": backend.capacity}), flush=True)
    for streams in options.streams:
        print(json.dumps(uvloop.run(measure(backend, streams, options.seconds))), flush=True)


if __name__ == "__main__":
    main()
