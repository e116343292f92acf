"""A budget of memory for what clients upload, until it is decoded."""

from __future__ import annotations

from a2f_server.engine.holdable import Holdable
from a2f_server.errors import Busy, TooLarge


class ByteBudget:
    """Bytes that all uploads together may hold."""

    def __init__(self, limit: int, what: str = "uploads", *, within: ByteBudget | None = None) -> None:
        """`what` is held, in the plural, for the error message. `within`: a subject's part of this budget."""
        self._limit, self._what, self._within = limit, what, within
        self.held = 0

    def upload(self, limit: int) -> Upload:
        """Returns an upload of at most `limit` bytes, of nothing yet."""
        return Upload(self, limit)

    def take(self, size: int) -> None:
        """Takes bytes from the budget. Raises Busy if they are not there."""
        if self.held + size > self._limit:
            raise self._used_up()
        if self._within:
            self._within.take(size)
        self.held += size

    def give(self, size: int) -> None:
        """Gives bytes back."""
        self.held -= size
        if self._within:
            self._within.give(size)

    def _used_up(self) -> Busy:
        if self._within:
            return Busy(f"this user holds too many {self._what}; wait for an end", reason="full", scope="subject")
        message = f"this server holds as many {self._what} as its memory allows; try again in a moment"
        return Busy(message, reason="full")


class Upload(Holdable):
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

    def _free(self) -> None:
        self._budget.give(self._size)
        self._size, self.data = 0, b""
