"""The engine: batches, capacity, backpressure, and every way a backend can fail."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from a2f_server.backends.contract import Backend, Batch
from a2f_server.backends.mock.backend import MockBackend
from a2f_server.engine import engine as engine_module
from a2f_server.engine.batches import FIRST_RUN, LIVE_RUN
from a2f_server.engine.engine import BESIDE_LIVE, Engine
from a2f_server.engine.stream import BACKLOG, Stream
from a2f_server.errors import BackendFailed, Busy
from a2f_server.metrics import Metrics
from tests.backends.toy import Hanging, Nan, Raising, Toy
from tests.support.sounds import buzz
from tests.support.streaming import streamed, utterance, whole

pytestmark = pytest.mark.anyio
RATE = 16000
QUIET, LOUD = buzz(1, RATE) * np.float32(0.5), np.ones(RATE, np.float32)


@asynccontextmanager
async def running(backend: Backend, **options: object) -> AsyncIterator[Engine]:
    engine = Engine(backend, Metrics(), **options)  # type: ignore[arg-type]
    engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


async def frames(engine: Engine, backend: Backend, sound: np.ndarray) -> np.ndarray:
    return np.concatenate([part.values async for part in engine.animate(utterance(backend, RATE), whole(sound))])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - there is no event for this
            await asyncio.sleep(0)


class Recording(Toy):
    """Records the size of every call."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def infer(self, batch: Batch, states: object) -> object:
        self.calls.append(batch.samples.shape[:2])
        return super().infer(batch, states)  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [MockBackend, Toy])
async def test_concurrent_utterances_equal_single_ones(make: Callable[[], Backend]) -> None:
    backend = make()
    sounds = [buzz(0.4 + 0.1 * k, RATE, seed=k) for k in range(8)]
    async with running(backend, capacity=8) as engine:
        together = await asyncio.gather(*(frames(engine, backend, sound) for sound in sounds))
        assert engine.slots.taken == 0
    for sound, got in zip(sounds, together, strict=True):
        assert np.array_equal(got, streamed(backend, sound, RATE, []))


async def test_due_windows_of_all_utterances_go_in_one_batch() -> None:
    backend = Recording()
    async with running(backend) as engine:
        streams = [engine.open(utterance(backend, RATE)) for _ in range(6)]
        for stream in streams:
            stream.write(buzz(0.07, RATE))
        await until(lambda: bool(backend.calls))
        for stream in streams:
            stream.close()
    assert backend.calls[0][0] == 6


async def test_a_call_respects_the_backends_limits() -> None:
    backend = Recording()
    backend.max_run, backend.max_batch = 2, 3
    sounds = [buzz(0.5, RATE, seed=k) for k in range(5)]
    async with running(backend, capacity=8) as engine:
        together = await asyncio.gather(*(frames(engine, backend, sound) for sound in sounds))
    assert max(rows * windows for rows, windows in backend.calls) <= 3
    assert max(windows for _, windows in backend.calls) == 2
    for sound, got in zip(sounds, together, strict=True):
        assert np.array_equal(got, streamed(Toy(), sound, RATE, []))


@pytest.mark.parametrize("windows", [1, 2, 4])
async def test_a_message_of_live_audio_is_one_call(windows: int) -> None:
    backend = Recording()
    layout = backend.layout(RATE)
    size = RATE * layout.hop // layout.frame_rate
    async with running(backend) as engine:
        stream = engine.open(utterance(backend, RATE))
        for message in range(4):
            stream.write(np.zeros(windows * size + (layout.window if message == 0 else 0), np.float32))
            await until(lambda: stream.utterance.due() == 0)
        stream.close()
    assert [call for call in backend.calls[1:] if call[1] == windows]
    assert len(backend.calls) <= 6


async def test_a_few_second_windows_wait_for_the_next_round_of_many_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "GATHER", ((0, 1e-9),))
    backend = Recording()
    layout = backend.layout(RATE)
    one, two = (QUIET[: layout.start(count - 1) + layout.window] for count in (1, 2))
    async with running(backend) as engine:
        streams = [engine.open(utterance(backend, RATE)) for _ in range(5)]
        for stream, sound in zip(streams, (one, two, one, two, one), strict=True):
            stream.write(sound)
        await until(lambda: len(backend.calls) == 2)
    assert backend.calls == [(5, 1), (2, 1)]


async def test_files_alone_take_long_runs_together() -> None:
    backend = Recording()
    async with running(backend) as engine:
        await asyncio.gather(*(frames(engine, backend, np.tile(QUIET, 8)) for _ in range(2)))
    assert (2, 64) in backend.calls


async def test_the_first_frame_of_a_file_does_not_wait_for_a_long_run() -> None:
    backend = Recording()
    async with running(backend) as engine:
        await frames(engine, backend, np.tile(QUIET, 8))
    first, *rest = (windows for _, windows in backend.calls)
    assert first == FIRST_RUN
    assert rest[0] == 64


async def test_beside_live_audio_files_take_turns_in_shorter_runs() -> None:
    backend = Recording()
    async with running(backend) as engine:
        live = engine.open(utterance(backend, RATE))
        files = [frames(engine, backend, np.tile(buzz(1, RATE, seed=k), 8)) for k in range(3)]
        got = await asyncio.gather(*files)
        live.close()
    long = [call for call in backend.calls if call[1] > LIVE_RUN]
    assert {rows for rows, _ in long} == {1}
    assert max(windows for _, windows in long) == BESIDE_LIVE
    for k, values in enumerate(got):
        assert np.array_equal(values, streamed(Toy(), np.tile(buzz(1, RATE, seed=k), 8), RATE, []))


async def test_only_live_audio_can_be_late() -> None:
    """Audio that came faster than real time waits for the rounds before it, and nobody notices."""
    backend, noted = Toy(), []
    async with running(backend, capacity=8) as engine:
        engine._load.note_round = lambda late, rows, took: noted.append(rows)  # type: ignore[method-assign]
        burst = engine.open(utterance(backend, RATE))
        burst.write(buzz(0.5, RATE))
        await until(lambda: burst.utterance.due() == 0)
        assert not noted
        for _ in range(3):
            burst.write(buzz(0.04, RATE))
            await until(lambda: burst.utterance.due() == 0)
        await until(lambda: bool(noted))
        burst.close()


async def test_a_full_engine_refuses_immediately_and_recovers() -> None:
    backend = Toy()
    async with running(backend, capacity=2) as engine:
        first, second = engine.open(utterance(backend, RATE)), engine.open(utterance(backend, RATE))
        assert engine.slots.full
        with pytest.raises(Busy, match="all 2 streams"):
            engine.open(utterance(backend, RATE))
        first.close()
        first.close()
        assert engine.slots.taken == 1
        assert len(await frames(engine, backend, QUIET)) == 30
        second.close()


async def collect(stream: Stream) -> list[np.ndarray]:
    """Returns all frames; raises the stream's error."""
    changed, out = asyncio.Event(), []
    stream.on_change = changed.set
    while not stream.finished or stream.error:
        changed.clear()
        if part := stream.pop():
            out.append(part.values)
        else:
            await asyncio.wait_for(changed.wait(), 20)
    return out


@pytest.mark.parametrize(("make", "reason"), [(Raising, "log says why"), (Nan, "not numbers")])
async def test_a_fault_affects_only_its_own_stream(make: Callable[[], Backend], reason: str) -> None:
    backend = make()
    async with running(backend) as engine:
        good, bad = engine.open(utterance(backend, RATE)), engine.open(utterance(backend, RATE))
        for stream, sound in ((good, QUIET), (bad, LOUD)):
            stream.write(sound)
            stream.end()
        with pytest.raises(BackendFailed, match=reason):
            await collect(bad)
        assert sum(map(len, await collect(good))) == 30
        assert engine.healthy
        good.close()
        bad.close()


async def test_a_hung_backend_call_is_abandoned() -> None:
    backend = Hanging()
    async with running(backend, timeout=0.05) as engine:
        stream = engine.open(utterance(backend, RATE))
        stream.write(LOUD)
        with pytest.raises(BackendFailed, match="did not answer within"):
            await collect(stream)
        assert not engine.healthy
        stream.close()
        assert len(await frames(engine, backend, QUIET)) == 30
        assert engine.healthy
        backend.released.set()


async def test_stopping_waits_for_the_current_call() -> None:
    """A model's library that is still running would crash the process at exit."""
    backend, closed = Hanging(), []
    backend.close = lambda: closed.append(backend.released.is_set())  # type: ignore[method-assign]
    async with running(backend) as engine:
        stream = engine.open(utterance(backend, RATE))
        stream.write(LOUD)
        await asyncio.to_thread(backend.begun.wait, 20)
        threading.Timer(0.05, backend.released.set).start()
    assert closed == [True]


async def test_an_internal_error_ends_only_its_utterance() -> None:
    backend = Toy()

    class Broken:
        def process(self, weights: np.ndarray, first: int, emotions: object) -> np.ndarray:
            raise ZeroDivisionError

    async with running(backend) as engine:
        stream = engine.open(utterance(backend, RATE, motion=[Broken()]))
        stream.write(QUIET)
        with pytest.raises(BackendFailed, match="log says why"):
            await collect(stream)
        stream.close()
        assert len(await frames(engine, backend, QUIET)) == 30


async def test_an_endpoint_that_raises_loses_only_its_own_stream() -> None:
    backend = Toy()

    def broken() -> None:
        raise ZeroDivisionError

    async with running(backend) as engine:
        stream = engine.open(utterance(backend, RATE))
        stream.on_change = broken
        stream.write(QUIET)
        assert len(await frames(engine, backend, QUIET)) == 30, "other streams continue"
        assert stream.closed
        assert engine.slots.taken == 0


async def test_a_slow_reader_pauses_only_its_own_inference() -> None:
    backend = Toy()
    async with running(backend) as engine:
        lazy = engine.open(utterance(backend, RATE))
        lazy.write(np.tile(QUIET, 60))
        lazy.end()
        await until(lambda: lazy.paused)
        assert len(await frames(engine, backend, QUIET)) == 30, "others continue"
        waiting = lazy._waiting
        assert BACKLOG <= waiting < BACKLOG + 130
        assert sum(map(len, await collect(lazy))) == 1800, "no frame is lost"
        lazy.close()


async def test_draining_lets_open_utterances_finish() -> None:
    backend = Toy()
    async with running(backend) as engine:
        stream = engine.open(utterance(backend, RATE))
        drained = asyncio.create_task(engine.slots.drain(20))
        await until(lambda: engine.slots.draining)
        with pytest.raises(Busy, match="shutting down"):
            engine.open(utterance(backend, RATE))
        stream.write(QUIET)
        stream.end()
        assert sum(map(len, await collect(stream))) == 30
        assert not drained.done()
        stream.close()
        await drained


async def test_stopping_after_the_drain_limit_ends_streams_with_an_error() -> None:
    backend = Toy()
    async with running(backend) as engine:
        stream = engine.open(utterance(backend, RATE))
        await engine.slots.drain(0)
    with pytest.raises(Busy, match="shutting down"):
        stream.pop()


async def test_a_closed_stream_is_no_longer_computed() -> None:
    backend = Recording()
    async with running(backend) as engine:
        stream = engine.open(utterance(backend, RATE))
        stream.write(np.tile(QUIET, 30))
        await until(lambda: bool(backend.calls))
        stream.close()
        await frames(engine, backend, QUIET)
        assert stream.pop() is None
        assert sum(b * t for b, t in backend.calls) < 300
        assert not engine._dirty
        assert not engine._open


async def test_writing_never_blocks() -> None:
    """Audio is accepted without an await, even while the backend hangs."""
    backend = Hanging()
    async with running(backend, timeout=5) as engine:
        stream = engine.open(utterance(backend, RATE))
        stream.write(LOUD)
        await asyncio.sleep(0)
        stream.write(LOUD)
        backend.released.set()
        stream.end()
        assert sum(map(len, await collect(stream))) == 60
        stream.close()


async def test_an_event_loop_that_is_late_is_not_a_backend_that_hangs() -> None:
    """The worker had answered long before the loop came to look: only the worker's own time counts."""
    backend = Toy()
    async with running(backend, timeout=0.05) as engine:
        stream = engine.open(utterance(backend, RATE))
        stream.write(LOUD)
        stream.end()
        for _ in range(5):
            await asyncio.sleep(0)
            time.sleep(0.1)  # noqa: ASYNC251 - the loop is late
        await until(lambda: stream.error or stream.utterance.done)
        assert stream.error is None
        assert engine.healthy
        stream.close()
