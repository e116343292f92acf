"""Starts the espeak-ng process, sends it jobs, and replaces it when it crashes or hangs."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import structlog

from a2f_server.child_environment import child_environment
from a2f_server.errors import TtsFailed
from a2f_server.tts.espeak.timing import Mark

WORKER = Path(__file__).with_name("worker_main.py")
SYSTEM = "libespeak-ng.so.1"
HUNG_S = 8.0
"""Time limit for a job, longer than the limit in the process itself."""
BROKE_OFF = "espeak-ng broke off on this text: try different words"
MISSING = (
    "the local voice espeak-ng is not installed: pip install 'a2f-server[voice]' (in a checkout '.[voice]'), or "
    "install your system's espeak-ng"
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SynthesisJob:
    """A text segment and its parameters."""

    text: str
    voice: str
    """espeak-ng's identifier, such as gmw/en-US."""
    rate: int = 175
    """Words per minute, 80-450."""
    pitch: int = 50
    """0-100."""
    volume: int = 100
    """0-200."""
    pause: bool = False
    """True to end with the pause of the segment's final punctuation."""


@dataclass(frozen=True, slots=True)
class SynthesisResult:
    """The output of a SynthesisJob: mono s16le, and marks ordered by time."""

    pcm: bytes
    marks: list[Mark]


def libraries() -> list[list[str]]:
    """Returns possible locations of the library, each followed by its data folder where that must be passed."""
    try:
        loader: Any = import_module("espeakng_loader")
        return [[loader.get_library_path(), loader.get_data_path()], [SYSTEM]]
    except (ImportError, RuntimeError):
        return [[SYSTEM]]


class WorkerProcess:
    """The espeak-ng process. `say` blocks and must not be called concurrently.

    Raises ValueError with an actionable message if espeak-ng is not installed.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize[..., WorkerProcess] | None = None
        for arguments in libraries():
            if hello := self._start(arguments):
                self._arguments = arguments
                self.rate: int = hello["rate"]
                self.voices: list[Any] = hello["voices"]
                self.variants: list[str] = hello["variants"]
                return
        raise ValueError(MISSING)

    def say(self, job: SynthesisJob) -> SynthesisResult:
        """Synthesises a job. Raises TtsFailed if espeak-ng crashes or hangs; the next job gets a fresh process."""
        if (self._process is None or self._process.poll() is not None) and not self._start(self._arguments):
            raise TtsFailed("espeak-ng no longer starts: is it still installed?")
        try:
            header, pcm = self._ask(json.dumps(asdict(job)).encode() + b"\n")
        except (OSError, ValueError):
            log.warning("espeak-ng ended", voice=job.voice, characters=len(job.text))
            self.stop()
            raise TtsFailed(BROKE_OFF) from None
        if "failed" in header:
            log.warning("espeak-ng crashed or hung", voice=job.voice, characters=len(job.text), status=header["failed"])
            raise TtsFailed(BROKE_OFF)
        return SynthesisResult(pcm, [Mark(*event) for event in header["events"]])

    def stop(self) -> None:
        if self._end:
            self._end()
        self._process = None

    def _start(self, arguments: list[str]) -> dict[str, Any] | None:
        """Starts a process and returns its first line, or None if it cannot load the library."""
        self.stop()
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", str(WORKER), *arguments],
            env=child_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._end = weakref.finalize(self, _end, self._process)
        try:
            with self._time_limit():
                return _header(_pipe(self._process.stdout))
        except ValueError:
            self.stop()
            return None

    def _ask(self, line: bytes) -> tuple[dict[str, Any], bytes]:
        assert self._process
        out = _pipe(self._process.stdout)
        with self._time_limit():
            _pipe(self._process.stdin).write(line)
            _pipe(self._process.stdin).flush()
            header = _header(out)
            pcm = out.read(header.get("bytes", 0))
        if len(pcm) < header.get("bytes", 0):
            raise OSError("the audio is incomplete")
        return header, pcm

    @contextmanager
    def _time_limit(self) -> Iterator[None]:
        """Kills the process, and so ends the wait, if the block takes too long."""
        assert self._process
        guard = threading.Timer(HUNG_S, self._process.kill)
        guard.daemon = True
        guard.start()
        try:
            yield
        finally:
            guard.cancel()


def _header(out: IO[bytes]) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(out.readline())
    return header


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe
    return pipe


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # unread input
            _pipe(pipe).close()
    process.wait()
