"""Main program of a process that decodes one file with FFmpeg: the file on stdin, sound on stdout.

FFmpeg allocates what a file's tables ask for: 557 bytes of MP4 can take gigabytes. Here the system limits memory and
time, and a crash ends nothing but this process.

    python av_child.py DEMUXER FRAMES FOLDER

FOLDER contains the package `av`. stdin is a file, or the pipe of a stream, which is decoded while it arrives. The first
output line is `{"sample_rate", "channels"}`; then come blocks of about FRAMES frames, each a line `{"bytes"}` and that
many bytes of interleaved float32, the last one empty. A line `{"error"}` may take the place of any other. Exit code 3:
`av` cannot be loaded.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from typing import Any

MEMORY = 256 << 20
"""Bytes beyond those that the libraries take."""
CPU_S = 60
FILES = 16
CANNOT_LOAD, OUT_OF_MEMORY = 3, 4
PROBED = 2048
"""Bytes of a stream from which FFmpeg detects its format, and that it reads at once."""
PIECE = 1 << 20
"""Most bytes of a block."""


class NoSoundError(Exception):
    """The file has no audio stream."""


def _parts(av: Any, demuxer: str) -> Iterator[Any]:
    """Yields PyAV's frames, interleaved float32, all of one format. Raises FFmpegError, ValueError or NoSoundError."""
    # the demuxer is named: others would open files and addresses that a playlist names
    with av.open(**_source(), format=demuxer, metadata_errors="ignore") as file:
        stream = next(iter(file.streams.audio), None)
        if stream is None or not stream.rate:
            raise NoSoundError
        packed = av.AudioResampler(format="flt")
        for packet in file.demux(stream):
            for frame in packet.decode():
                yield from packed.resample(frame)


def _source() -> dict[str, Any]:
    """Returns arguments of `av.open`. A stream is read as it comes, and probed no further than its header."""
    if sys.stdin.buffer.seekable():
        return {"file": sys.stdin.buffer}
    options = {"probesize": str(PROBED), "analyzeduration": "0"}
    return {"file": open(0, "rb", buffering=0), "buffer_size": PROBED, "options": options}


def main() -> None:
    """Decodes until the end, an error or a limit."""
    for stop in (signal.SIGINT, signal.SIGTERM):  # only the server handles them: it still has speech to finish
        signal.signal(stop, signal.SIG_IGN)
    demuxer, frames, folder = sys.argv[1:]
    sys.path.append(folder)
    try:
        av: Any = import_module("av")
    except (ImportError, OSError):
        sys.exit(CANNOT_LOAD)
    _limit()
    try:
        _decode(_parts(av, demuxer), int(frames))
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    except NoSoundError:
        _write({"error": "this file has no sound"})
    except (av.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        _write({"error": f"the audio file cannot be decoded: {reason}"})


def _decode(parts: Iterator[Any], frames: int) -> None:
    first = next(parts, None)
    if first is None:
        _write({"error": "the audio file has no samples"})
        return
    channels: int = first.layout.nb_channels
    _write({"sample_rate": first.sample_rate, "channels": channels})
    size, gathered = 4 * channels, bytearray()
    for part in chain([first], parts):
        gathered += memoryview(part.planes[0])[: part.samples * size]
        if len(gathered) >= frames * size:
            _send(gathered, size)
            gathered = bytearray()
    _send(gathered, size)
    _write({"bytes": 0})


def _send(sound: bytearray, size: int) -> None:
    """Writes blocks of whole frames, which take `size` bytes each: one packet may have many."""
    step = PIECE // size * size
    for at in range(0, len(sound), step):
        piece = sound[at : at + step]
        _write({"bytes": len(piece)}, piece)


def _limit() -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Unix only

    limits = {resource.RLIMIT_CPU: CPU_S, resource.RLIMIT_CORE: 0, resource.RLIMIT_NOFILE: FILES}
    if sys.platform == "linux":  # macOS does not keep to it
        limits[resource.RLIMIT_AS] = _address_space(resource.getpagesize()) + MEMORY
    for which, most in limits.items():
        hard = resource.getrlimit(which)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (value, value))


def _address_space(page: int) -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[0]) * page


def _write(header: dict[str, Any], sound: bytes | bytearray = b"") -> None:
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + sound)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
