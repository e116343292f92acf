"""A proxy that cuts connections in the middle."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress


@contextmanager
def cutting_proxy(port: int, cuts: list[int]) -> Iterator[int]:
    """Yields the port of a proxy that closes its n-th connection once the server has sent `cuts[n]` bytes on it.

    Later connections stay open.
    """
    left = list(cuts)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    most = left.pop(0) if left else 1 << 40
                    server = socket.create_connection(("127.0.0.1", port))
                    threading.Thread(target=_pump, args=(client, server, 1 << 40), daemon=True).start()
                    threading.Thread(target=_pump, args=(server, client, most), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]


def _pump(source: socket.socket, sink: socket.socket, most: int) -> None:
    with suppress(OSError):
        while most > 0 and (data := source.recv(min(1 << 16, most))):
            most -= len(data)
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
