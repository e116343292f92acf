"""A budget of memory for what clients upload before it is decoded."""

from __future__ import annotations

from a2f_server.errors import Busy


class ByteBudget:
    """Bytes that all uploads together may hold."""

    def __init__(self, limit: int, what: str = "uploads") -> None:
        """`what` is held, in the plural, for the error message."""
        self._limit, self._what = limit, what
        self.held = 0

    def share(self) -> ByteShare:
        """Returns one upload's share, of nothing yet."""
        return ByteShare(self)

    def take(self, size: int) -> None:
        """Takes bytes from the budget. Raises Busy if they are not there."""
        if self.held + size > self._limit:
            message = f"this server holds as many {self._what} as its memory allows; try again in a moment"
            raise Busy(message, reason="full")
        self.held += size


class ByteShare:
    """The bytes of one upload. `close` gives them back and may be called twice."""

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self.size = 0

    def add(self, size: int) -> None:
        """Grows by `size` bytes. Raises Busy if the budget is used up."""
        self._budget.take(size)
        self.size += size

    def close(self) -> None:
        """Gives everything back."""
        self._budget.held -= self.size
        self.size = 0
