"""Runs one utterance on a synthesizer and yields its events on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from a2f_server.errors import TtsFailed
from a2f_server.tts.attempts import AttemptFailed
from a2f_server.tts.azure.animation import AnimationReader
from a2f_server.tts.azure.endpoint import Endpoint
from a2f_server.tts.azure.errors import Failed, explain
from a2f_server.tts.azure.event_order import EventOrder
from a2f_server.tts.azure.sdk_events import AnimationText, Completed, SdkEvent
from a2f_server.tts.azure.synthesizer import Synthesizer
from a2f_server.tts.contract import VISEMES, SpeechEvent, VisemeEvent

SAMPLE_RATE = 24000
WATCHDOG_S = 10.0
"""Seconds without an event after which an utterance counts as hung; the SDK's own limit is 80."""
_LATE_S = 0.03
"""Seconds to wait, after a failure, for events still in progress on the SDK's threads."""


class Synthesis:
    """One utterance on a synthesizer."""

    def __init__(self, synthesizer: Synthesizer, endpoint: Endpoint) -> None:
        self._synthesizer, self._endpoint = synthesizer, endpoint
        self._reused = synthesizer.used
        self._queue: asyncio.Queue[SdkEvent] = asyncio.Queue()
        self._order = EventOrder(SAMPLE_RATE)
        self._animations = AnimationReader()

    async def events(self, ssml: str) -> AsyncGenerator[SpeechEvent, None]:
        """Yields the utterance's events. On a failure, raises AttemptFailed after the events received so far."""
        loop = self._loop = asyncio.get_running_loop()
        self._synthesizer.start(ssml, self._sink)
        while not isinstance(received := await self._next(), Completed):
            if isinstance(received, Failed):
                break
            for event in self._ordered(received):
                yield event
        if isinstance(received, Failed):
            await asyncio.sleep(_LATE_S)
        while not self._queue.empty():
            for event in self._ordered(self._queue.get_nowait()):
                yield event
        for event in self._order.due(loop.time() + WATCHDOG_S):
            yield event
        if isinstance(received, Failed):
            raise explain(received, self._endpoint, self._reused)

    def _sink(self, event: SdkEvent) -> None:
        with suppress(RuntimeError):  # the loop is closed already
            self._loop.call_soon_threadsafe(self._queue.put_nowait, event)

    async def _next(self) -> SdkEvent | None:
        """Returns the next event, or None when held audio becomes due."""
        patience = self._order.patience(self._loop.time())
        try:
            async with asyncio.timeout(WATCHDOG_S if patience is None else patience):
                return await self._queue.get()
        except TimeoutError:
            if patience is None:
                nothing = f"Azure ({self._endpoint.name}) sent nothing for {WATCHDOG_S:.0f} s"
                raise AttemptFailed(TtsFailed(f"{nothing}: check {self._endpoint.variables} and the network")) from None
            return None

    def _ordered(self, event: SdkEvent | None) -> list[SpeechEvent]:
        now = self._loop.time()
        match event:
            case None | Completed() | Failed():
                return self._order.due(now)
            case AnimationText(text):
                animation = self._animations.feed(text)
                return [animation] if animation else []
            case VisemeEvent(id=number) if number not in VISEMES:
                return []
        return self._order.put(event, now)
