"""Runs `a2f-server` and samples, at every few milliseconds of its CPU time, what its event loop is at.

    python stage_samples.py FILE serve

SIGUSR1 writes the samples since the last one to FILE, as JSON: how many for each stage, and for each function. They are
taken between two instructions of Python, so the time of a system call counts for the function that made it. That of
the loop itself is found at the first instruction of a callback, and counts for the loop.
"""

from __future__ import annotations

import json
import runpy
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

EVERY_S = 0.001
"""Seconds of CPU time between samples; most systems count them in steps of 1 to 10 ms."""

STAGES = {
    "socket in": (
        "uvicorn_server/websocket_protocol",
        "uvicorn_server/websocket_frames",
        "uvicorn_server/websocket_errors",
        "uvicorn_server/time_budget",
    ),
    "decode": ("api/ws/connection", "api/ws/pcm_turn", "audio/pcm", "utterance_queue.py:add_audio", "api/messages"),
    "window": (
        "engine/utterance",
        "audio/sample_buffer",
        "audio/resample",
        "frameclock",
        "engine.py:_groups",
        "engine.py:wake",
        "stream.py:write",
    ),
    "voice's prosody": ("audio/prosody", "motion/voice_track", "motion/speaking_style"),
    "inference": ("backends/", "engine/runner", "onnx_runtime/", "worker_thread"),
    "motion": ("motion/", "utterance.py:_with_motion"),
    "encode": ("engine/frames", "a2f_server/clip", "api/ws/binary_messages", "api/encoding"),
    "socket out": (
        "websocket_frames.py:make",
        "websocket_protocol.py:write",
        "websocket_protocol.py:ready",
        "session.py:_flush",
        "session.py:_next_message",
        "utterance_queue.py:next_message",
        "api/ws/turn",
        "api/ws/frame_pacer",
        "stream.py:p",
    ),
    "metrics": ("prometheus_client/", "a2f_server/metrics"),
    "engine": ("engine/engine",),
    "session": ("api/",),
}
"""The stage of a function, by a part of `path/file.py:function`; the longest part that fits counts."""
_PARTS = sorted(((part, stage) for stage, parts in STAGES.items() for part in parts), key=lambda pair: -len(pair[0]))
LOOP = "event loop"


class Sampler:
    """Counts samples by stage and by function."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stages: Counter[str] = Counter()
        self._functions: Counter[str] = Counter()
        self._known: dict[str, str | None] = {}

    def start(self) -> None:
        """Begins to count."""
        signal.signal(signal.SIGPROF, self._sample)
        signal.signal(signal.SIGUSR1, self._write)
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)

    def _sample(self, _: int, frame: FrameType | None) -> None:
        if frame and frame.f_lasti <= 2 and frame.f_back and "asyncio/" in frame.f_back.f_code.co_filename:
            frame = None
        inner = frame
        while frame and not (stage := self._stage(frame)):
            frame = frame.f_back
        self._stages[stage if frame else LOOP] += 1
        self._functions[_name(inner) if inner else LOOP] += 1

    def _stage(self, frame: FrameType) -> str | None:
        name = _name(frame)
        if name not in self._known:
            self._known[name] = next((stage for part, stage in _PARTS if part in name), None)
        return self._known[name]

    def _write(self, *_: object) -> None:
        self._file.write_text(json.dumps({"stages": self._stages, "functions": self._functions}))
        self._stages, self._functions = Counter(), Counter()


def _name(frame: FrameType) -> str:
    return f"{frame.f_code.co_filename}:{frame.f_code.co_name}"


if __name__ == "__main__":
    Sampler(Path(sys.argv.pop(1))).start()
    runpy.run_module("a2f_server", run_name="__main__")
