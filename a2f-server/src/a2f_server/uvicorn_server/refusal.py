"""The HTTP answer to a request that breaks a limit and never reaches the application, as bytes."""

from __future__ import annotations

import json
from http import HTTPStatus

CODES = {400: "bad_message", 408: "timeout", 431: "too_large", 503: "busy"}


def refusal(status: int, message: str) -> bytes:
    """Returns an HTTP answer with a typed error that ends the connection."""
    body = json.dumps({"type": "error", "code": CODES[status], "message": message}).encode()
    head = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Content-Type: application/json",
        *(["Retry-After: 1"] if status == 503 else []),
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
