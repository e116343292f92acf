"""Puts an utterance's events back in order. The SDK calls back on three threads (sound, visemes, words) that race:
sound often overtakes the visemes that arrived before it."""

from __future__ import annotations

from collections import deque

from a2f_server.tts.contract import AudioChunk, SpeechEvent, VisemeEvent

GRACE_S = 0.005
"""Seconds that sound waits for events that may belong to it."""


class EventOrder:
    """Events with a time pass at once; sound is held until later visemes are known, or for GRACE_S."""

    def __init__(self, sample_rate: int) -> None:
        self._bytes_per_second = 2 * sample_rate
        self._held: deque[tuple[AudioChunk, float, float]] = (
            deque()
        )  # with the utterance's time at its end, and a deadline
        self._taken = 0
        self._known = -1.0
        self._rest_api = b""

    def put(self, event: SpeechEvent, now: float) -> list[SpeechEvent]:
        """What may go on by this event, in order. `now`: seconds of any clock that does not jump."""
        if isinstance(event, AudioChunk):
            self._hold(self._rest_api + event.pcm, now)
            return self.due(now)
        if isinstance(event, VisemeEvent):
            self._known = max(self._known, event.time)
        return [event, *self.due(now)]

    def due(self, now: float) -> list[SpeechEvent]:
        """The sound that need not wait any longer."""
        free: list[SpeechEvent] = []
        while self._held and (self._held[0][1] <= self._known or self._held[0][2] <= now):
            free.append(self._held.popleft()[0])
        return free

    def patience(self, now: float) -> float | None:
        """Seconds until sound is due, or None where none is held."""
        return max(0.0, self._held[0][2] - now) if self._held else None

    def _hold(self, pcm: bytes, now: float) -> None:
        whole = len(pcm) // 2 * 2
        self._rest_api = pcm[whole:]
        if whole:
            self._taken += whole
            self._held.append((AudioChunk(pcm[:whole]), self._taken / self._bytes_per_second, now + GRACE_S))
