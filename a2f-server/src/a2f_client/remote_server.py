"""Sends requests to an a2f-server and returns its answers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from a2f_client.errors import A2FClientError

BASE_URL, PORT = "http://127.0.0.1", 8000
"""The server's own defaults."""


class RemoteServer:
    """The address of a server, its key, and how long to wait for it."""

    def __init__(self, base_url: str | None, port: int | None, key: str | None, timeout: float) -> None:
        """Raises ValueError for an invalid address or key. `timeout` is in seconds."""
        text = base_url or os.environ.get("A2F_BASE_URL") or BASE_URL
        self._parts = urlsplit(text if "://" in text else f"http://{text}")
        if self._parts.scheme not in ("http", "https") or not self._parts.hostname:
            raise ValueError(f"base_url: write it as http://host, not {text!r}")
        self._port = port or self._parts.port or self._default_port()
        key = key or os.environ.get("A2F_API_KEY")
        if key and not (key.isascii() and key.isprintable()):
            raise ValueError("key: a key consists of printable ASCII characters")  # the message does not show it
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout = timeout

    def __str__(self) -> str:
        host = self._parts.hostname or ""
        return f"{self._parts.scheme}://{f'[{host}]' if ':' in host else host}:{self._port}{self._folder}"

    @property
    def _folder(self) -> str:
        return self._parts.path.rstrip("/")

    def _default_port(self) -> int:
        return 443 if self._parts.scheme == "https" else int(os.environ.get("A2F_PORT") or PORT)

    def animate(self, audio: bytes, query: Mapping[str, str]) -> dict[str, Any]:
        """Returns `{fps, blendshapes, weights}`. Raises A2FClientError."""
        return self.call("POST", f"/v1/animate?{urlencode(query)}", audio)

    def call(
        self, method: str, path: str, body: bytes = b"", media_type: str = "application/octet-stream"
    ) -> dict[str, Any]:
        """Sends a request and returns the JSON object of the answer. Raises A2FClientError."""
        status, answer = self._request(method, path, body, media_type)
        with suppress(ValueError):
            fields = json.loads(answer)
            if isinstance(fields, dict) and status == 200:
                return fields
        raise self._refusal(status, answer)

    def fetch(self, path: str) -> bytes:
        """Requests a path and returns the body of the answer. Raises A2FClientError."""
        status, answer = self._request("GET", path, b"", "application/octet-stream")
        if status != 200:
            raise self._refusal(status, answer)
        return answer

    def _refusal(self, status: int, answer: bytes) -> A2FClientError:
        with suppress(ValueError):
            fields = json.loads(answer)
            if isinstance(fields, dict) and isinstance(fields.get("message"), str):
                return A2FClientError(fields["message"], code=fields.get("code"), status=status)
        return A2FClientError(f"{self} answered with status {status}, but not like an a2f-server", status=status)

    def _request(self, method: str, path: str, body: bytes, media_type: str) -> tuple[int, bytes]:
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        headers = {"Content-Type": media_type, "Accept": "application/json, */*", **self._headers}
        try:
            with closing(kind(self._parts.hostname or "", self._port, timeout=self._timeout)) as http:
                http.connect()
                # A server that refuses an upload answers before it has read all of it.
                with suppress(BrokenPipeError, ConnectionResetError):
                    http.request(method, f"{self._folder}{path}", body, headers)
                answer = http.getresponse()
                return answer.status, answer.read()
        except TimeoutError:
            raise A2FClientError(f"{self} did not answer within {self._timeout:g} s") from None
        except (OSError, HTTPException) as error:
            raise A2FClientError(f"{self} cannot be reached ({error}): start it with `a2f-server serve`") from None
