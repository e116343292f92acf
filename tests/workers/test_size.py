"""The number of workers."""

from __future__ import annotations

import pytest

from a2f_server.settings import Settings
from a2f_server.workers import size
from a2f_server.workers.size import MOST, worker_count


@pytest.mark.parametrize(("workers", "cores", "count"), [(1, 4, 1), (3, 4, 3), (0, 4, 4), (0, 1, 1), (0, 64, MOST)])
def test_none_is_one_for_each_core(workers: int, cores: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "usable_cores", lambda: cores)
    assert worker_count(Settings(workers=workers)) == count


@pytest.mark.parametrize("target", ["livelink", "vmc"])
def test_one_face_is_shown_by_one_process(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "usable_cores", lambda: 4)
    settings = {target: "127.0.0.1:9"}
    assert worker_count(Settings(workers=0, **settings)) == 1  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="A2F_WORKERS=1"):
        worker_count(Settings(workers=2, **settings))  # type: ignore[arg-type]
