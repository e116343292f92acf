"""Runs the emulator of Azure's speech service on a free port, in a thread of the test process."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import uvicorn

from a2f_server.azure_emulator.app import Emulator
from a2f_server.azure_emulator.options import EmulatorOptions
from a2f_server.azure_emulator.records import Records
from a2f_server.azure_emulator.server import make_server
from a2f_server.tts.contract import (
    AudioChunk,
    BookmarkEvent,
    SpeechEvent,
    SpeechRequest,
    VisemeEvent,
    Voice,
    VoiceInfo,
    WordEvent,
)
from tests.support.waiting import PATIENCE, until

RATE = 24000
WORD_S = 0.5


class Hummer(Voice):
    """A voice that hums a tone of half a second for each word, with closed lips before it."""

    name = "hummer"
    sample_rate = RATE

    def __init__(self, words: int = 4) -> None:
        self.words = words

    @property
    def sound(self) -> bytes:
        """The audio, always the same."""
        t = np.arange(int(self.words * WORD_S * RATE)) / RATE
        tone = 0.3 * np.sin(2 * np.pi * (120 + 30 * np.floor(t / WORD_S)) * t) * (np.mod(t, WORD_S) > 0.1)
        return np.rint(tone * 32767).astype("<i2").tobytes()

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        for number in range(self.words):
            start = number * WORD_S
            yield WordEvent(start, 0.45, f"hm{number}")
            yield VisemeEvent(start, 21)
            yield VisemeEvent(start + 0.1, 2 + number % 12)
        yield VisemeEvent(self.words * WORD_S - 0.05, 0)
        yield AudioChunk(self.sound)

    async def voices(self) -> list[VoiceInfo]:
        return [VoiceInfo(self.name, "en-US")]


class Marker(Hummer):
    """A hummer that reaches two bookmarks."""

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        yield BookmarkEvent(0.25, "wave")
        yield BookmarkEvent(self.words * WORD_S - 0.1, "bow & \u00e9")
        async for event in super().speak(request):
            yield event


@dataclass
class Emulated:
    """A running emulator."""

    port: int
    emulator: Emulator

    @property
    def host(self) -> str:
        """Address for A2F_AZURE_HOST."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def records(self) -> Records:
        return self.emulator.records

    @property
    def cancelled(self) -> int:
        """Number of syntheses that the client cancelled."""
        return sum(turn.state == "cancelled" for turn in self.records.turns)

    def cut_all(self) -> None:
        """Drops every connection and waits until they are closed."""
        self.emulator.cut_all()
        until(lambda: not self.records.open)


@contextmanager
def run_emulator(voice: Voice | None = None, **options: Any) -> Iterator[Emulated]:
    """Runs an emulator with these fields of `EmulatorOptions`; by default all audio is sent immediately."""
    emulator = Emulator(voice or Hummer(), EmulatorOptions(**{"pace": 0.0, "delay": 0.0, **options}))
    server = make_server(emulator, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield Emulated(_port(server), emulator)
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive(), "the emulator did not stop"


def _port(server: uvicorn.Server) -> int:
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
