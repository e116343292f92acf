"""Bursts of requests are spread over turns of the event loop."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from a2f_server.uvicorn_server import request_pacer
from a2f_server.uvicorn_server.request_pacer import MOST, RequestPacer

pytestmark = pytest.mark.anyio


class App:
    """Records in which turn of the event loop each request begins."""

    def __init__(self) -> None:
        self.turn = 0
        self.begun: list[tuple[int, int]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.begun.append((scope["number"], self.turn))

    async def count_turns(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.turn += 1


def request(pacer: RequestPacer, number: int, type: str = "http", path: str = "/") -> asyncio.Task[None]:
    async def begin() -> None:
        await pacer({"type": type, "number": number, "path": path}, None, None)  # type: ignore[arg-type]

    return asyncio.create_task(begin())


async def test_a_burst_begins_a_few_at_a_time_and_in_order() -> None:
    app = App()
    pacer, counting = RequestPacer(app), asyncio.create_task(app.count_turns())
    await asyncio.gather(*(request(pacer, number) for number in range(5 * MOST)))
    counting.cancel()
    assert [number for number, _ in app.begun] == list(range(5 * MOST))
    turns = [turn for _, turn in app.begun]
    assert max(turns.count(turn) for turn in turns) <= MOST
    assert len(set(turns)) >= 5


async def test_a_single_request_begins_at_once() -> None:
    app = App()
    pacer = RequestPacer(app)
    for number in range(3 * MOST):
        await request(pacer, number, "websocket")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert len(app.begun) == 3 * MOST


async def test_a_cancelled_request_takes_no_turn() -> None:
    app = App()
    pacer = RequestPacer(app)
    tasks = [request(pacer, number) for number in range(3 * MOST)]
    await asyncio.sleep(0)
    for task in tasks[MOST : 2 * MOST]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert [number for number, _ in app.begun] == [*range(MOST), *range(2 * MOST, 3 * MOST)]


async def test_a_health_check_does_not_wait() -> None:
    app = App()
    pacer = RequestPacer(app, probes=("/health",))
    tasks = [request(pacer, number) for number in range(3 * MOST)]
    tasks.append(request(pacer, 99, path="/health"))
    await asyncio.gather(*tasks)
    assert [number for number, _ in app.begun].index(99) == MOST


async def test_the_lifespan_does_not_wait() -> None:
    app = App()
    await request(RequestPacer(app), 0, "lifespan")
    assert app.begun


async def test_beside_live_utterances_turns_are_further_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_pacer, "BESIDE_LIVE_S", 0.5)
    app = App()
    pacer = RequestPacer(app, live=lambda: True)
    tasks = [request(pacer, number) for number in range(3 * MOST)]
    await asyncio.sleep(0.01)
    assert len(app.begun) == MOST
    await asyncio.gather(*tasks)
    assert [number for number, _ in app.begun] == list(range(3 * MOST))
