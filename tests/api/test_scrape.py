"""The metrics of the processes of a server with several workers."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from a2f_server.api import scrape
from a2f_server.worker_group.counts import Counts


class TwoWorkers(Counts):
    """Counts of this process and of another one, and CPU time of ones before."""

    def __init__(self, pid: int, spent: int) -> None:
        self._pid, self._spent = pid, spent

    def values(self, name: str) -> list[int]:
        return [self._pid, os.getpid()]

    def total(self, name: str) -> int:
        return self._spent


def processes(pid: int, spent: int = 0) -> dict[str, float]:
    service = SimpleNamespace(group=SimpleNamespace(counts=TwoWorkers(pid, spent)))
    found = scrape._Processes(service).collect()  # type: ignore[arg-type]
    return {family.name: family.samples[0].value for family in found}


def test_a_process_that_has_just_ended_is_left_out() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert processes(ended.pid)["process_resident_memory_bytes"] > 0


def test_an_ending_process_has_fewer_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scrape._of_process
    monkeypatch.setattr(scrape, "_of_process", lambda pid: whole(os.getpid())[: None if pid == os.getpid() else 2])
    assert {"process_resident_memory_bytes", "process_open_fds"} <= set(processes(0))


def test_cpu_time_of_ended_processes_counts() -> None:
    assert processes(os.getpid(), spent=5_000_000)["process_cpu_seconds"] > 5000
