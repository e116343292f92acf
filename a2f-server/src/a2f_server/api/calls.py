"""Keeps the open WebRTC calls."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from a2f_server.errors import A2FError, Busy, NotFound

if TYPE_CHECKING:
    from a2f_server.video.webrtc.call import VideoCall

log = structlog.get_logger(__name__)


class Calls:
    """Open calls by their unguessable ids."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._opening = 0
        self._calls: dict[str, VideoCall] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __iter__(self) -> Iterator[VideoCall]:
        return iter(list(self._calls.values()))

    def __len__(self) -> int:
        return len(self._calls)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Reserves room for a call that is being opened. Raises Busy."""
        if len(self._calls) + self._opening >= self._most:
            raise Busy(f"this server has {self._most} calls, its maximum; try again later", reason="full")
        self._opening += 1
        try:
            yield
        finally:
            self._opening -= 1

    def add(self, call: VideoCall, release: Callable[[], None]) -> str:
        """Serves a call that has been answered; returns its id. `release` is called after everything else is freed."""
        name = secrets.token_urlsafe(24)
        self._calls[name] = call
        task = asyncio.create_task(self._serve(name, call, release), name="a2f-call")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return name

    def end(self, name: str) -> None:
        """Ends a call. Raises NotFound."""
        call = self._calls.get(name)
        if call is None:
            raise NotFound("there is no such call, or it has ended")
        call.end()

    async def stop(self) -> None:
        """Ends all calls and waits until they are freed."""
        for call in self:
            call.end()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, name: str, call: VideoCall, release: Callable[[], None]) -> None:
        try:
            await call.run()
        finally:
            del self._calls[name]
            release()
            log.info("call ended", **_outcome(call.error))


def _outcome(error: A2FError | None) -> dict[str, str]:
    return {"code": error.code, "message": error.message} if error else {"code": "end"}
