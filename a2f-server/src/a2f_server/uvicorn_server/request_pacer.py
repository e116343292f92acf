"""Spreads a burst of requests over turns of the event loop, so that live streams get theirs between them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Container

from starlette.types import ASGIApp, Receive, Scope, Send

MOST = 2
"""Requests and handshakes that begin in one turn of the event loop: about a millisecond of work. A live frame needs
several turns."""
BESIDE_LIVE_S = 0.004
"""Seconds between two such turns while utterances are open."""


class RequestPacer:
    """The application, begun for a few requests at a time, in the order in which they came."""

    def __init__(self, app: ASGIApp, probes: Container[str] = (), live: Callable[[], bool] = lambda: False) -> None:
        """`probes`: paths of health checks, which do not wait. `live`: returns whether utterances are open."""
        self._app, self._probes, self._live = app, probes, live
        self._begun = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope["path"] not in self._probes:
            await self._turn()
        await self._app(scope, receive, send)

    async def _turn(self) -> None:
        if not self._begun:
            self._schedule()
        if self._begun < MOST:
            self._begun += 1
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    def _next_turn(self) -> None:
        self._begun = 0
        while self._waiting and self._begun < MOST:
            future = self._waiting.popleft()
            if not future.done():  # the request may have been cancelled
                future.set_result(None)
                self._begun += 1
        if self._begun:
            self._schedule()

    def _schedule(self) -> None:
        asyncio.get_running_loop().call_later(BESIDE_LIVE_S if self._live() else 0, self._next_turn)
