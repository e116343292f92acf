"""What a line says, as events on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from a2f_server.errors import TtsFailed
from a2f_server.tts.azure.animation import Animations
from a2f_server.tts.azure.heard import Done, Face, Heard
from a2f_server.tts.azure.lanes import Lanes
from a2f_server.tts.azure.line import Line
from a2f_server.tts.azure.place import Place
from a2f_server.tts.azure.refusals import Failed, Refused, explain
from a2f_server.tts.contract import VISEMES, Event, Viseme

SAMPLE_RATE = 24000
WATCHDOG_S = 10.0
"""Seconds of nothing after which an utterance counts as hung; the SDK itself waits for 80."""
_LATE_S = 0.03
"""Seconds that events get which were under way when it failed."""


class Utterance:
    """One use of a line."""

    def __init__(self, line: Line, place: Place) -> None:
        self._line, self._place = line, place
        self._reused = line.used
        self._queue: asyncio.Queue[Heard] = asyncio.Queue()
        self._lanes = Lanes(SAMPLE_RATE)
        self._animations = Animations()

    async def events(self, ssml: str) -> AsyncGenerator[Event, None]:
        """Everything that is said. Raises Refused, after the events so far."""
        loop = self._loop = asyncio.get_running_loop()
        self._line.start(ssml, self._sink)
        while not isinstance(heard := await self._next(), Done):
            if isinstance(heard, Failed):
                break
            for event in self._ordered(heard):
                yield event
        if isinstance(heard, Failed):
            await asyncio.sleep(_LATE_S)
        while not self._queue.empty():
            for event in self._ordered(self._queue.get_nowait()):
                yield event
        for event in self._lanes.due(loop.time() + WATCHDOG_S):
            yield event
        if isinstance(heard, Failed):
            raise explain(heard, self._place, self._reused)

    def _sink(self, heard: Heard) -> None:
        with suppress(RuntimeError):  # the loop is closed, and nobody listens any more
            self._loop.call_soon_threadsafe(self._queue.put_nowait, heard)

    async def _next(self) -> Heard | None:
        """The next that is heard, or None where sound has waited long enough."""
        patience = self._lanes.patience(self._loop.time())
        try:
            async with asyncio.timeout(WATCHDOG_S if patience is None else patience):
                return await self._queue.get()
        except TimeoutError:
            if patience is None:
                nothing = f"Azure ({self._place.name}) said nothing for {WATCHDOG_S:.0f} s"
                raise Refused(TtsFailed(f"{nothing}: check {self._place.variables} and the network")) from None
            return None

    def _ordered(self, heard: Heard | None) -> list[Event]:
        now = self._loop.time()
        match heard:
            case None | Done() | Failed():
                return self._lanes.due(now)
            case Face(text):
                animation = self._animations.feed(text)
                return [animation] if animation else []
            case Viseme(id=number) if number not in VISEMES:
                return []
        return self._lanes.put(heard, now)
