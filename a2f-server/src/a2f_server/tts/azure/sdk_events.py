"""Events of one utterance as the SDK reports them, on its threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from a2f_server.tts.azure.errors import Failed
from a2f_server.tts.contract import AudioChunk, BookmarkEvent, VisemeEvent, WordEvent


@dataclass(frozen=True, slots=True)
class AnimationText:
    """The JSON text of facial animation that came with a viseme, possibly only part of a document."""

    text: str


@dataclass(frozen=True, slots=True)
class Completed:
    """The utterance is complete."""


SdkEvent = AudioChunk | VisemeEvent | WordEvent | BookmarkEvent | AnimationText | Completed | Failed
"""Completed is the last event of its utterance on any thread; after Failed, others may still arrive."""


class SdkListener:
    """Forwards the events of one utterance to `sink` and ends exactly once. Thread-safe."""

    def __init__(self, sink: Callable[[SdkEvent], None]) -> None:
        self._sink = sink
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def tell(self, *events: SdkEvent) -> None:
        """Forwards events, also those that arrive after a failure."""
        for event in events:
            self._sink(event)

    def end(self, end: Completed | Failed) -> None:
        """Ends the utterance. Only the first call counts."""
        with self._lock:
            if self._ended.is_set():
                return
            self._ended.set()
        self._sink(end)

    def ended(self, timeout: float) -> bool:
        """Waits up to `timeout` seconds for the end and returns whether it came."""
        return self._ended.wait(timeout)
