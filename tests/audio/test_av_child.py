"""The limits of FFmpeg's process, as the system enforces them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.waiting import PATIENCE

LIMITED = "from a2f_server.audio import av_child\nav_child.CPU_S = 1\nav_child._limit()\n"


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("bytearray(2 << 30)", "MemoryError"),
        ("files = [open('/dev/null') for _ in range(100)]", "Too many open files"),
    ],
)
def test_memory_and_files(program: str, says: str) -> None:
    line = [sys.executable, "-c", LIMITED + program]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert says in done.stderr


def test_a_hundred_megabytes_are_allowed() -> None:
    subprocess.run([sys.executable, "-c", LIMITED + "bytearray(100 << 20)"], check=True, timeout=PATIENCE)


def test_time_of_the_processor() -> None:
    line = [sys.executable, "-c", LIMITED + "while True: pass"]
    assert subprocess.run(line, capture_output=True, check=False).returncode < 0
