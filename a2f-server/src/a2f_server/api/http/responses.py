"""Response formats that `Accept` chooses from, events as lines, and clients that disconnect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import closing
from typing import TypeVar

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from a2f_server.api.byte_budget import ByteBudget, ByteShare
from a2f_server.api.encoding import encode_json
from a2f_server.errors import BadMessage

log = structlog.get_logger(__name__)

NDJSON, SSE, CSV, JSON = "application/x-ndjson", "text/event-stream", "text/csv", "application/json"

POLL_S = 0.25
"""Seconds between checks that the client is still connected."""

Result = TypeVar("Result")


def negotiate(accept: str, formats: Sequence[str]) -> str:
    """Returns the first of `formats` that the header names; JSON if anything will do. Raises BadMessage."""
    for part in accept.split(","):
        media_type = part.partition(";")[0].strip().lower()
        if media_type in formats:
            return media_type
        if media_type in ("", "*/*", "application/*"):
            return JSON
    raise BadMessage(f"Accept names no format that this route has; ask for {', '.join(formats)}")


def _ndjson(kind: str, fields: dict[str, object]) -> str:
    return encode_json({"type": kind, **fields}) + "\n"


def _sse(kind: str, fields: dict[str, object]) -> str:
    return f"event: {kind}\ndata: {encode_json(fields)}\n\n"


EVENT_FORMATS: dict[str, Callable[[str, dict[str, object]], str]] = {NDJSON: _ndjson, SSE: _sse}
"""The formats that are sent while frames are computed."""


class EventStream(StreamingResponse):
    """Sends lines or pieces of a file as they come. A client that reads nothing for `timeout` seconds is dropped."""

    def __init__(
        self, lines: AsyncIterator[str | bytes], media_type: str, timeout: float, close: Callable[[], None]
    ) -> None:
        """`close` frees what the lines are made from. It is always called, even if no line was requested."""
        super().__init__(lines, media_type=media_type)
        self._timeout, self._close = timeout, close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends everything, then calls `close` and ends the generator of the lines: the client may have left."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._close()
            if isinstance(self.body_iterator, AsyncGenerator):
                await self.body_iterator.aclose()

    async def stream_response(self, send: Send) -> None:
        """Sends every part within the timeout."""

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(self._timeout):
                await send(message)

        try:
            await super().stream_response(send_in_time)
        except TimeoutError:
            log.info("dropped a client that does not read", seconds=self._timeout)


PIECE = 256 << 10
"""Bytes of a whole answer that are handed on at once; the next piece waits until the client has read."""


class WholeResponse(Response):
    """Sends a large body piece by piece, and holds its memory in the budget until the client has read it."""

    def __init__(
        self, body: str | bytes, media_type: str, answers: ByteBudget, headers: Mapping[str, str] | None = None
    ) -> None:
        """Raises Busy if there is no memory for the body."""
        super().__init__(body, media_type=media_type, headers=headers)
        self._memory = ByteShare(answers)
        self._memory.add(len(self.body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with closing(self._memory):
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            for at in range(0, len(self.body), PIECE):
                await send({"type": "http.response.body", "body": self.body[at : at + PIECE], "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def unless_disconnected(request: Request, work: Coroutine[None, None, Result]) -> Result:
    """Awaits the work. If the client disconnects, cancels it and raises ClientDisconnect. Read the body first."""
    task = asyncio.create_task(work)
    try:
        while not (await asyncio.wait([task], timeout=POLL_S))[0]:
            if await request.is_disconnected():
                raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()
