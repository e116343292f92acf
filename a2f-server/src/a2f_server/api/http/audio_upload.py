"""Reads audio from a request: a file, samples whose format the media type names, or base64 in JSON."""

from __future__ import annotations

import asyncio
import binascii
import json
import struct
from email.message import Message

from starlette.requests import Request

from a2f_server.api.byte_budget import Upload
from a2f_server.api.http.upload import read_form
from a2f_server.api.service import Service
from a2f_server.errors import BadMessage, UnsupportedAudio

MOST_JSON_BYTES = 4 << 20
"""Maximum bytes of a JSON body with audio. Larger ones would block the interpreter for many milliseconds."""
UNKNOWN = 0xFFFFFFFF
_AU = {"audio/l16": 3, "audio/pcmu": 1, "audio/basic": 1, "audio/pcma": 27}
"""Codes of the AU format, whose samples are big-endian like those of RFC 3551."""


async def read_audio(service: Service, request: Request, field: str = "audio") -> Upload:
    """Reads the audio; the caller closes it. A multipart body has it in `field` or in `file`.

    Raises what `read_upload` raises, UnsupportedAudio for rates and channels that are out of range, and BadMessage
    for JSON without base64 in `audio`.
    """
    limit = service.settings.max_file_bytes
    media_type, parameters = _content_type(request)
    if media_type != "application/json":
        return (await read_form(service, request, field, limit, header=_header(media_type, parameters))).file
    body = (await read_form(service, request, field, min(limit, MOST_JSON_BYTES))).file
    try:
        body.data = await asyncio.to_thread(_from_json, bytes(body.data))
    except BaseException:
        body.close()
        raise
    return body


def _content_type(request: Request) -> tuple[str, dict[str, str]]:
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    parameters = {name.lower(): value for name, value in message.get_params(failobj=[])[1:]}
    return message.get_content_type(), parameters


def _header(media_type: str, parameters: dict[str, str]) -> bytes:
    """Returns the header that turns raw samples into a file; empty for files.

    `audio/L16` is big-endian (RFC 2586), but little-endian with `codec=pcm`, as Gemini sends it. `audio/pcm` is
    little-endian, as OpenAI and Azure send it.
    """
    little = media_type == "audio/pcm" or (media_type == "audio/l16" and parameters.get("codec") == "pcm")
    if not little and media_type not in _AU:
        return b""
    default = 24_000 if little else 8_000
    rate, channels = _number(parameters, "rate", default), _number(parameters, "channels", 1)
    if rate not in range(8000, 192_001) or channels not in (1, 2):
        raise UnsupportedAudio(f"{rate} Hz with {channels} channels is not supported; send 8-192 kHz, mono or stereo")
    if not little:
        return struct.pack(">4sIIIII", b".snd", 24, UNKNOWN, _AU[media_type], rate, channels)
    form = struct.pack("<HHIIHH", 1, channels, rate, 2 * channels * rate, 2 * channels, 16)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", UNKNOWN, b"WAVE", b"fmt ", 16) + form + struct.pack("<4sI", b"data", UNKNOWN)
    )


def _number(parameters: dict[str, str], name: str, default: int) -> int:
    value = parameters.get(name, str(default))
    if not value.isdecimal() or len(value) > 6:
        raise UnsupportedAudio(f"the content type's {name} is {value[:20]!r}; give a number")
    return int(value)


def _from_json(body: bytes) -> bytes:
    try:
        audio = json.loads(body)["audio"]
        return binascii.a2b_base64(audio.removeprefix("data:").partition("base64,")[2] or audio, strict_mode=True)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadMessage('a JSON body is {"audio": "<the file as base64>"}; options go in the query') from None
