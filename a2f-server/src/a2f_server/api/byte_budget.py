"""Budgets of memory: for uploads until they are decoded, and for answers until they are read."""

from __future__ import annotations

from a2f_server.engine.holdable import Holdable
from a2f_server.errors import Busy, Scope, TooLarge


class ByteBudget:
    """Bytes that all uploads, or all answers, may hold together."""

    def __init__(
        self, limit: int, what: str = "uploads", *, within: ByteBudget | None = None, scope: Scope = "subject"
    ) -> None:
        """`what` is held, in the plural, for the error message. `within`: the budget that this is a part of."""
        self._limit, self._what, self._within, self._scope = limit, what, within, scope
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
            who = "user" if self._scope == "subject" else self._scope
            return Busy(
                f"this {who} holds too many {self._what}; wait until one ends", reason="full", scope=self._scope
            )
        message = f"this server holds as many {self._what} as its memory allows; try again in a moment"
        return Busy(message, reason="full")


class ByteShare:
    """Bytes that one upload or answer holds of a budget. `close` gives them back and may be called twice."""

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self.size = 0

    def add(self, size: int) -> None:
        """Grows by `size` bytes. Raises Busy if the budget is used up."""
        self._budget.take(size)
        self.size += size

    def close(self) -> None:
        """Gives everything back."""
        self._budget.give(self.size)
        self.size = 0


class Upload(Holdable):
    """The bytes of one upload, counted in the budget. `close` frees them and may be called twice."""

    def __init__(self, budget: ByteBudget, limit: int) -> None:
        self._share, self._limit = ByteShare(budget), limit
        self.data: bytes | bytearray = bytearray()

    def add(self, part: bytes) -> None:
        """Appends bytes. Raises TooLarge, or Busy if the budget is used up."""
        self.count(len(part))
        self.data += part

    def count(self, size: int) -> None:
        """Counts bytes that are kept elsewhere for now. Raises TooLarge, or Busy if the budget is used up."""
        if self._share.size + size > self._limit:
            raise TooLarge(f"the upload is larger than the {self._limit} bytes that this server takes")
        self._share.add(size)

    def _free(self) -> None:
        self._share.close()
        self.data = b""
