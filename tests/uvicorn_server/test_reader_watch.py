"""Slow readers: which are dropped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from a2f_server.uvicorn_server.reader_watch import ReaderWatch

SECONDS, LEAST_RATE = 20.0, 4096


class SlowClient:
    """A loop and a transport whose client reads a number of bytes between two checks."""

    def __init__(self, unread: int) -> None:
        self.unread = unread
        self.aborted = False
        self.checks: list[Callable[[], None]] = []

    def call_later(self, seconds: float, call: Callable[..., None], *arguments: object) -> SlowClient:
        self.checks.append(lambda: call(*arguments))
        return self

    def cancel(self) -> None:
        self.checks.clear()

    def get_write_buffer_size(self) -> int:
        return self.unread

    def abort(self) -> None:
        self.aborted = True


def watch(client: SlowClient) -> ReaderWatch:
    """Begins to watch the client."""
    watch = ReaderWatch(client, SECONDS, LEAST_RATE)  # type: ignore[arg-type]
    watch.start(client)  # type: ignore[arg-type]
    return watch


@pytest.mark.parametrize(("rate", "dropped"), [(0, True), (1, True), (LEAST_RATE - 1, True), (LEAST_RATE, False)])
def test_a_large_answer_may_be_read_slowly_but_not_drop_by_drop(rate: int, dropped: bool) -> None:
    """An answer of 40 MB takes longer than 20 s on most networks."""
    client = SlowClient(40 << 20)
    watch(client)
    for _ in range(20):
        if client.aborted:
            break
        client.unread -= int(SECONDS * rate)
        client.checks.pop()()
    assert client.aborted is dropped


def test_an_answer_that_was_read_is_no_longer_watched() -> None:
    client = SlowClient(1 << 20)
    watch(client).stop()
    assert not client.checks
