"""Messages of the synthesis protocol: headers, an empty line and a body, with CRLF line ends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

TICKS = 10_000_000
"""Ticks per second: all offsets and durations are in units of 100 ns."""


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text message: `headers` by lower-case name, and the `body`."""

    headers: dict[str, str]
    body: str

    @property
    def path(self) -> str:
        """The kind of message, such as `ssml`."""
        return self.headers.get("path", "").lower()

    @property
    def request_id(self) -> str:
        """The id of its turn."""
        return self.headers.get("x-requestid", "")

    def json(self) -> dict[str, Any]:
        """Returns the body as an object, {} if it is not one."""
        try:
            body = json.loads(self.body)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}


def parse(text: str) -> TextMessage:
    """Parses a text message; never raises."""
    head, _, body = text.partition("\r\n\r\n")
    lines = (line.partition(":") for line in head.split("\r\n"))
    return TextMessage({name.strip().lower(): value.strip() for name, _, value in lines}, body)


def text(path: str, request_id: str, body: dict[str, Any]) -> str:
    """Returns a text message of the service."""
    head = f"X-RequestId:{request_id}\r\nContent-Type:application/json; charset=utf-8\r\nPath:{path}"
    return f"{head}\r\n\r\n{json.dumps(body, separators=(',', ':'))}"


def metadata(request_id: str, *items: dict[str, Any]) -> str:
    """Returns a message with metadata: visemes, words or the end, as made by `item`."""
    return text("audio.metadata", request_id, {"Metadata": items})


def item(type: str, seconds: float, **data: Any) -> dict[str, Any]:
    """Returns the metadata of an event at `seconds` of the utterance."""
    return {"Type": type, "Data": {"Offset": round(seconds * TICKS), **data}}


def audio(request_id: str, stream: str, pcm: bytes) -> bytes:
    """Returns a binary message: length of the headers (uint16, big-endian), headers, audio. No audio: end of stream."""
    kind = "Content-Type:audio/x-wav\r\n" if pcm else ""
    head = f"X-RequestId:{request_id}\r\n{kind}X-StreamId:{stream}\r\nPath:audio\r\n".encode()
    return len(head).to_bytes(2) + head + pcm


def stream_id() -> str:
    """Returns a new id for the audio of one turn."""
    return uuid4().hex.upper()
