"""A voice for tests: a tone for each character, with all kinds of events and failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import numpy as np

from a2f_server.errors import BadMessage, TtsFailed
from a2f_server.tts.contract import (
    AnimationChunk,
    AudioChunk,
    SpeechEvent,
    SpeechRequest,
    VisemeEvent,
    Voice,
    VoiceInfo,
    WordEvent,
)

RATE = 24000
LETTER_S = 0.1


class ToyVoice(Voice):
    """Speaks a letter in 0.1 s. `!` raises TtsFailed, `~` hangs, `#` raises another error, `?` is silent."""

    name = "toy"
    sample_rate = RATE

    def __init__(self, *, animates: bool = True) -> None:
        self.animation_backend = "azure" if animates else None
        self.spoken: list[SpeechRequest] = []
        self.stopped = 0
        self.closed = self.warmed = False

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        self.spoken.append(request)
        if request.voice == "nobody":
            raise BadMessage("voice: there is nobody; GET /v1/voices lists them")
        try:
            for i, letter in enumerate(request.text or "ssml"):
                async for event in self._letter(i, letter, request.animation and self.animation_backend is not None):
                    yield event
                await asyncio.sleep(0)
        except GeneratorExit:
            self.stopped += 1
            raise
        except asyncio.CancelledError:
            self.stopped += 1
            raise

    async def _letter(self, i: int, letter: str, animation: bool) -> AsyncGenerator[SpeechEvent, None]:
        match letter:
            case "!":
                raise TtsFailed("the toy broke; wind it up")
            case "#":
                raise ZeroDivisionError
            case "~":
                await asyncio.Event().wait()
            case _:
                at = i * LETTER_S
                yield VisemeEvent(at, ord(letter) % 22)
                yield WordEvent(at, LETTER_S, letter)
                if animation:
                    first = int(i * 6)
                    yield AnimationChunk(first, np.full((6, 55), 0.1 * (i + 1), np.float32))
                yield AudioChunk(sound(i, letter))

    async def warm(self) -> None:
        self.warmed = True

    async def voices(self) -> list[VoiceInfo]:
        return [VoiceInfo("toy-one", "en-US", "female", "a toy")]

    async def close(self) -> None:
        self.closed = True


def sound(i: int, letter: str) -> bytes:
    """Returns the letter's tone, s16le."""
    count = int(RATE * LETTER_S)
    time = np.arange(i * count, (i + 1) * count) / RATE
    height = 0 if letter == "?" else 12000
    return np.rint(height * np.sin(2 * np.pi * 220 * time)).astype("<i2").tobytes()
