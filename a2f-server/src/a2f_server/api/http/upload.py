"""Reads uploads: a multipart field or the raw body, within limits of size, memory and time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Mapping
from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from a2f_server.api.byte_budget import Upload
from a2f_server.api.messages import MOST_TEXT_BYTES
from a2f_server.api.service import Service
from a2f_server.engine.slots import SlotPool
from a2f_server.errors import BadAudio, BadMessage, Busy


@dataclass
class Form:
    """A file, and the texts that came with it in a multipart body."""

    file: Upload
    texts: Mapping[str, str] = field(default_factory=dict)


async def read_upload(service: Service, request: Request, field: str, limit: int) -> Upload:
    """Reads an upload, which the caller closes.

    Raises TooLarge past `limit` bytes, BadMessage if the field is missing or the body malformed, and Busy if the budget
    is used up or the server begins to shut down.
    """
    return (await read_form(service, request, field, limit)).file


async def read_form(service: Service, request: Request, field: str, limit: int, *, header: bytes = b"") -> Form:
    """Reads an upload and the texts beside it; the caller closes the file. `header` goes before a raw body.

    Raises what `read_upload` raises.
    """
    form = Form((service.texts if limit <= MOST_TEXT_BYTES else service.uploads).upload(limit))
    try:
        form.file.add(header)
        await _unless_draining(_read(request, field, form), service.engine.slots)
    except BaseException:
        form.file.close()
        raise
    return form


async def _unless_draining(work: Coroutine[None, None, None], slots: SlotPool) -> None:
    reading, draining = asyncio.create_task(work), asyncio.create_task(slots.drain_started.wait())
    try:
        await asyncio.wait({reading, draining}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            raise Busy.shutting_down()
        reading.result()
    finally:
        reading.cancel()
        draining.cancel()


async def _read(request: Request, field: str, form: Form) -> None:
    try:
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            await _read_multipart(request, field, form)
        else:
            async for part in request.stream():
                form.file.add(part)
    except ClientDisconnect:
        raise BadAudio("the upload broke off") from None


async def _read_multipart(request: Request, field: str, form: Form) -> None:
    stream = _counted(request, form.file)
    try:
        parts = await MultiPartParser(request.headers, stream, max_files=1, max_fields=20).parse()
    except (MultiPartException, LookupError, ValueError) as error:  # an unknown charset, a name that it cannot decode
        raise BadMessage(f"the multipart body cannot be read: {error}") from None
    try:
        file = parts.get(field) or parts.get("file")
        if not isinstance(file, UploadFile):
            raise BadMessage(f"the multipart body has no file field named {field!r}")
        form.texts = {name: value for name, value in parts.items() if isinstance(value, str)}
        form.file.data = await file.read()
    finally:
        await parts.close()


async def _counted(request: Request, upload: Upload) -> AsyncGenerator[bytes, None]:
    async for part in request.stream():
        upload.count(len(part))
        yield part
