"""The thread for blocking calls."""

from __future__ import annotations

import asyncio
import threading

import pytest

from a2f_server.worker_thread import WorkerThread
from tests.support.waiting import PATIENCE, until

pytestmark = pytest.mark.anyio


def threads(name: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == name]


async def test_calls_run_on_the_worker_and_bring_their_results() -> None:
    worker = WorkerThread("test-results")
    assert await worker.run(lambda: threading.current_thread().name) == "test-results"
    assert await worker.run(lambda: 7) == 7
    worker.stop()


async def test_an_exception_is_raised_and_the_worker_continues() -> None:
    worker = WorkerThread("test-exceptions")
    with pytest.raises(ZeroDivisionError):
        await worker.run(lambda: 1 / 0)
    with pytest.raises(KeyboardInterrupt):
        await worker.run(_interrupt)
    assert await worker.run(lambda: "well") == "well"
    worker.stop()


def _interrupt() -> None:
    raise KeyboardInterrupt


async def test_calls_run_one_after_another_in_their_order() -> None:
    worker, ran = WorkerThread("test-order"), []
    await asyncio.gather(*(worker.run(lambda k=k: ran.append(k)) for k in range(20)))  # type: ignore[misc]
    assert ran == list(range(20))
    worker.stop()


async def test_the_event_loop_does_not_wait() -> None:
    worker, release = WorkerThread("test-loop"), threading.Event()
    call = asyncio.create_task(worker.run(lambda: release.wait(PATIENCE)))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not call.done()
    release.set()
    assert await call
    worker.stop()


async def test_a_cancelled_caller_does_not_affect_others() -> None:
    worker, release = WorkerThread("test-cancel"), threading.Event()
    given_up = asyncio.create_task(worker.run(lambda: release.wait(PATIENCE)))
    await asyncio.sleep(0)
    given_up.cancel()
    later = asyncio.create_task(worker.run(lambda: "next"))
    release.set()
    assert await later == "next"
    assert given_up.cancelled()
    worker.stop()


async def test_a_call_cancelled_before_its_turn_is_skipped() -> None:
    worker, release, ran = WorkerThread("test-given-up"), threading.Event(), []
    first = asyncio.create_task(worker.run(lambda: release.wait(PATIENCE)))
    given_up = asyncio.create_task(worker.run(lambda: ran.append("in vain")))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.sleep(0)
    release.set()
    assert await first
    assert await worker.run(lambda: "next") == "next"
    assert not ran
    worker.stop()


async def test_stop_finishes_pending_calls_and_ends_the_thread() -> None:
    worker = WorkerThread("test-stop")
    call = asyncio.create_task(worker.run(lambda: "done"))
    await asyncio.sleep(0)
    worker.stop()
    assert await call == "done"
    until(lambda: not threads("test-stop"))


async def test_wait_waits_for_the_current_call() -> None:
    worker, begun, release = WorkerThread("test-wait"), threading.Event(), threading.Event()
    call = asyncio.create_task(worker.run(lambda: (begun.set(), release.wait(PATIENCE))))
    await asyncio.to_thread(begun.wait, PATIENCE)
    worker.stop()
    worker.wait(0.0)
    assert threads("test-wait")
    release.set()
    worker.wait(PATIENCE)
    assert not threads("test-wait")
    assert await call


async def test_a_hung_call_does_not_keep_the_process_alive() -> None:
    worker = WorkerThread("test-daemon")
    assert all(thread.daemon for thread in threads("test-daemon"))
    worker.stop()


def test_a_closed_loop_is_not_an_error() -> None:
    worker, begun, release = WorkerThread("test-closed"), threading.Event(), threading.Event()

    async def leave() -> None:
        call = asyncio.create_task(worker.run(lambda: (begun.set(), release.wait(PATIENCE))))
        await asyncio.to_thread(begun.wait, PATIENCE)
        call.cancel()

    asyncio.run(leave())
    release.set()
    until(lambda: not threads("test-closed"))
