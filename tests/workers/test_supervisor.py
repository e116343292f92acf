"""The supervisor beside the servers of test_group.py: faults of the system."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path
from sqlite3 import OperationalError

import pytest

from a2f_server.settings import Settings
from a2f_server.worker_group.ledger import LEDGER, Ledger
from a2f_server.worker_group.metric_files import METRICS
from a2f_server.workers.child import Child, WorkerPlan
from a2f_server.workers.supervisor import Supervisor


def main(plan: WorkerPlan, report: Connection) -> None:
    """Does nothing."""


def test_a_full_disk_does_not_end_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(ledger: Ledger, name: str, value: int) -> None:
        raise OperationalError("database or disk is full")

    (tmp_path / METRICS).mkdir()
    child = Child("worker 1", main, WorkerPlan(Settings(), 1, 2, b"", tmp_path))
    supervisor = Supervisor(Settings(), 2)
    supervisor._workers, supervisor._ledger = [child], Ledger(tmp_path / LEDGER, -1)
    child.start()
    child.join(20)
    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "set", full)
        supervisor._bury(child)
    assert child.starts_at is not None, "it is started again"
    supervisor._ledger.close()
