"""Addresses, headers and bodies of requests, and how answers are read. Nothing here does input or output."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypedDict
from urllib.parse import SplitResult, urlsplit

from a2f_server.client.errors import NotAServer, from_fields

AudioSource = str | os.PathLike[str] | bytes | BinaryIO
"""A file's path, its content, or an open binary file."""
StereoChannel = Literal["mix", "left", "right"]


class RequestOptions(TypedDict, total=False):
    """The options of an animation (docs/protocol.md)."""

    fps: int
    emotions: Mapping[str, float]
    profile: str
    offset_name: str
    seed: int
    backend: str


class Address:
    """The address of a server, and the credentials for it."""

    def __init__(self, url: str, key: str | None, token: str | None) -> None:
        """Raises ValueError for an address or credentials that no server can have."""
        parts = _parts(url)
        if parts.username is not None:
            raise ValueError("url: credentials do not belong into the address; give key or token")
        for name, secret in (("key", key), ("token", token)):
            if secret and not (secret.isascii() and secret.isprintable()):
                raise ValueError(f"{name}: it consists of printable ASCII characters")  # the message does not show it
        self.http = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._token = token

    @property
    def request_headers(self) -> dict[str, str]:
        """The headers of requests: some routes take a token, too."""
        return self.headers or ({"Authorization": f"Bearer {self._token}"} if self._token else {})

    @property
    def socket(self) -> str:
        """The address of the WebSocket."""
        return f"ws{self.http.removeprefix('http')}/ws"

    @property
    def subprotocols(self) -> list[str]:
        """The subprotocols to offer."""
        if not self._token:
            return ["a2f.v1"]
        return ["a2f.v1", f"a2f.bearer.{base64.urlsafe_b64encode(self._token.encode()).decode().rstrip('=')}"]


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # no address of IPv6, no port
        valid = False
    if not valid or parts.query or parts.fragment:
        raise ValueError(f"url: write it as http://host:8000, not {url.rpartition('@')[2]!r}")
    return parts


def check_names(options: Mapping[str, Any]) -> None:
    """Raises TypeError for an option that does not exist, which the server would ignore."""
    for name in options.keys() - RequestOptions.__annotations__.keys():
        raise TypeError(f"there is no option {name!r}; there are {', '.join(RequestOptions.__annotations__)}")


def content_of(source: AudioSource) -> bytes:
    """Returns the content of a file. Raises OSError."""
    if isinstance(source, bytes):
        return source
    if isinstance(source, str | os.PathLike):
        return Path(source).read_bytes()
    if not hasattr(source, "read"):
        raise TypeError(f"give a path, bytes or an open file, not {type(source).__name__}")
    return source.read()


def query(options: RequestOptions, channel: StereoChannel) -> dict[str, str]:
    """Returns the query of `POST /v1/animate`."""
    check_names(options)
    given: dict[str, Any] = {"channel": channel, **options}
    texts = {name: value for name, value in given.items() if value is not None}
    return {name: json.dumps(dict(v)) if name == "emotions" else str(v) for name, v in texts.items()}


def fields_of(status: int, body: bytes, retry_after: str | None, address: str) -> dict[str, Any]:
    """Returns the JSON of an answer. Raises the error that it is, or NotAServer."""
    try:
        fields = json.loads(body)
    except ValueError:
        fields = None
    if isinstance(fields, dict) and status < 300:
        return fields
    if isinstance(fields, dict) and fields.get("type") == "error":
        seconds = float(retry_after) if retry_after and retry_after.isdigit() else None
        raise from_fields(fields, seconds)
    raise NotAServer(f"{address} answered with status {status}, but not as an a2f-server does")
