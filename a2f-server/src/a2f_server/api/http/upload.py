"""Reads uploads: a multipart field or the raw body, within limits of size, memory and time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from a2f_server.api.byte_budget import Upload
from a2f_server.api.messages import MOST_TEXT_BYTES
from a2f_server.api.service import Service
from a2f_server.engine.slots import SlotPool
from a2f_server.errors import BadAudio, BadMessage, Busy

CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1")
"""Encodings of the texts in a multipart body."""
OnData = Callable[[bytes], None]
"""Receives every piece of a body before it is parsed. An exception ends the upload."""


@dataclass
class Form:
    """A file, with the text fields and other files of its multipart body.

    The memory of all files is counted until `file` is closed.
    """

    file: Upload
    texts: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, bytes] = field(default_factory=dict)


async def read_upload(service: Service, request: Request, field: str, limit: int) -> Upload:
    """Reads an upload, which the caller closes.

    Raises TooLarge past `limit` bytes, BadMessage if the field is missing or the body malformed, and Busy if the budget
    is used up or the server begins to shut down.
    """
    return (await read_form(service, request, field, limit)).file


async def read_form(
    service: Service,
    request: Request,
    field: str,
    limit: int,
    *,
    header: bytes = b"",
    others: Sequence[str] = (),
    raw: bool = True,
    on_data: OnData | None = None,
) -> Form:
    """Reads an upload with its text fields and the files named in `others`; the caller closes the file.

    `limit` holds for all files together. `raw`: the body may be the file itself; `header` goes before it. Raises what
    `read_upload` raises.
    """
    if not (raw or _is_multipart(request)):
        raise BadMessage(f"send multipart/form-data with {', '.join([field, *others])}")
    form = Form((service.texts if limit <= MOST_TEXT_BYTES else service.uploads).upload(limit))
    try:
        form.file.add(header)
        await _unless_draining(_read(request, field, others, form, on_data), service.engine.slots)
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


async def _read(request: Request, field: str, others: Sequence[str], form: Form, on_data: OnData | None) -> None:
    try:
        if _is_multipart(request):
            await _read_multipart(request, field, others, form, on_data)
        else:
            async for part in request.stream():
                form.file.add(part)
    except ClientDisconnect:
        raise BadAudio("the upload broke off") from None


def _is_multipart(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/form-data")


async def _read_multipart(
    request: Request, field: str, others: Sequence[str], form: Form, on_data: OnData | None
) -> None:
    _check_charset(request)
    stream, most = _counted(request, form.file, on_data), 1 + len(others)
    try:
        parts = await MultiPartParser(request.headers, stream, max_files=most, max_fields=20).parse()
    except (MultiPartException, LookupError, ValueError) as error:  # such as a name that cannot be decoded
        raise BadMessage(f"the multipart body cannot be read: {error}") from None
    try:
        form.others = {name: await _file(parts, name) for name in others}
        form.file.data = await _file(parts, field, *([] if others else ["file"]))
        form.texts = {name: value for name, value in parts.items() if isinstance(value, str)}
    finally:
        await parts.close()


def _check_charset(request: Request) -> None:
    """Refuses the other encodings that Python knows: some take minutes, or decode to what is no text."""
    charset = parse_options_header(request.headers["content-type"])[1].get(b"charset", b"utf-8")
    if charset.decode("latin-1").strip().lower() not in CHARSETS:
        raise BadMessage("the multipart body must be UTF-8; leave out the charset")


async def _file(parts: FormData, name: str, *synonyms: str) -> bytes:
    file = next((parts[each] for each in (name, *synonyms) if each in parts), None)
    if not isinstance(file, UploadFile):
        raise BadMessage(f"the multipart body has no file field named {name!r}")
    return await file.read()


async def _counted(request: Request, upload: Upload, on_data: OnData | None) -> AsyncGenerator[bytes, None]:
    async for part in request.stream():
        upload.count(len(part))
        if on_data:
            on_data(part)
        yield part
