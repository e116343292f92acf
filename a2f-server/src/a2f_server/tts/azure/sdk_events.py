"""What the SDK's threads tell of one utterance."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from a2f_server.tts.azure.errors import Failed
from a2f_server.tts.contract import AudioChunk, VisemeEvent, WordEvent


@dataclass(frozen=True, slots=True)
class AnimationText:
    """The animation text that came with a viseme."""

    text: str


@dataclass(frozen=True, slots=True)
class Completed:
    """The utterance is complete."""


SdkEvent = AudioChunk | VisemeEvent | WordEvent | AnimationText | Completed | Failed
"""Done is the last of its utterance on all threads; after Failed others may still be on their way."""


class SdkListener:
    """Passes on what is heard of one utterance until it ends, which it does once. From any thread."""

    def __init__(self, sink: Callable[[SdkEvent], None]) -> None:
        self._sink = sink
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def tell(self, *heard: SdkEvent) -> None:
        """More of the utterance. What comes after a failure is still passed on."""
        for one in heard:
            self._sink(one)

    def end(self, end: Completed | Failed) -> None:
        """The first end counts."""
        with self._lock:
            if self._ended.is_set():
                return
            self._ended.set()
        self._sink(end)

    def ended(self, patience: float) -> bool:
        """Waits for the end, at most so many seconds."""
        return self._ended.wait(patience)
