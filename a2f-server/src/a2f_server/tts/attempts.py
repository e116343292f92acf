"""Attempts to have a remote service speak."""

from __future__ import annotations

from a2f_server.errors import A2FError


class AttemptFailed(Exception):
    """One attempt failed. `error` is for the client; `retry` is True if a second attempt may succeed."""

    def __init__(self, error: A2FError, retry: bool = False) -> None:
        super().__init__(error.message)
        self.error = error
        self.retry = retry
