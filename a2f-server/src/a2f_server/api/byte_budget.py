"""A budget of memory for what clients upload, until it is decoded."""

from __future__ import annotations

from a2f_server.errors import Busy, TooLarge


class ByteBudget:
    """Bytes that all uploads together may hold."""

    def __init__(self, limit: int, what: str = "uploads") -> None:
        """`what` is held, in the plural, for the error message."""
        self._limit, self._what = limit, what
        self.held = 0

    def upload(self, limit: int) -> Upload:
        """Returns an upload of at most `limit` bytes, of nothing yet."""
        return Upload(self, limit)

    def take(self, size: int) -> None:
        """Takes bytes from the budget. Raises Busy if they are not there."""
        if self.held + size > self._limit:
            message = f"this server holds as many {self._what} as its memory allows; try again in a moment"
            raise Busy(message, reason="full")
        self.held += size


class Upload:
    """The bytes of one upload, counted in the budget. `close` frees them and may be called twice."""

    def __init__(self, budget: ByteBudget, limit: int) -> None:
        self._budget, self._limit = budget, limit
        self._size = 0
        self.data: bytes | bytearray = bytearray()

    def add(self, part: bytes) -> None:
        """Appends bytes. Raises TooLarge, or Busy if the budget is used up."""
        self.count(len(part))
        self.data += part

    def count(self, size: int) -> None:
        """Counts bytes that are kept elsewhere for now. Raises TooLarge, or Busy if the budget is used up."""
        if self._size + size > self._limit:
            raise TooLarge(f"the upload is larger than the {self._limit} bytes that this server takes")
        self._budget.take(size)
        self._size += size

    def close(self) -> None:
        """Frees everything."""
        self._budget.held -= self._size
        self._size, self.data = 0, b""
