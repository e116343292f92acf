"""Opens the port that the server listens on."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Protocol

MOST_PORT = 65535


class CannotListen(Exception):
    """The port cannot be opened; the message says what to do."""


class Listener(Protocol):
    """Another server of the same service, on a port of its own."""

    port: int

    def bind(self) -> None:
        """Opens the port. Raises CannotListen."""

    async def start(self) -> None:
        """Begins to answer."""

    async def stop(self) -> None:
        """Ends open calls and closes the port."""


def listen(host: str, port: int, *, shared: bool = False) -> list[socket.socket]:
    """Returns a socket for each address of the host, as asyncio would open them. Raises CannotListen.

    `shared`: other processes of this user may listen on the port, too; the system distributes the connections.
    """
    return _open(host, port, partial(_listening, shared=shared))


def reserve(host: str, port: int) -> list[socket.socket]:
    """Returns sockets that keep the port for processes that share it, and take no connections. Raises CannotListen."""
    return _open(host, port, partial(_bound, shared=True))


def _open(host: str, port: int, create: Callable[[int, tuple[str, int]], socket.socket]) -> list[socket.socket]:
    opened: list[socket.socket] = []
    try:
        for family, address in _addresses(host, port):
            opened.append(create(family, address))
    except OSError as error:
        for each in opened:
            each.close()
        raise CannotListen(_message(error, host, port)) from None
    return opened


def _addresses(host: str, port: int) -> list[tuple[int, tuple[str, int]]]:
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))  # type: ignore[misc]


def _listening(family: int, address: tuple[str, int], shared: bool) -> socket.socket:
    opened = _bound(family, address, shared)
    try:
        opened.listen(BACKLOG)
    except OSError:
        opened.close()
        raise
    return opened


def _bound(family: int, address: tuple[str, int], shared: bool) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would share the port with another program
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    return opened


BACKLOG = 2048
"""Connections that may wait to be accepted."""


def _message(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < MOST_PORT else port - 1
        return (
            f"port {port} is taken by another program, perhaps another a2f-server: stop that, or choose another port "
            f"with --port {other} (make run PORT={other}, or A2F_PORT={other})"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"this user may not listen on port {port}: choose one above 1023, such as --port 8000 (A2F_PORT=8000)"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return (
            f"{host} is not an address of this machine: A2F_HOST takes 127.0.0.1, 0.0.0.0 for all, or one that it has"
        )
    return f"cannot listen on {host}, port {port}: {error.strerror}"
