"""A small service with OpenAI's text-to-speech API, on a free port in threads of the test process."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

VOICES = ["alloy", "nova"]
RATE = 24000
LETTER_S = 0.05


class Asked(NamedTuple):
    """The fields of a request."""

    path: str
    headers: Message
    body: Mapping[str, Any] = MappingProxyType({})


class Request(BaseHTTPRequestHandler):
    """One request, and how to answer it."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        self.body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.service.asked.append(Asked(self.path, self.headers, self.body))
        self.server.service.answer(self)

    def do_GET(self) -> None:
        self.server.service.asked.append(Asked(self.path, self.headers))
        self.server.service.list_voices(self)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing."""

    def begin(self, status: int = 200, kind: str = "audio/pcm", **headers: str) -> None:
        """Sends the head of an answer whose body comes in chunks."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in {"Transfer-Encoding": "chunked", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        if self.close_connection:  # a client that is not told may send its next request into the closing
            self.send_header("Connection", "close")
        self.end_headers()

    def chunk(self, data: bytes) -> None:
        """Sends a chunk; an empty one ends the body."""
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def all(self, data: bytes, status: int = 200, kind: str = "audio/pcm", **headers: str) -> None:
        """Sends a whole answer."""
        self.begin(status, kind, **headers)
        if data:
            self.chunk(data)
        self.chunk(b"")

    def json(self, status: int, content: Any) -> None:
        self.all(json.dumps(content).encode(), status, "application/json")


def sound(text: str) -> bytes:
    """Returns the audio of a text: a tone for each letter."""
    time = np.arange(int(len(text) * LETTER_S * RATE)) / RATE
    return np.rint(9000 * np.sin(2 * np.pi * 220 * time)).astype("<i2").tobytes()


def speaks(request: Request) -> None:
    """Answers as the real services do: audio in chunks that do not end at samples, or an error for unknown voices."""
    if request.body["voice"] not in VOICES:
        return request.json(400, {"error": {"message": f"Input should be a known voice: {', '.join(VOICES)}"}})
    pcm = sound(request.body["input"])
    request.begin()
    for at in range(0, len(pcm), 4097):
        request.chunk(pcm[at : at + 4097])
    request.chunk(b"")


def lists(request: Request) -> None:
    request.json(200, {"voices": VOICES})


@dataclass
class SpeechServiceStandIn:
    """Holds its answers, and the requests that it got."""

    answer: Callable[[Request], None] = speaks
    list_voices: Callable[[Request], None] = lists
    asked: list[Asked] = field(default_factory=list)
    url: str = ""


class _Server(ThreadingHTTPServer):
    service: SpeechServiceStandIn
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores clients that hang up."""


@contextmanager
def run_speech_service() -> Iterator[SpeechServiceStandIn]:
    """Runs the service."""
    with _Server(("127.0.0.1", 0), Request) as server:
        service = server.service = SpeechServiceStandIn(url=f"http://127.0.0.1:{server.server_port}/v1")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
