"""Lets WebSocket handshakes share a part of the event loop while utterances are open: their frames must be in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter

from a2f_server.uvicorn_server.time_budget import FloodShare
from a2f_server.uvicorn_server.work_clock import WorkClock

HANDSHAKES = FloodShare(each=1.0, together=0.25, burst=0.004)
"""The limit of all handshakes together while utterances are open."""
WHOLE = 5.0
"""Time of a whole connection, with the refusal that may follow, as a multiple of the part that is timed here."""
STRAINED = 5.0
"""Multiple of its time that counts while frames are nearly late."""
PAUSE_S, TURN_S = 0.004, 0.004
"""Seconds between two turns of waiting handshakes beside live utterances; seconds of a turn without them."""

_clock = WorkClock()


class HandshakePacer:
    """Begins handshakes in the order in which they came: at once while there is time, and the others later.

    Their clients wait, and nothing more is read from them until then.
    """

    def __init__(
        self, live: Callable[[], bool], strained: Callable[[], bool], on_spent: Callable[[float], None]
    ) -> None:
        """`live`: returns whether utterances are open. Without any, handshakes do not wait for each other's time.

        `strained`: returns whether their frames are nearly late. `on_spent` is told the seconds of each handshake
        beside them.
        """
        self._live, self._strained, self._on_spent, self._share = live, strained, on_spent, HANDSHAKES
        self._waiting: dict[object, Callable[[], None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, owner: object, handshake: Callable[[], None]) -> bool:
        """Calls `handshake` now and returns True, or later, unless `drop` is called before."""
        if not self._waiting and self._may_begin():
            self._time(handshake)
            return True
        self._waiting[owner] = handshake
        self._schedule()
        return False

    def drop(self, owner: object) -> None:
        """Forgets a handshake whose client has left."""
        self._waiting.pop(owner, None)

    def _may_begin(self) -> bool:
        return not self._live() or self._share.left(perf_counter()) > 0

    def _time(self, handshake: Callable[[], None]) -> None:
        if not self._live():
            return handshake()
        begun = _clock.start()
        handshake()
        used = WHOLE * _clock.used(begun, perf_counter())
        self._share.use(STRAINED * used if self._strained() else used)
        self._on_spent(used)

    def _schedule(self) -> None:
        if not self._timer:
            self._timer = asyncio.get_running_loop().call_later(PAUSE_S if self._live() else 0, self._turn)

    def _turn(self) -> None:
        self._timer, stop = None, perf_counter() + TURN_S
        while self._waiting and self._may_begin() and perf_counter() < stop:
            owner = next(iter(self._waiting))
            self._time(self._waiting.pop(owner))
        if self._waiting:
            self._schedule()
