"""The error of a request that the server refused or did not answer."""

from __future__ import annotations


class A2FClientError(RuntimeError):
    """The server refused a request, failed, or cannot be reached. The text is the server's own where it sent one.

    Attributes:
        code: the server's error code (docs/protocol.md, "Errors"), or None.
        status: the HTTP status, or None without an answer.
    """

    def __init__(self, message: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.code, self.status = code, status
