"""An idle server gives memory back to the system."""

from __future__ import annotations

import asyncio
import sys

import pytest

from a2f_server.uvicorn_server import idle_memory

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")]


class Process:
    """A process that has grown; trimming returns what it does not need."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.size, self.needed, self.trims = 100 << 20, 100 << 20, 0
        monkeypatch.setattr(idle_memory, "CHECK_S", 0)
        monkeypatch.setattr(idle_memory, "_can_trim", lambda: True)
        monkeypatch.setattr(idle_memory, "resident_bytes", lambda: self.size)
        monkeypatch.setattr(idle_memory, "trim", self.trim)

    def trim(self) -> None:
        self.trims += 1
        self.size = self.needed


async def steps() -> None:
    for _ in range(5):
        await asyncio.sleep(0.001)


async def test_memory_is_given_back_once_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    process, busy = Process(monkeypatch), True
    task = asyncio.create_task(idle_memory.trim_when_idle(lambda: busy))
    await steps()
    process.size += 50 << 20
    await steps()
    assert process.trims == 0, "not beside live streams"
    busy = False
    while not process.trims:
        await steps()
    assert process.size == process.needed
    await steps()
    process.size += 1 << 20
    await steps()
    assert process.trims == 1, "not for every little"
    task.cancel()


async def test_what_was_in_use_is_given_back_later(monkeypatch: pytest.MonkeyPatch) -> None:
    process = Process(monkeypatch)
    task = asyncio.create_task(idle_memory.trim_when_idle(lambda: False))
    await steps()
    process.size = process.needed = 500 << 20
    while not process.trims:
        await steps()
    process.needed = 100 << 20
    while process.size != process.needed:
        await steps()
    trims = process.trims
    await steps()
    assert process.trims == trims
    task.cancel()


async def test_the_memory_of_this_process_is_read_and_trimmed() -> None:
    assert 1 << 20 < idle_memory.resident_bytes() < 1 << 40
    idle_memory.trim()
