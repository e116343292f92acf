"""The options of the gRPC server: limits, keepalive and TLS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc

from a2f_server.settings import Settings

MOST_MESSAGE_BYTES = 100 << 20
"""Largest message that EmoTalk's clients send or accept."""
LEAST_MESSAGE_BYTES, FIELDS_BYTES = 4 << 20, 1 << 20
"""Bytes allowed for any message, and for the fields beside the file in a message with a file."""
LEAST_PING_MS = 5000
"""Below the interval of EmoTalk's clients, which ping every 10 s, also while nothing is sent."""


def options(settings: Settings, *, shared: bool = False) -> list[tuple[str, int]]:
    """Returns the channel arguments. `shared`: other workers listen on the same port."""
    return [
        ("grpc.so_reuseport", int(shared)),  # otherwise a port that is taken is an error
        ("grpc.max_receive_message_length", _most_received(settings)),
        ("grpc.max_send_message_length", MOST_MESSAGE_BYTES),
        ("grpc.http2.min_ping_interval_without_data_ms", LEAST_PING_MS),
        ("grpc.http2.max_ping_strikes", 0),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.keepalive_time_ms", 15000),
        ("grpc.keepalive_timeout_ms", 20000),
        ("grpc.max_connection_idle_ms", round(settings.idle_s * 1000)),
    ]


def _most_received(settings: Settings) -> int:
    """Returns the largest message: about that of a file, since it is in memory as a whole before we see its size."""
    return min(MOST_MESSAGE_BYTES, max(LEAST_MESSAGE_BYTES, settings.max_file_bytes + FIELDS_BYTES))


def credentials(settings: Settings) -> Any:
    """Returns the TLS credentials, or None without a certificate. Raises ValueError if it cannot be read."""
    if not (settings.grpc_cert and settings.grpc_key):
        return None
    return grpc.ssl_server_credentials([(_read(settings.grpc_key), _read(settings.grpc_cert))])


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror} (A2F_GRPC_CERT, A2F_GRPC_KEY)") from None
    if b"-----BEGIN " not in content:
        raise ValueError(f"{path} is not a PEM file (A2F_GRPC_CERT, A2F_GRPC_KEY)")
    return content
