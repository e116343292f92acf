"""The memory of one whole answer, from its first part until the client has read it."""

from __future__ import annotations

from a2f_server.api.byte_budget import ByteBudget


class AnswerMemory:
    """Bytes of one answer. `close` gives them back to the budget and may be called twice."""

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget
        self._size = 0

    def add(self, size: int) -> None:
        """Grows by `size` bytes. Raises Busy if all answers together take too much."""
        self._budget.take(size)
        self._size += size

    def close(self) -> None:
        """Gives everything back."""
        self._budget.give(self._size)
        self._size = 0
