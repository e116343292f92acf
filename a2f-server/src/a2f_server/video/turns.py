"""A queue in which each turn waits for those before it."""

from __future__ import annotations

import asyncio
from collections import deque


class Turns:
    """Grants turns in the order in which they were taken."""

    def __init__(self) -> None:
        self._queue: deque[ChunkTurn] = deque()

    def __len__(self) -> int:
        return len(self._queue)

    def take(self) -> ChunkTurn:
        """Returns a turn behind all earlier ones. The caller closes it."""
        turn = ChunkTurn(self)
        self._queue.append(turn)
        self.advance()
        return turn

    def leave(self, turn: ChunkTurn) -> None:
        """Removes a turn. Idempotent."""
        if turn in self._queue:
            self._queue.remove(turn)
            self.advance()

    def advance(self) -> None:
        """Begins the first turn."""
        if self._queue:
            self._queue[0].begun.set()


class ChunkTurn:
    """A place in the queue."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.begun = asyncio.Event()

    async def wait(self) -> None:
        """Waits until all turns before this one are closed."""
        await self.begun.wait()

    def close(self) -> None:
        """Ends the turn, whether it has begun or not. May be called twice."""
        self._turns.leave(self)
