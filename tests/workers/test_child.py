"""Processes of a server, as the supervisor sees them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from a2f_server.settings import Settings
from a2f_server.workers import supervisor
from a2f_server.workers.child import Child, WorkerPlan


def main(plan: WorkerPlan, report: Connection) -> None:
    """Does nothing."""


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    child = Child("worker 0", main, WorkerPlan(Settings(), 0, 2, b"", tmp_path))
    yield child
    child.kill()
    child.join(20)


def test_a_process_that_cannot_be_started_is_tried_again(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(process: SpawnProcess) -> None:
        raise OSError(errno.EAGAIN, "no more processes")

    with monkeypatch.context() as patched:
        patched.setattr(SpawnProcess, "start", full)
        pauses = []
        for _ in range(2):
            supervisor._start_again(child)
            pauses.append(child._pause)
            assert child.starts_at is not None
            assert child.ended
    assert pauses == [0.25, 0.5]
    supervisor._start_again(child)
    assert child.starts_at is None
    assert child.pid
