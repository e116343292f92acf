"""A client that breaks the protocol, with blocking sockets and loops that run until they are told to stop."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from multiprocessing.synchronize import Event

from sockets import HANDSHAKE

HOST = "127.0.0.1"


class Attacker:
    """Opens connections to one server until `stop` is set."""

    def __init__(self, port: int, stop: Event) -> None:
        self.port, self.stop = port, stop
        self._open: list[socket.socket] = []

    def connect(self, data: bytes = b"", *, receive_buffer: int | None = None) -> socket.socket:
        """Connects and sends `data`. A small receive buffer makes a client that reads nothing be noticed early."""
        client = socket.socket()
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(5)
        client.connect((HOST, self.port))
        if data:
            client.sendall(data)
        self._open.append(client)
        return client

    def open_socket(self, path: str = "/ws", *, reads: bool = True) -> socket.socket:
        """Opens a WebSocket. `reads`: a thread reads what the server sends, and drops it."""
        request = HANDSHAKE.format(host=HOST, port=self.port, path=path).encode()
        client = self.connect(request, receive_buffer=None if reads else 4096)
        client.recv(12)
        if reads:
            threading.Thread(target=self._read, args=(client,), daemon=True).start()
        return client

    def flood(self, client: socket.socket, data: bytes) -> None:
        """Sends the same bytes until the end."""
        with contextlib.suppress(OSError):
            while not self.stop.is_set():
                client.sendall(data)

    def post(self, path: str, body: bytes, headers: str = "") -> bytes:
        """Sends a request and returns the whole answer."""
        with contextlib.suppress(OSError), contextlib.closing(self.connect(receive_buffer=None)) as client:
            client.settimeout(60)
            client.sendall(head("POST", path, len(body), headers) + body)
            answer = b""
            while data := client.recv(1 << 18):
                answer += data
            return answer
        return b""

    def repeat(self, act: Callable[[], object], pause: float = 0.0) -> None:
        """Repeats an action until the end, even if its connection breaks."""
        while not self.stop.is_set():
            with contextlib.suppress(OSError):
                act()
            time.sleep(pause)

    def together(self, count: int, act: Callable[[], object]) -> None:
        """Runs `act` on several threads; returns when all have ended."""
        threads = [threading.Thread(target=act, daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def wait(self) -> None:
        """Keeps everything open until the end."""
        self.stop.wait()

    def _read(self, client: socket.socket) -> None:
        client.settimeout(None)
        with contextlib.suppress(OSError):
            while client.recv(1 << 18):
                pass


def head(method: str, path: str, size: int, headers: str = "") -> bytes:
    """Returns the head of a request; `headers` are whole lines."""
    lines = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
    return f"{lines}Content-Length: {size}\r\n{headers}\r\n".encode()
