"""Abuse of HTTP."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import soundfile
from attacker import Attacker, head


def flac(seconds: int, rate: int) -> bytes:
    """Returns silence as a FLAC: ten minutes take 60 kB."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", rate, 1, "PCM_16", format="FLAC") as out:
        for _ in range(seconds // 10):
            out.write(np.zeros(rate * 10, np.int16))
    return file.getvalue()


def decode_bombs(attacker: Attacker) -> None:
    """Has small files decoded that hold ten minutes at 192 kHz, four at a time."""
    bomb = flac(590, 192_000)
    attacker.together(4, lambda: attacker.repeat(lambda: attacker.post("/v1/animate", bomb, "Accept: text/csv\r\n")))


def endless_headers(attacker: Attacker) -> None:
    """Sends headers without an end: one long line, and many short ones."""

    def send(data: bytes) -> None:
        client = attacker.connect(b"GET /health HTTP/1.1\r\nX: ")
        for _ in range(100):
            client.sendall(data)

    attacker.together(2, lambda: attacker.repeat(lambda: (send(b"a" * (1 << 20)), send(b"a:b\r\n" * 200_000))))


def half_requests(attacker: Attacker) -> None:
    """Leaves 300 requests unfinished."""
    attacker.repeat(lambda: [attacker.connect(b"GET /health HTTP/1.1\r\nX:") for _ in range(300)], 10)


def idle_connections(attacker: Attacker) -> None:
    """Opens 400 connections and sends nothing."""
    attacker.repeat(lambda: [attacker.connect() for _ in range(400)], 10)


def stalled_uploads(attacker: Attacker) -> None:
    """Begins 500 uploads and sends four bytes of each."""
    data = head("POST", "/v1/animate", 1_000_000) + b"RIFF"
    attacker.repeat(lambda: [attacker.connect(data) for _ in range(500)], 10)


def unread_answers(attacker: Attacker) -> None:
    """Asks for large answers, animations and files, and reads none."""
    sound = flac(60, 8_000)
    asked = [
        *(head("POST", "/v1/animate", len(sound), f"Accept: {kind}\r\n") + sound for kind in ("text/csv", "*/*")),
        *(head("GET", "/vendor/swagger/swagger-ui-bundle.js", 0) for _ in range(10)),
    ]

    def ask() -> None:
        for request in asked:
            attacker.connect(request, receive_buffer=4096)

    attacker.repeat(ask, 5)


def trickling_readers(attacker: Attacker) -> None:
    """Reads large answers one byte a second."""
    request = head("GET", "/vendor/swagger/swagger-ui-bundle.js", 0)
    clients = [attacker.connect(request, receive_buffer=4096) for _ in range(200)]
    while not attacker.stop.wait(1):
        for client in clients:
            with contextlib.suppress(OSError):
                client.recv(1)


def many_requests(attacker: Attacker) -> None:
    """Requests small pages as fast as it can; with a log that nobody reads, this once stopped the server."""
    attacker.together(2, lambda: attacker.repeat(lambda: attacker.post("/nowhere", b"")))
