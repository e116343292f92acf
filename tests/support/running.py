"""Runs the real server on a free port, in a thread of the test process, with real connections."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
from websockets.sync.client import ClientConnection, connect

from a2f_server.api.app import create_app
from a2f_server.api.service import Service
from a2f_server.api.ws.binary_messages import decode_frames
from a2f_server.backends.contract import Backend
from a2f_server.settings import Settings
from a2f_server.tts.contract import Voice
from a2f_server.uvicorn_server.server import Server, make_server

PATIENCE = 20.0
"""Seconds after which a waiting test fails."""


@dataclass
class Running:
    """A running server."""

    port: int
    server: Server
    service: Service
    thread: threading.Thread
    loop: asyncio.AbstractEventLoop

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def http(self, **options: Any) -> httpx.Client:
        """Returns a client without certificates, because loading them takes longer than most requests."""
        return httpx.Client(base_url=self.url, timeout=PATIENCE, verify=False, **options)

    @contextmanager
    def talk(self, path: str = "/ws", **options: Any) -> Iterator[Talk]:
        options.setdefault("subprotocols", ["a2f.v1"])
        with connect(
            f"ws://127.0.0.1:{self.port}{path}",
            compression=None,
            open_timeout=PATIENCE,
            close_timeout=2,
            max_size=None,
            ping_interval=None,
            **options,
        ) as socket:
            yield Talk(socket)

    def stop(self) -> None:
        """Stops the server like a signal."""
        self.server.should_exit = True


@contextmanager
def run_server(backend: Backend | None = None, voice: Voice | None = None, **settings: Any) -> Iterator[Running]:
    """Runs a server with these settings; `backend` and `voice` override those of the settings."""
    chosen = Settings(**{"port": 0, "backend": "mock", "tts": "none", "drain_s": 0.2, **settings})
    app = create_app(chosen, backend=backend, voice=voice)
    server = make_server(app, chosen)
    up = threading.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    def started() -> None:
        loops.append(asyncio.get_running_loop())
        up.set()

    server.on_started = started
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert up.wait(PATIENCE), "the server did not start"
    running = Running(server.port, server, app.state.service, thread, loops[0])
    try:
        yield running
    finally:
        running.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive(), "the server did not stop"


class Talk:
    """A connection to `WS /ws`, from the client's side."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def say(self, type: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": type, **fields}))

    def start(self, **fields: Any) -> None:
        fields.setdefault("audio", {"encoding": "pcm_s16le", "sample_rate": 16000, "channels": 1})
        self.say("start", **fields)

    def send(self, data: bytes) -> None:
        self.socket.send(data)

    def hear(self) -> dict[str, Any] | bytes:
        """Returns the next message: JSON parsed, binary as bytes."""
        message = self.socket.recv(PATIENCE)
        return message if isinstance(message, bytes) else json.loads(message)

    def expect(self, type: str) -> dict[str, Any]:
        """Returns the next JSON message, which must have this type; skips frames before it."""
        while isinstance(message := self.hear(), bytes) or message["type"] == "frames" != type:
            pass
        assert message["type"] == type, message
        return message

    def error(self, code: str) -> dict[str, Any]:
        message = self.expect("error")
        assert message["code"] == code, message
        assert message["message"], "an error needs a message"
        return message

    def frames(self) -> np.ndarray:
        """Returns all frames until the end of the utterance, `[n, 52]` u16; checks that they are consecutive."""
        parts: list[np.ndarray] = [np.zeros((0, 52), np.uint16)]
        while isinstance(message := self.hear(), bytes):
            _, _, frames = decode_frames(message)
            assert frames.first == sum(map(len, parts)), "a gap"
            parts.append(frames.values)
        assert message["type"] == "end", message
        values = np.concatenate(parts)
        assert message["frames"] == len(values)
        return values

    def animate(self, sound: bytes, step: int = 1 << 18, **fields: Any) -> np.ndarray:
        """Sends an utterance and returns its frames."""
        self.start(**fields)
        for i in range(0, len(sound), step):
            self.send(sound[i : i + step])
        self.say("end")
        self.expect("started")
        return self.frames()

    def closed(self) -> int:
        """Reads until the server closes; returns the close code."""
        try:
            while True:
                self.socket.recv(PATIENCE)
        except Exception:
            assert self.socket.close_code is not None
            return self.socket.close_code


def occupy(talk: Talk, audio: bytes = bytes(2)) -> None:
    """Takes a slot: begins an utterance with this audio. Returns once the server has it."""
    talk.start()
    talk.expect("started")
    talk.send(audio)
    talk.say("ping")
    talk.expect("pong")


def pcm(wav: bytes) -> bytes:
    """Returns the samples of the test voice file (its header is 44 bytes)."""
    return wav[44:]
