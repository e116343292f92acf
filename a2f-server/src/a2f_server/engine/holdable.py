"""Things that a thread may still use when their owner is gone."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Holdable(ABC):
    """`close` frees it as soon as nobody holds it. Both ends of a hold belong on the event loop."""

    _holds = 0
    _closed = False

    def hold(self) -> None:
        """Keeps it beyond `close`, until `release`: a thread works with it that cannot be stopped."""
        self._holds += 1

    def release(self) -> None:
        """Ends one `hold`."""
        self._holds -= 1
        if self._closed:
            self.close()

    def close(self) -> None:
        """Frees it, as soon as nobody holds it. May be called twice."""
        self._closed = True
        if not self._holds:
            self._free()

    @abstractmethod
    def _free(self) -> None:
        """Frees it; a second time changes nothing."""
