"""Messages of the synthesis protocol: headers, an empty line, a body, lines ended by CRLF."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

TICKS = 10_000_000
"""Of 100 ns, which every offset and duration is counted in, per second."""


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text message: `headers` under lower-case names, and the `body`."""

    headers: dict[str, str]
    body: str

    @property
    def path(self) -> str:
        """What the message is about, such as `ssml`."""
        return self.headers.get("path", "").lower()

    @property
    def request_id(self) -> str:
        """The turn that it belongs to."""
        return self.headers.get("x-requestid", "")

    def json(self) -> dict[str, Any]:
        """The body as an object, empty where it is none."""
        try:
            body = json.loads(self.body)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}


def parse(text: str) -> TextMessage:
    """Reads a text message, whatever it holds."""
    head, _, body = text.partition("\r\n\r\n")
    lines = (line.partition(":") for line in head.split("\r\n"))
    return TextMessage({name.strip().lower(): value.strip() for name, _, value in lines}, body)


def text(path: str, request_id: str, body: dict[str, Any]) -> str:
    """A text message of the service."""
    head = f"X-RequestId:{request_id}\r\nContent-Type:application/json; charset=utf-8\r\nPath:{path}"
    return f"{head}\r\n\r\n{json.dumps(body, separators=(',', ':'))}"


def metadata(request_id: str, *items: dict[str, Any]) -> str:
    """Visemes, words or the end, each as `item` makes it."""
    return text("audio.metadata", request_id, {"Metadata": items})


def item(type: str, seconds: float, **data: Any) -> dict[str, Any]:
    """An event at `seconds` of the utterance."""
    return {"Type": type, "Data": {"Offset": round(seconds * TICKS), **data}}


def audio(request_id: str, stream: str, sound: bytes) -> bytes:
    """A binary message: length of the headers (uint16, big-endian), headers, sound; no sound ends the stream."""
    kind = "Content-Type:audio/x-wav\r\n" if sound else ""
    head = f"X-RequestId:{request_id}\r\n{kind}X-StreamId:{stream}\r\nPath:audio\r\n".encode()
    return len(head).to_bytes(2) + head + sound


def stream_id() -> str:
    """A name for the sound of one turn."""
    return uuid4().hex.upper()
