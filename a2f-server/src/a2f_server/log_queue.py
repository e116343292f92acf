"""Writes log lines on a thread of their own: a pipe that nobody reads must not stop the event loop."""

from __future__ import annotations

import logging
import threading
from queue import Full, Queue

MOST_LINES = 10_000
"""Lines that may wait to be written; more are dropped and counted."""
FLUSH_S = 1.0
"""Seconds that the lines that wait at exit may take."""


class QueueingHandler(logging.Handler):
    """Hands records to another handler on a daemon thread. `emit` never blocks."""

    def __init__(self, target: logging.Handler) -> None:
        super().__init__()
        self._target = target
        self._dropped = 0
        self._records: Queue[logging.LogRecord | threading.Event] = Queue(MOST_LINES)
        threading.Thread(target=self._write, name="a2f-log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queues a record, or counts it as dropped."""
        try:
            self._records.put_nowait(record)
        except Full:
            self._dropped += 1

    def flush(self) -> None:
        """Waits until everything so far is written, FLUSH_S at most."""
        written = threading.Event()
        try:
            self._records.put(written, timeout=FLUSH_S)
        except Full:
            return
        written.wait(FLUSH_S)

    def _write(self) -> None:
        while True:
            item = self._records.get()
            if isinstance(item, threading.Event):
                item.set()
                continue
            self._target.handle(item)
            if self._dropped:
                self._report_dropped()

    def _report_dropped(self) -> None:
        count, self._dropped = self._dropped, 0
        message = f"{count} log lines were dropped: they could not be written in time"
        self._target.handle(logging.LogRecord(__name__, logging.WARNING, __file__, 0, message, (), None))
