"""The number of cores, also in containers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from a2f_server import cores


@pytest.mark.parametrize(
    ("quota", "many"), [("max 100000", 8), ("250000 100000", 2), ("50000 100000", 1), ("9900000 100000", 8), ("", 8)]
)
def test_cores_are_limited_by_the_containers_quota(
    quota: str, many: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    monkeypatch.setattr(cores, "QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(8)), raising=False)
    assert cores.usable_cores() == many


def test_without_a_quota_all_cores_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "QUOTA", tmp_path / "nothing")
    assert cores.usable_cores() >= 1
