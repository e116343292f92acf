"""A load generator: many WebSocket clients on one event loop, with minimal work per message.

It implements RFC 6455 directly, because a full client library would cost more than the server that is measured. Client
frames are masked with the key 0, which leaves the payload unchanged.
"""

from __future__ import annotations

import asyncio
import json
import struct
import time
from typing import Any, cast

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
TEXT, BINARY, PING, PONG = 1, 2, 9, 10


def frame(opcode: int, payload: bytes) -> bytes:
    """Encodes a final client frame."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
    return head + b"\0\0\0\0" + payload


class LoadClient(asyncio.Protocol):
    """One connection. `frames` holds (arrival, first, count) of every frames message, `messages` all JSON messages."""

    path = "/ws"

    def __init__(self) -> None:
        self.frames: list[tuple[float, int, int]] = []
        self.messages: list[tuple[float, dict[str, Any]]] = []
        self.bytes_in = 0
        self.opened = asyncio.Event()
        self.ready = asyncio.Event()
        self.ended = asyncio.Event()
        self.lost = False
        self._buffer = bytearray()
        self._open = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Requests the upgrade."""
        self._transport = cast(asyncio.Transport, transport)
        host, port = transport.get_extra_info("peername")[:2]
        transport.write(HANDSHAKE.format(path=self.path, host=host, port=port).encode())

    def connection_lost(self, exc: Exception | None) -> None:
        """Wakes everything that waits for this connection."""
        self.lost = True
        self.ready.set()
        self.ended.set()

    def data_received(self, data: bytes) -> None:
        """Records the arrival time, then parses the messages."""
        now = time.perf_counter()
        self._buffer += data
        if not self._open and not self._shake_hands():
            return
        while self._take(now):
            pass

    def say(self, **message: Any) -> None:
        """Sends a JSON message."""
        self._transport.write(frame(TEXT, json.dumps(message).encode()))

    def send(self, data: bytes) -> None:
        """Sends a frame made by `frame`."""
        self._transport.write(data)

    def forget(self) -> None:
        """Drops what was received so far: the next utterance begins."""
        self.frames.clear()
        self.messages.clear()
        self.ended.clear()

    def close(self) -> None:
        """Drops the connection."""
        self._transport.abort()

    def _shake_hands(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end >= 0:
            assert self._buffer.startswith(b"HTTP/1.1 101"), bytes(self._buffer[:80])
            del self._buffer[: end + 4]
            self._open = True
            self.opened.set()
        return self._open

    def _take(self, now: float) -> bool:
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        size, at = buffer[1], 2
        if size == 126 and len(buffer) >= 4:
            size, at = struct.unpack_from("!H", buffer, 2)[0], 4
        elif size == 127 and len(buffer) >= 10:
            size, at = struct.unpack_from("!Q", buffer, 2)[0], 10
        if len(buffer) < at + size:
            return False
        self._on_message(now, buffer[0] & 15, bytes(buffer[at : at + size]))
        self.bytes_in += at + size
        del buffer[: at + size]
        return True

    def _on_message(self, now: float, opcode: int, payload: bytes) -> None:
        if opcode == BINARY:
            _, _, count, _, first, _ = struct.unpack_from("<BBHIII", payload)
            self.frames.append((now, first, count))
        elif opcode == TEXT:
            message = json.loads(payload)
            self.messages.append((now, message))
            self.ready.set()
            if message["type"] == "frames":
                self.frames.append((now, message["first"], len(message["weights"])))
            elif message["type"] in ("end", "error"):
                self.ended.set()
        elif opcode == PING:
            self._transport.write(frame(PONG, payload))


async def connect(port: int) -> LoadClient:
    """Connects and waits for the server's first message."""
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(LoadClient, "127.0.0.1", port)
    await client.ready.wait()
    return client
