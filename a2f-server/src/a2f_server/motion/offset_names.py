"""The names of offsets and blinks that a client asks for over the course of an utterance."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

MOST_CHARACTERS = 64
"""Longer names are treated as None: they would take memory, and no profile has them."""


class OffsetNames:
    """One name at a time: each replaces the previous one from a frame on. None means no name."""

    def __init__(self, name: str | None = None) -> None:
        self._frames, self._names = [0], [_short(name)]

    def set(self, name: str | None, frame: int) -> None:
        """Sets the name from `frame` on, and drops names that were set for later frames.

        The result does not depend on how the audio is split, provided that no audio has reached the frame yet.
        """
        k = 0 if frame <= 0 else bisect_right(self._frames, frame - 1)
        del self._frames[k:], self._names[k:]
        if not self._names or self._names[-1] != _short(name):
            self._frames.append(max(frame, 0))
            self._names.append(_short(name))

    def at(self, frame: int) -> str | None:
        """Returns the name at a frame."""
        return self._names[bisect_right(self._frames, frame) - 1]

    def runs(self, first: int, stop: int) -> Iterator[tuple[int, int, str | None]]:
        """Yields `(begin, end, name)` for consecutive frames `first` … `stop − 1` of the same name."""
        while first < stop:
            k = bisect_right(self._frames, first)
            end = min([stop, *self._frames[k : k + 1]])
            yield first, end, self._names[k - 1]
            first = end


def _short(name: str | None) -> str | None:
    return name if name and len(name) <= MOST_CHARACTERS else None
