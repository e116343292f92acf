"""Animations that any worker can give out: once, in time, and no more than there is room for."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from a2f_server.api.compat import shared_sessions
from a2f_server.api.compat.shared_sessions import SharedSessions
from a2f_server.clip import FaceClip
from a2f_server.errors import NotFound

CLIP = FaceClip(np.full((3, 52), 0.5, np.float32), 30)
TTL = 60.0

Workers = tuple[SharedSessions, SharedSessions]


@pytest.fixture
def workers(tmp_path: Path) -> Workers:
    return SharedSessions(tmp_path / "sessions", TTL), SharedSessions(tmp_path / "sessions", TTL)


def test_each_worker_gives_out_an_animation_once(workers: Workers) -> None:
    one, other = workers
    session = one.add(CLIP)
    np.testing.assert_array_equal(other.take(session).weights, CLIP.weights)
    for worker in workers:
        with pytest.raises(NotFound, match="fetched before"):
            worker.take(session)


def test_animations_expire(workers: Workers, tmp_path: Path) -> None:
    session = workers[0].add(CLIP)
    file = tmp_path / "sessions" / session
    os.utime(file, (0, file.stat().st_mtime - TTL))
    with pytest.raises(NotFound):
        workers[1].take(session)
    assert not list(file.parent.iterdir())


def test_the_oldest_is_dropped(workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = workers
    first = one.add(CLIP)
    file = tmp_path / "sessions" / first
    os.utime(file, (0, file.stat().st_mtime - 1))
    monkeypatch.setattr(shared_sessions, "MOST_BYTES", 2 * file.stat().st_size)
    later = [one.add(CLIP), other.add(CLIP)]
    with pytest.raises(NotFound):
        other.take(first)
    assert [len(one.take(session)) for session in later] == [3, 3]


def test_half_of_the_folder_stays_free(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    first = workers[0].add(CLIP)
    usage = shutil.disk_usage(".")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=0))
    second = workers[1].add(CLIP)
    with pytest.raises(NotFound):
        workers[1].take(first)
    assert isinstance(second, str)


def test_what_could_not_be_written_leaves_nothing(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: Path, data: bytes) -> None:
        file.touch()
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space left"):
        workers[0].add(CLIP)
    assert not list((tmp_path / "sessions").iterdir())


@pytest.mark.parametrize("name", ["..", ".", "", "../secret", "a" * 65, "\0", "é"])
def test_other_files_cannot_be_named(workers: Workers, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_bytes(b"")
    with pytest.raises(NotFound):
        workers[0].take(name)
    assert (tmp_path / "secret").exists()
