"""The forms of an answer over HTTP that `Accept` chooses from, events as lines, and callers that go away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import TypeVar

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse
from starlette.types import Message, Send

from a2f_server.api.ws.turn import encode_json
from a2f_server.errors import BadMessage

NDJSON, SSE, CSV, JSON = "application/x-ndjson", "text/event-stream", "text/csv", "application/json"

Event = tuple[str, dict[str, object]]
"""A kind and its fields."""


def accepted(accept: str, forms: Sequence[str]) -> str:
    """The first of `forms` that the header names; JSON where anything will do. Raises BadMessage."""
    for part in accept.split(","):
        form = part.partition(";")[0].strip().lower()
        if form in forms:
            return form
        if form in ("", "*/*", "application/*"):
            return JSON
    raise BadMessage(f"Accept names nothing that is written here; ask for {', '.join(forms)}")


def _ndjson(kind: str, event: dict[str, object]) -> str:
    return encode_json({"type": kind, **event}) + "\n"


def _sse(kind: str, event: dict[str, object]) -> str:
    return f"event: {kind}\ndata: {encode_json(event)}\n\n"


log = structlog.get_logger(__name__)
T = TypeVar("T")
LOOK_S = 0.25
"""How often it is looked whether the caller is still there."""


class Streamed(StreamingResponse):
    """Lines as they come. A caller that reads nothing for `patience` seconds is left."""

    def __init__(self, lines: AsyncIterator[str], media_type: str, patience: float) -> None:
        super().__init__(lines, media_type=media_type)
        self._patience = patience

    async def stream_response(self, send: Send) -> None:
        """See Starlette."""

        async def in_time(message: Message) -> None:
            async with asyncio.timeout(self._patience):
                await send(message)

        try:
            await super().stream_response(in_time)
        except TimeoutError:
            log.info("a caller read nothing", seconds=self._patience)


async def unless_gone(request: Request, work: Coroutine[None, None, T]) -> T:
    """What the work gives. It is cancelled when the caller hangs up, whose body was read before; ClientDisconnect."""
    task = asyncio.create_task(work)
    try:
        while not (await asyncio.wait([task], timeout=LOOK_S))[0]:
            if await request.is_disconnected():
                raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()


LINES: dict[str, Callable[[str, dict[str, object]], str]] = {NDJSON: _ndjson, SSE: _sse}
"""The forms that are sent while they are computed."""
