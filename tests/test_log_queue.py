"""Logging never blocks, loses lines only when it must, and says how many."""

from __future__ import annotations

import logging
import threading

import pytest

from a2f_server import log_queue
from a2f_server.log_queue import QueueingHandler


class Target(logging.Handler):
    """Writes to a list, once it is released."""

    def __init__(self, *, stuck: bool = False) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.released = threading.Event()
        if not stuck:
            self.released.set()

    def emit(self, record: logging.LogRecord) -> None:
        self.released.wait(20)
        self.lines.append(record.getMessage())


def record(message: str) -> logging.LogRecord:
    return logging.LogRecord("test", logging.INFO, __file__, 0, message, (), None)


def test_lines_are_written_in_order() -> None:
    target = Target()
    handler = QueueingHandler(target)
    for i in range(100):
        handler.emit(record(str(i)))
    handler.flush()
    assert target.lines == [str(i) for i in range(100)]


def test_a_target_that_is_stuck_blocks_nobody_and_dropped_lines_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_queue, "MOST_LINES", 10)
    monkeypatch.setattr(log_queue, "FLUSH_S", 0.05)
    target = Target(stuck=True)
    handler = QueueingHandler(target)
    for i in range(100):
        handler.emit(record(str(i)))
    handler.flush()  # returns, although nothing can be written
    target.released.set()
    monkeypatch.setattr(log_queue, "FLUSH_S", 20)
    handler.flush()
    written = [line for line in target.lines if line.isdigit()]
    dropped = [line for line in target.lines if "dropped" in line]
    assert written == [str(i) for i in range(len(written))]
    assert dropped == [f"{100 - len(written)} log lines were dropped: they could not be written in time"]
