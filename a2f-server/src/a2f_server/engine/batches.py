"""Puts the due windows of streams together in calls of the backend."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from a2f_server.engine.stream import Stream
from a2f_server.engine.utterance import Utterance

RUNS = (64, 32, 8, 4, 2, 1)
"""Consecutive windows of one utterance in a call: long runs for files, short ones for live audio, whose messages have
20 to 100 ms. Live utterances whose frames come in groups take as many as are due, up to GROUP_RUN: they are due at the
same number."""
_RUNS = tuple(next(run for run in RUNS if run <= max(1, due)) for due in range(RUNS[0] + 1))
"""The run for a number of due windows, up to the longest."""
LIVE_RUN, GROUP_RUN = 4, 8
FIRST_RUN = 8
"""At most so many windows in a call before an utterance's first frame, which a long run would keep waiting."""


class BackendCall(NamedTuple):
    """One call of the backend."""

    run: int
    """Windows of each stream."""
    streams: list[Stream]

    @property
    def live(self) -> bool:
        """True if runs of so many windows are those of live audio, as opposed to files and bursts."""
        return self.run <= LIVE_RUN or (self.run <= GROUP_RUN and self.streams[0].utterance.group > 1)


class Batches:
    """The streams with due windows in one round."""

    def __init__(self) -> None:
        self._calls: dict[tuple[int, Hashable], BackendCall] = {}

    def add(self, stream: Stream, due: int) -> None:
        """Adds a stream with so many due windows."""
        self._add(_run(stream.utterance, due), stream)

    @property
    def long(self) -> list[Stream]:
        """Streams of files and bursts."""
        return [stream for call in self._calls.values() if not call.live for stream in call.streams]

    def join_live(self) -> None:
        """Lets streams with two due windows take one for now where more have only one. The second is in the next round
        instead of a call of its own: most of a small call's time does not depend on its size."""
        for (run, key), few in list(self._calls.items()):
            many = self._calls.get((1, key))
            if run == 2 and many and len(few.streams) < len(many.streams):
                many.streams.extend(few.streams)
                del self._calls[run, key]

    def keep_one_long(self, most: int) -> Stream:
        """Drops all long runs but one, of `most` windows at most, and returns its stream."""
        call = next(call for call in self._calls.values() if not call.live)
        self._calls = {key: other for key, other in self._calls.items() if other.live}
        self._add(min(call.run, most), call.streams[0])
        return call.streams[0]

    def calls(self, most: int) -> list[BackendCall]:
        """Returns the calls, each with `most` windows at most, or with one stream."""
        return [part for call in self._calls.values() for part in _parts(call, most)]

    def _add(self, run: int, stream: Stream) -> None:
        key = run, stream.utterance.batch_key
        self._calls.setdefault(key, BackendCall(run, [])).streams.append(stream)


def _run(utterance: Utterance, due: int) -> int:
    """Returns how many of an utterance's due windows are in its next call."""
    if utterance.group > 1:
        return min(due, GROUP_RUN)
    return _RUNS[due] if utterance.begun else min(_RUNS[due], FIRST_RUN)


def _parts(call: BackendCall, most: int) -> list[BackendCall]:
    size = max(1, most // call.run)
    return [BackendCall(call.run, call.streams[i : i + size]) for i in range(0, len(call.streams), size)]
