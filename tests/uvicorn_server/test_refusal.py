"""The answer to a request that breaks a limit."""

from __future__ import annotations

import json
from http.client import HTTPResponse
from io import BytesIO

import pytest

from a2f_server.uvicorn_server.refusal import CODES, refusal


class Socket:
    """As much of a socket as `HTTPResponse` needs."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> BytesIO:
        return BytesIO(self._data)


@pytest.mark.parametrize("status", CODES)
def test_a_refusal_is_a_typed_error_that_ends_the_connection(status: int) -> None:
    response = HTTPResponse(Socket(refusal(status, "because")))  # type: ignore[arg-type]
    response.begin()
    assert (response.status, response.headers["Connection"]) == (status, "close")
    assert json.loads(response.read()) == {"type": "error", "code": CODES[status], "message": "because"}
    assert (response.headers["Retry-After"] == "1") == (status == 503)
