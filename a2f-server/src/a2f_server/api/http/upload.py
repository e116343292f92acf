"""An uploaded audio file: a multipart field or the raw body, refused as soon as it is too large."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from a2f_server.errors import BadAudio, BadMessage, TooLarge


async def read_upload(request: Request, field: str, limit: int) -> bytes:
    """The file's bytes. Raises TooLarge beyond `limit` bytes, BadMessage where the field is missing."""
    try:
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            return await _field(request, field, limit)
        return b"".join([part async for part in _limited(request, limit)])
    except ClientDisconnect:
        raise BadAudio("the upload broke off") from None


async def _field(request: Request, field: str, limit: int) -> bytes:
    try:
        form = await MultiPartParser(request.headers, _limited(request, limit), max_files=1, max_fields=20).parse()
    except (MultiPartException, KeyError) as error:
        raise BadMessage(f"the multipart body cannot be read: {error}") from None
    try:
        file = form.get(field)
        if not isinstance(file, UploadFile):
            raise BadMessage(f"the multipart body has no file field named {field!r}")
        return await file.read()
    finally:
        await form.close()


async def _limited(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge(f"the upload is larger than the {limit} bytes that this server takes")
        yield part
