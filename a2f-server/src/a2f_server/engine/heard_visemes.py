"""Visemes of any speech, from the phone scores of a backend that recognises phones."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from a2f_server.arrays import Float32Array, Float64Array
from a2f_server.backends.contract import Layout
from a2f_server.tts import ipa
from a2f_server.tts.contract import VISEMES, VisemeEvent

SHORTEST_S = 0.04
"""Seconds that a viseme lasts at least."""


class HeardVisemes:
    """Turns the scores of native frames into visemes, each known SHORTEST_S after it begins.

    They do not depend on how the audio is divided. The first one is at 0, the last one is silence.
    """

    def __init__(self, phones: Sequence[str], layout: Layout) -> None:
        """`phones` in IPA, "" for silence, in the order of the scores."""
        self._phones = phones
        ids = [next(iter(ipa.viseme_ids(phone)), ipa.SILENCE) for phone in phones]
        self._members = np.array([[number == each for each in ids] for number in VISEMES], np.float64)
        self._rate, self._frame = layout.frame_rate, -layout.lead
        self._shortest = round(SHORTEST_S * layout.frame_rate)
        self._now: int | None = None
        self._next, self._since, self._sums = ipa.SILENCE, 0, np.zeros(len(phones))
        self._events: deque[VisemeEvent] = deque()

    def hear(self, scores: Float32Array) -> None:
        """Takes the scores `[n, phones]` of the next native frames."""
        for row in np.exp(scores.astype(np.float64)):
            if self._frame >= 0:
                self._follow(row)
            self._frame += 1

    def end(self) -> None:
        """Closes the mouth after the last frame."""
        if self._now != ipa.SILENCE:
            self._begin(ipa.SILENCE, max(self._frame, 0), "")

    def pop(self) -> VisemeEvent | None:
        """Returns the next viseme, None while there is none."""
        return self._events.popleft() if self._events else None

    def _follow(self, odds: Float64Array) -> None:
        """Takes exp(scores). A viseme is as likely as its phones together."""
        number = int((self._members @ odds).argmax())
        if number != self._next:
            self._next, self._since, self._sums = number, self._frame, np.zeros(len(odds))
        self._sums += odds * self._members[number]
        if number != self._now and self._frame - self._since + 1 >= (self._shortest if self._frame else 1):
            self._begin(number, self._since, self._phones[int(self._sums.argmax())])

    def _begin(self, number: int, frame: int, phone: str) -> None:
        self._now = number
        self._events.append(VisemeEvent(frame / self._rate, number, phone))
