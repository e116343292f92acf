"""Parses the URLs of STUN and TURN servers, with their credentials."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_URL = re.compile(r"(stun|turns?):(?:([^:@\s]+):([^\s]+)@)?([^\s@?]+(?:\?transport=(?:udp|tcp))?)")
_HOW = (
    "write stun:stun.example.com:3478 or turn:user:password@turn.example.com:3478, separated by commas, or the JSON "
    'list that browsers accept: [{"urls": "turn:…", "username": "…", "credential": "…"}]'
)


@dataclass(frozen=True, slots=True)
class IceServer:
    """A STUN or TURN server."""

    url: str
    """Without credentials, such as `turn:turn.example.com:3478?transport=tcp`."""
    username: str | None = None
    credential: str | None = field(default=None, repr=False)


def parse(text: str) -> list[IceServer]:
    """Reads URLs separated by commas, or the JSON of `RTCConfiguration.iceServers`.

    Raises ValueError, with a message without credentials.
    """
    if not text.lstrip().startswith("["):
        return [_server(part.strip()) for part in text.split(",") if part.strip()]
    try:
        entries: list[dict[str, Any]] = json.loads(text)
        return [server for entry in entries for server in _servers(entry)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError(_HOW) from None


def _servers(entry: dict[str, Any]) -> list[IceServer]:
    urls = [entry["urls"]] if isinstance(entry["urls"], str) else entry["urls"]
    return [_server(url, entry.get("username"), entry.get("credential")) for url in urls]


def _server(url: str, username: str | None = None, credential: str | None = None) -> IceServer:
    found = _URL.fullmatch(url)
    if not found:
        raise ValueError(_HOW)
    scheme, user, password, host = found.groups()
    server = IceServer(f"{scheme}:{host}", username or user, credential or password)
    if scheme != "stun" and not (server.username and server.credential):
        raise ValueError(f"a TURN server needs a user name and a credential: {_HOW}")
    return server
