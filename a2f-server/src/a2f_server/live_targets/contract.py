"""The interface of a live target, and how frames get to it."""

from __future__ import annotations

import socket
from typing import Protocol

import structlog

from a2f_server.arrays import Weights
from a2f_server.timecode import FrameRate

log = structlog.get_logger(__name__)


class LiveTarget(Protocol):
    """A program that shows frames as they come."""

    def send(self, weights: Weights, fps: FrameRate) -> None:
        """Sends one frame `[52]`. Never blocks; what cannot be sent is dropped."""

    def close(self) -> None:
        """Frees it."""


def parse_address(text: str, port: int) -> tuple[str, int]:
    """Returns host and port of `host:port`, `host`, or `[::1]:port`; `port` is the default. Raises ValueError."""
    host, colon, number = text.strip().rpartition(":")
    if not colon or (text.strip().endswith("]") and number):
        host, number = text.strip(), str(port)
    host = host.removeprefix("[").removesuffix("]")
    if not host or not number.isdecimal() or not 0 < int(number) < 1 << 16:
        raise ValueError(f"write the address as host:port, such as 127.0.0.1:{port}, not {text[:60]!r}")
    return host, int(number)


class UdpSender:
    """Sends packets to one address. A target that is not there costs nothing, and is reported once."""

    def __init__(self, host: str, port: int) -> None:
        """Looks the name up, which may take a moment. Raises ValueError if there is no such host."""
        try:
            family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        except (OSError, UnicodeError) as error:
            raise ValueError(f"there is no host {host!r} ({getattr(error, 'strerror', None) or error})") from None
        self._address = address
        self._name = f"{host}:{port}"
        self._socket = socket.socket(family, kind)
        self._socket.setblocking(False)
        self._failing = False

    def send(self, packet: bytes) -> None:
        """Sends a packet, or drops it."""
        try:
            self._socket.sendto(packet, self._address)
        except OSError as error:
            if not self._failing:
                log.warning("a live target gets no frames", target=self._name, reason=error.strerror)
            self._failing = True
        else:
            self._failing = False

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()
