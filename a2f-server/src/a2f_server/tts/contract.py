"""The contract of a voice: text in, audio and timed events out while it is synthesised.

To add a voice, write one new file and add one line to `selector.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Self

from a2f_server.arrays import Float32Array
from a2f_server.errors import TtsUnavailable
from a2f_server.settings import Settings

VISEMES = range(22)
"""Azure's viseme ids: 0 silence … 21 p b m (docs/speech.md has the table)."""

ANIMATION_FPS = 60
ANIMATION_WIDTH = 55
"""Azure's facial expression: rows of the 52 ARKit shapes in Apple's order, then headRoll, leftEyeRoll, rightEyeRoll."""


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """An utterance to speak: either `text` or `ssml`, never both."""

    text: str | None = None
    ssml: str | None = None
    voice: str | None = None
    """A name that `voices` lists; None selects the voice of the settings."""
    animation: bool = False
    """True to receive `AnimationChunk` events."""


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """The next piece of audio: mono s16le at the voice's `sample_rate`, whole samples."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class VisemeEvent:
    """The mouth takes viseme `id` (one of VISEMES) at `time`, in seconds of the utterance.

    `phonemes` are the sounds that it stands for, in IPA; "" if the voice does not tell them."""

    time: float
    id: int
    phonemes: str = ""


@dataclass(frozen=True, slots=True)
class WordEvent:
    """A word that starts at `time` and lasts `duration`, both in seconds."""

    time: float
    duration: float
    text: str


@dataclass(frozen=True, slots=True)
class BookmarkEvent:
    """A <bookmark> of the SSML is reached at `time`, in seconds."""

    time: float
    name: str


@dataclass(frozen=True, slots=True)
class AnimationChunk:
    """Facial animation made by the voice itself: `rows[n, 55]` float32 at 60 FPS; the first row has number `first`."""

    first: int
    rows: Float32Array


SpeechEvent = AudioChunk | VisemeEvent | WordEvent | BookmarkEvent | AnimationChunk


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """One entry of the list of available voices."""

    name: str
    locale: str
    """Such as `en-US`."""
    gender: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class VoiceToken:
    """Short-lived credentials with which a browser can call the speech service directly."""

    token: str | None
    """None where the service needs no key."""
    expires_in: int
    """Seconds."""


class Voice(ABC):
    """A speech synthesiser. One instance serves all utterances of a server concurrently, on its event loop."""

    name: str
    """Its key in `selector.VOICES`."""
    sample_rate: int
    """Sample rate of every AudioChunk, in Hz."""
    animation_backend: str | None = None
    """The backend with which `speak` asks for this voice's own animation; None if it has none."""
    local: bool = True
    """True if it runs on this machine, without an account or a network."""
    has_visemes: bool = True
    """False if it sends audio only, without visemes and words. Visemes then come from a backend that hears them."""
    issues_tokens: bool = False
    """True if `token` is supported."""

    @classmethod
    def configured(cls, settings: Settings) -> bool:
        """Returns whether A2F_TTS=auto should try this voice: False while settings that it needs are missing."""
        return True

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Creates the voice. Raises ValueError with an actionable message if a setting or a package is missing."""
        return cls()

    @abstractmethod
    def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        """Yields events as they are synthesised. Timed events precede the audio at their time, or come with it,
        wherever the synthesiser allows. Closing the generator stops the synthesis immediately.

        Raises BadMessage for a request that cannot be spoken (such as an unknown voice), and TtsFailed with an
        actionable message for any other failure.
        """

    @abstractmethod
    async def voices(self) -> list[VoiceInfo]:
        """Lists the available voices. Raises TtsFailed."""

    async def warm(self) -> None:
        """Prepares for the next utterance, such as by opening a connection. Never raises: the utterance will."""
        return

    async def token(self) -> VoiceToken:
        """Returns credentials for a browser; only called where `issues_tokens`. Raises TtsFailed."""
        raise TtsUnavailable("this voice has no credentials for browsers")

    async def close(self) -> None:
        """Frees threads and connections."""
        return
