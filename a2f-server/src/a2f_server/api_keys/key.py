"""An API key: its name, its secrets, and what may be done with it."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal, get_args

Permission = Literal["clients", "metrics"]
"""A use that a key is for, named as a scope in its file: `metrics` is GET /metrics, `clients` everything else."""
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
DEFAULT = "default"
"""The name of the key in A2F_API_KEY."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One of the secrets of a key. Its text is unknown if the file has only its SHA-256."""

    digest: bytes
    """SHA-256 of the key."""
    text: bytes | None = field(default=None, repr=False)

    @classmethod
    def of(cls, text: str) -> Secret:
        """Returns the secret with this text."""
        return cls(sha256(text.encode()).digest(), text.encode())


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key. A limit that is None is not limited for the key as a whole."""

    name: str
    """For logs, metrics and tokens."""
    secrets: tuple[Secret, ...]
    """Any of them opens the server, so that clients can change from one to the next."""
    streams: int | None = None
    """Maximum concurrent utterances."""
    connections: int | None = None
    """Maximum open sockets, gRPC calls, WebRTC calls, and requests for video."""
    text_per_minute: int | None = None
    """Characters spoken per minute."""
    expires: float | None = None
    """Seconds since 1970 from which on it is refused; None: never."""
    scopes: frozenset[Permission] = frozenset(PERMISSIONS)

    def expired(self, now: float) -> bool:
        """Returns True if it is no longer valid at `now`, in seconds since 1970."""
        return self.expires is not None and now >= self.expires


class KeyRing:
    """Keys with different names and secrets."""

    def __init__(self, keys: Iterable[ApiKey] = ()) -> None:
        self.keys = {key.name: key for key in keys}

    def find(self, sent: bytes) -> ApiKey | None:
        """Returns the key that was sent, expired or not; None if there is none. The time does not depend on the key."""
        digest = sha256(sent).digest()
        found = None
        for key in self.keys.values():
            for secret in key.secrets:
                if hmac.compare_digest(secret.digest, digest):
                    found = key
        return found
