"""Takes what native libraries write to file descriptor 2 into the log.

libmpg123 reports every fault of a damaged mp3 there, from C. If stderr is a pipe that nobody reads, such a write would
block its thread for ever. So file descriptor 2 becomes a pipe of our own, whose writers never wait. Python writes its
logs, tracebacks and messages at exit to the original.
"""

from __future__ import annotations

import atexit
import os
import select
import sys
import threading
import time
from collections.abc import Iterator

import structlog

STDERR = 2
LINES_PER_S = 20
"""More are dropped and counted."""
LONGEST = 400
"""Bytes of a line; longer ones are cut."""
REST_S = 0.5
"""Seconds that the last lines may take at exit."""

log = structlog.get_logger(__name__)


def divert() -> None:
    """Begins, until the program exits. Call it before `logs.configure`.

    Does nothing on Windows, or where Python's stderr is not file descriptor 2.
    """
    if sys.platform == "win32" or not _is_original():
        return
    original = os.dup(STDERR)
    sys.stderr = open(original, "w", 1, sys.stderr.encoding, "backslashreplace", closefd=False)  # noqa: SIM115
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    os.dup2(writing, STDERR)
    os.close(writing)
    forwarding = threading.Thread(target=_forward, args=(reading,), name="a2f-native-stderr", daemon=True)
    forwarding.start()
    atexit.register(_restore, original, forwarding)


def _is_original() -> bool:
    try:
        return sys.stderr.fileno() == STDERR
    except (AttributeError, ValueError, OSError):  # none, closed, or not a file
        return False


def _restore(original: int, forwarding: threading.Thread) -> None:
    """Gives file descriptor 2 back; its pipe ends, and with it the thread."""
    os.dup2(original, STDERR)
    forwarding.join(REST_S)


def _forward(reading: int) -> None:
    second, logged, dropped = 0, 0, 0
    for line in _lines(reading):
        now = int(time.monotonic())
        if now != second:
            if dropped:
                log.warning("native", dropped=dropped)
            second, logged, dropped = now, 0, 0
        if line and logged < LINES_PER_S:
            log.warning("native", line=_printable(line))
            logged += 1
        elif line:
            dropped += 1
    if dropped:
        log.warning("native", dropped=dropped)


def _lines(reading: int) -> Iterator[bytes]:
    """Yields lines, cut to LONGEST, until all writers have closed; an empty one after every second without any."""
    rest = b""
    while True:
        if not select.select([reading], [], [], 1.0)[0]:
            yield b""
            continue
        data = os.read(reading, 1 << 16)
        *whole, rest = (rest + data).split(b"\n")
        yield from (line[:LONGEST] for line in whole)
        rest = rest[:LONGEST]
        if not data:
            yield rest
            return


def _printable(line: bytes) -> str:
    """Returns the text without control characters: parts of an uploaded file may be in it."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in line.decode("utf-8", "replace").strip())
