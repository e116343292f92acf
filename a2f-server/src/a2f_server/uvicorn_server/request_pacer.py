"""Spreads a burst of requests over turns of the event loop, so that live streams get theirs between them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Container

from starlette.types import ASGIApp, Receive, Scope, Send

MOST = 2
"""Requests and handshakes that begin in one turn of the event loop: about a millisecond of work. A live frame needs
several turns."""


class RequestPacer:
    """The application, begun for a few requests at a time, in the order in which they came."""

    def __init__(self, app: ASGIApp, probes: Container[str] = ()) -> None:
        """`probes`: paths of health checks, which do not wait."""
        self._app, self._probes = app, probes
        self._begun = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope["path"] not in self._probes:
            await self._turn()
        await self._app(scope, receive, send)

    async def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        if not self._begun:
            loop.call_soon(self._next_turn)
        if self._begun < MOST:
            self._begun += 1
            return
        future: asyncio.Future[None] = loop.create_future()
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
            asyncio.get_running_loop().call_soon(self._next_turn)
