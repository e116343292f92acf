"""The keys of a running server follow their file; a file with errors changes nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from a2f_server.api_keys import store as module
from a2f_server.api_keys.file import KeyFileError
from a2f_server.api_keys.store import KeyStore
from a2f_server.settings import Settings

SECRET, OTHER = "correct horse battery staple", "another long key"


def entry(name: str, key: str) -> str:
    return f'[[keys]]\nname = "{name}"\nkey = "{key}"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.toml"
    path.write_text(entry("web", SECRET))
    return path


def test_a_changed_file_is_read_again(file: Path) -> None:
    store = KeyStore(Settings(keys_file=file))
    file.write_text(entry("web", SECRET) + entry("app", OTHER))
    store.refresh()
    assert [store.ring.find(key.encode()) is not None for key in (SECRET, OTHER)] == [True, True]
    file.write_text(entry("app", OTHER))
    store.refresh()
    assert [store.ring.find(key.encode()) is not None for key in (SECRET, OTHER)] == [False, True]
    assert store.state == "ok"


@pytest.mark.parametrize("damage", ["missing", "truncated", "folder"])
def test_a_file_with_errors_keeps_the_keys(file: Path, damage: str) -> None:
    store = KeyStore(Settings(keys_file=file))
    file.unlink()
    if damage == "truncated":
        file.write_text(entry("web", OTHER)[:-5])
    if damage == "folder":
        file.mkdir()
    with capture_logs() as lines:
        store.refresh()
        store.refresh()
    assert [line["log_level"] for line in lines] == ["warning"], "once per change"
    assert OTHER not in str(lines)
    assert store.ring.find(SECRET.encode())
    assert (store.state, store.empty) == ("error", False)
    if damage == "folder":
        file.rmdir()
    file.write_text(entry("web", OTHER))
    store.refresh()
    assert (store.state, store.error) == ("ok", None)
    assert store.ring.find(OTHER.encode())


def test_a_server_does_not_start_with_a_file_with_errors(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="no such file"):
        KeyStore(Settings(keys_file=tmp_path / "missing.toml"))


def test_the_key_of_the_environment_stays_valid(file: Path) -> None:
    store = KeyStore(Settings(keys_file=file, api_key=OTHER))
    assert [key.name for key in store.ring.keys.values()] == ["default", "web"]
    with pytest.raises(KeyFileError, match="web is also A2F_API_KEY"):
        KeyStore(Settings(keys_file=file, api_key=SECRET))


def test_without_a_file_nothing_is_read() -> None:
    store = KeyStore(Settings())
    store.refresh()
    assert (store.state, store.empty) == (None, True)


@pytest.mark.anyio
async def test_a_fault_of_ours_does_not_end_the_watch(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_S", 0)
    store, calls, twice = KeyStore(Settings(keys_file=file)), 0, asyncio.Event()
    loop = asyncio.get_running_loop()

    def fail() -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            loop.call_soon_threadsafe(twice.set)
        raise RuntimeError("a fault")

    store.refresh = fail  # type: ignore[method-assign]
    watching = asyncio.create_task(store.watch())
    with capture_logs() as lines:
        await twice.wait()
    watching.cancel()
    assert lines[0]["log_level"] == "error"
