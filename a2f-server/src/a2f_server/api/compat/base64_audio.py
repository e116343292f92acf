"""Audio files that were sent as base64 text."""

from __future__ import annotations

import base64
import binascii

from a2f_server.api.byte_budget import Upload
from a2f_server.api.service import Service
from a2f_server.engine.slots import Slot

_BLANKS = b" \t\r\n"


async def decode_base64(service: Service, upload: Upload, slot: Slot) -> None:
    """Decodes an upload that is base64 text, with or without line breaks and padding; leaves other bytes alone."""
    if upload.data and not upload.data.startswith(b"RIFF"):
        upload.data = await service.decoding.run(lambda: decoded(upload.data), slot, upload)


def decoded(data: bytes | bytearray) -> bytes | bytearray:
    """Decodes base64 text. Returns other data as it is: audio files have bytes that never occur in base64."""
    text = data.translate(None, _BLANKS)
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True) or data
    except binascii.Error:
        return data
