"""A proxy that serves a server below a path, HTTP and WebSockets, and nothing elsewhere."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def run_path_proxy(prefix: str, port: int) -> Iterator[int]:
    """Forwards `prefix/…` to `/…` on a port of this machine; yields the proxy's port. One request per connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, prefix, port), daemon=True).start()
        yield listener.getsockname()[1]


def _accept(listener: socket.socket, prefix: str, port: int) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_serve, args=(client, prefix, port), daemon=True).start()


def _serve(client: socket.socket, prefix: str, port: int) -> None:
    with client, suppress(OSError):
        head = _head(client)
        request = _rewritten(head, prefix)
        if request is None:
            client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", port)) as server:
            server.sendall(request)
            threading.Thread(target=_copy, args=(client, server), daemon=True).start()
            _copy(server, client)


def _head(client: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        part = client.recv(65536)
        if not part:
            return b""
        head += part
    return head


def _rewritten(head: bytes, prefix: str) -> bytes | None:
    """Returns the request without the prefix; None if it is elsewhere."""
    line, _, rest = head.partition(b"\r\n")
    method, _, target = line.partition(b" ")
    if not target.startswith(prefix.encode() + b"/"):
        return None
    if b"upgrade: websocket" not in rest.lower():
        rest = b"Connection: close\r\n" + rest.replace(b"Connection: keep-alive\r\n", b"")
    return b"%s %s\r\n%s" % (method, target.removeprefix(prefix.encode()), rest)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
