"""What a voice is to the rest: a text goes in, events come out as they are synthesised.

A new voice is one new file and one line in `selector.py`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from a2f_server.arrays import Float32Array

VISEMES = range(22)
"""Azure's viseme ids: 0 silence … 21 p b m (docs/speech.md has the table)."""

ANIMATION_FPS = 60
ANIMATION_WIDTH = 55
"""Azure's facial expression: rows of the 52 ARKit shapes in Apple's order, then headRoll, leftEyeRoll, rightEyeRoll."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be spoken: `text` or `ssml`, never both."""

    text: str | None = None
    ssml: str | None = None
    voice: str | None = None
    """A name that `voices` lists; None takes the voice of the settings."""
    animation: bool = False
    """Whether `Animation` events are wanted."""


@dataclass(frozen=True, slots=True)
class Audio:
    """More of the sound: mono s16le at the voice's `sample_rate`, whole samples."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Viseme:
    """From `time` (seconds of the utterance) on the mouth says `id`, one of VISEMES."""

    time: float
    id: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word, from `time` for `duration` seconds."""

    time: float
    duration: float
    text: str


@dataclass(frozen=True, slots=True)
class Animation:
    """Facial animation of the voice's own: `rows[n, 55]` float32 at 60 FPS, from row number `first` on."""

    first: int
    rows: Float32Array


Event = Audio | Viseme | Word | Animation


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """One that can be asked for."""

    name: str
    locale: str
    """As in `en-US`."""
    gender: str = ""
    description: str = ""


class Voice(Protocol):
    """A speech synthesiser. One instance serves all utterances of a server at once, on its event loop."""

    name: str
    """As the selector knows it."""
    sample_rate: int
    """Of every Audio event, Hz."""
    animates: bool
    """Whether `Request.animation` can be met at all."""

    def speak(self, request: Request) -> AsyncGenerator[Event, None]:
        """Events as they come; those that have a time arrive before or with the sound that holds it, wherever the
        synthesiser allows. Closing the generator stops the synthesis at once.

        Raises BadMessage for what cannot be spoken (a voice that is not there) and TtsFailed with a sentence that
        helps for everything else.
        """

    async def warm(self) -> None:
        """Makes the next utterance begin sooner. Never raises: that utterance will say what is wrong."""

    async def voices(self) -> list[VoiceInfo]:
        """All that can be asked for. Raises TtsFailed."""

    async def close(self) -> None:
        """Frees threads and connections."""
