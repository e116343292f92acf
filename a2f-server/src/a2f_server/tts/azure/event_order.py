"""Restores the order of an utterance's events. The SDK calls back on three threads (audio, visemes, words) that race:
audio often overtakes visemes that arrived before it."""

from __future__ import annotations

from collections import deque

from a2f_server.tts.contract import AudioChunk, SpeechEvent, VisemeEvent

GRACE_S = 0.005
"""Seconds for which audio waits for events that may belong to it."""


class EventOrder:
    """Passes timed events on immediately and holds audio until a later viseme is known, or for GRACE_S."""

    def __init__(self, sample_rate: int) -> None:
        self._bytes_per_second = 2 * sample_rate
        self._held: deque[tuple[AudioChunk, float, float]] = deque()
        """Chunks with the time of the utterance at their end, and their deadline."""
        self._received = 0
        self._last_viseme = -1.0
        self._rest = b""

    def put(self, event: SpeechEvent, now: float) -> list[SpeechEvent]:
        """Takes an event and returns those that may be passed on, in order. `now`: seconds of a monotonic clock."""
        if isinstance(event, AudioChunk):
            self._hold(self._rest + event.pcm, now)
            return self.due(now)
        if isinstance(event, VisemeEvent):
            self._last_viseme = max(self._last_viseme, event.time)
        return [event, *self.due(now)]

    def due(self, now: float) -> list[SpeechEvent]:
        """Returns the audio that need not wait any longer."""
        free: list[SpeechEvent] = []
        while self._held and (self._held[0][1] <= self._last_viseme or self._held[0][2] <= now):
            free.append(self._held.popleft()[0])
        return free

    def patience(self, now: float) -> float | None:
        """Returns the seconds until held audio is due, None if none is held."""
        return max(0.0, self._held[0][2] - now) if self._held else None

    def _hold(self, pcm: bytes, now: float) -> None:
        whole = len(pcm) // 2 * 2
        self._rest = pcm[whole:]
        if whole:
            self._received += whole
            self._held.append((AudioChunk(pcm[:whole]), self._received / self._bytes_per_second, now + GRACE_S))
