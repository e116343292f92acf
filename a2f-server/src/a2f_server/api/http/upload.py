"""Reads uploads: a multipart field or the raw body, within limits of size, memory and time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, closing

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from a2f_server.api.byte_budget import ByteShare
from a2f_server.api.service import Service
from a2f_server.errors import BadAudio, BadMessage, Busy, TooLarge


@asynccontextmanager
async def upload(service: Service, request: Request, field: str, limit: int) -> AsyncIterator[bytes]:
    """Reads an upload and holds its share of the memory budget for the length of the block.

    Raises TooLarge past `limit` bytes, BadMessage if the field is missing or the body malformed, and Busy if the budget
    is used up or the server begins to shut down.
    """
    with closing(service.uploads.share()) as share:
        reading = asyncio.create_task(_read(request, field, limit, share))
        draining = asyncio.create_task(service.engine.slots.drain_started.wait())
        try:
            await asyncio.wait({reading, draining}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                raise Busy.shutting_down()
            data = reading.result()
        finally:
            reading.cancel()
            draining.cancel()
        yield data


async def _read(request: Request, field: str, limit: int, share: ByteShare) -> bytes:
    try:
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            return await _field(request, field, limit, share)
        return b"".join([part async for part in _limited(request, limit, share)])
    except ClientDisconnect:
        raise BadAudio("the upload broke off") from None


async def _field(request: Request, field: str, limit: int, share: ByteShare) -> bytes:
    try:
        parts = _limited(request, limit, share)
        form = await MultiPartParser(request.headers, parts, max_files=1, max_fields=20).parse()
    except (MultiPartException, LookupError, ValueError) as error:  # an unknown charset, a name that it cannot decode
        raise BadMessage(f"the multipart body cannot be read: {error}") from None
    try:
        file = form.get(field)
        if not isinstance(file, UploadFile):
            raise BadMessage(f"the multipart body has no file field named {field!r}")
        return await file.read()
    finally:
        await form.close()


async def _limited(request: Request, limit: int, share: ByteShare) -> AsyncGenerator[bytes, None]:
    async for part in request.stream():
        if share.size + len(part) > limit:
            raise TooLarge(f"the upload is larger than the {limit} bytes that this server takes")
        share.add(len(part))
        yield part
