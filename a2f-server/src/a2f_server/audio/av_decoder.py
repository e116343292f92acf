"""Decodes a file with FFmpeg, in a process of its own that has limits of memory and time (av_child.py)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import weakref
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import numpy as np
import structlog

from a2f_server.arrays import Samples
from a2f_server.audio.av_child import CANNOT_LOAD
from a2f_server.audio.byte_range import ByteRange
from a2f_server.child_environment import child_environment
from a2f_server.errors import BadAudio, UnsupportedAudio

CHILD = Path(__file__).with_name("av_child.py")
BROKE_OFF = "the audio file cannot be decoded: it takes too much memory or time"

log = structlog.get_logger(__name__)


class AvDecoder:
    """A `Decoder`. The pipe holds the process back until its sound is read; `close`, or losing this, kills it."""

    def __init__(self, source: ByteRange, demuxer: str, block: int) -> None:
        """Raises BadAudio, or UnsupportedAudio if FFmpeg cannot be loaded. block: frames of a block, roughly."""
        self.frames: int | None = None
        self._process = _start(source, demuxer, block)
        assert self._process.stdout
        self._out: IO[bytes] = self._process.stdout
        self._end = weakref.finalize(self, _end, self._process)
        header = self._header()
        self.sample_rate, self.channels = int(header["sample_rate"]), int(header["channels"])
        self._ended = False

    def read(self) -> Samples:
        """Returns the next frames `[n, channels]`, none at the end. Raises BadAudio."""
        size = 0 if self._ended else int(self._header()["bytes"])
        self._ended = not size
        data = self._out.read(size) if size else b""
        if len(data) < size:
            raise self._broke_off()
        return np.frombuffer(data, np.float32).reshape(-1, self.channels)

    def close(self) -> None:
        """Ends the process."""
        self._end()

    def _header(self) -> dict[str, Any]:
        try:
            header: dict[str, Any] = json.loads(self._out.readline())
        except ValueError:
            raise self._broke_off() from None
        if "error" in header:
            self._end()
            raise BadAudio(header["error"])
        return header

    def _broke_off(self) -> BadAudio | UnsupportedAudio:
        self._end()
        if self._process.returncode == CANNOT_LOAD:
            return UnsupportedAudio("FFmpeg cannot be loaded on this server: pip install --force-reinstall av")
        log.warning("FFmpeg's process ended", status=self._process.returncode)
        return BadAudio(BROKE_OFF)


def is_installed() -> bool:
    """Returns whether FFmpeg is there. A folder of that name has no origin."""
    package = find_spec("av")
    return package is not None and package.origin is not None


def command(demuxer: str, block: int) -> list[str]:
    """Returns the command of the process (av_child.py), if FFmpeg is installed."""
    package = find_spec("av")
    assert package
    assert package.origin
    folder = Path(package.origin).parents[1]
    return [sys.executable, "-I", "-S", str(CHILD), demuxer, str(block), str(folder)]


def _start(source: ByteRange, demuxer: str, block: int) -> subprocess.Popen[bytes]:
    with TemporaryFile() as file:  # demuxers seek, which a pipe cannot
        shutil.copyfileobj(source, file)
        file.seek(0)
        return subprocess.Popen(  # noqa: S603
            command(demuxer, block),
            env=child_environment(),
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    if process.stdout:
        process.stdout.close()
    process.wait()
