"""The engine owns the device: it runs the due windows of all utterances together, off the event loop.

Utterances are touched on the event loop only; one worker thread sees nothing but batches. While a batch is being
computed new windows gather, so batches grow with load by themselves.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

import numpy as np
import structlog

from a2f_server.audio.pcm import Samples
from a2f_server.backends.contract import Backend, Batch, Layout, Result, State
from a2f_server.clip import Weights
from a2f_server.errors import A2FError, BackendFailed, Busy
from a2f_server.metrics import Metrics
from a2f_server.utterance import Frames, Utterance, batch
from a2f_server.worker import Worker

log = structlog.get_logger(__name__)

Answer = tuple[Weights, State] | A2FError
"""What one row of a batch came to."""

STEPS = (64, 8, 1)
"""Consecutive windows of one utterance in a call: long runs for files, one for a live voice."""
MOST_WINDOWS = 1024
"""Windows in one call, so that a crowd of files does not hold up the live voices."""
CROWD = 16
GATHER_S = 0.012
"""Above CROWD open utterances a round begins at most every GATHER_S seconds: fewer, larger batches cost less, and
threads that hand the interpreter to each other more often than that slow each other down."""
BACKLOG = 256
"""Frames that may wait for a reader before its utterance is paused (docs/protocol.md, back-pressure)."""


class Place:
    """The right to one open utterance. `close` gives it back and may be called twice."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        engine.places.add(self)
        engine.count_places()

    def close(self) -> None:
        """Frees the place."""
        self._engine.places.discard(self)
        self._engine.count_places()


class Stream:
    """One utterance on the engine. Sound goes in at once and never waits; frames are popped as they come."""

    def __init__(self, engine: Engine, utterance: Utterance, place: Place) -> None:
        self.utterance = utterance
        self.due_since = 0.0
        self.opened = engine.clock()
        self.error: A2FError | None = None
        self.on_change: Callable[[], None] = _nothing
        self._engine = engine
        self._place = place
        self._ready: deque[Frames] = deque()
        self._waiting = 0
        self.closed = False

    def write(self, samples: Samples) -> None:
        """More sound; raises what the utterance raises."""
        self.utterance.write(samples)
        self._engine.wake(self)

    def end(self) -> None:
        """No more sound."""
        self.utterance.end()
        self._engine.wake(self)

    def close(self) -> None:
        """Frees the utterance's place, whether it is finished or not. Idempotent."""
        if not self.closed:
            self.closed = True
            self._ready.clear()
            self._engine.forget(self)
            self._engine.metrics.audio.inc(self.utterance.received / self.utterance.sample_rate)
            self._place.close()

    @property
    def finished(self) -> bool:
        """Whether nothing more will come: all frames were popped, or there is an error."""
        return self.error is not None or (self.utterance.done and not self._ready)

    @property
    def paused(self) -> bool:
        """Whether so many frames wait that inference does."""
        return self._waiting >= BACKLOG

    def pop(self) -> Frames | None:
        """The next frames, None while there are none. Raises the stream's error after its last frames."""
        if self._ready:
            return self._popped(self._ready.popleft())
        if self.error:
            raise self.error
        return None

    def _popped(self, frames: Frames) -> Frames:
        was_paused = self.paused
        self._waiting -= len(frames)
        if was_paused:
            self._engine.wake(self)
        return frames

    def push(self, frames: Frames) -> None:
        """For the engine: frames are ready."""
        self._ready.append(frames)
        self._waiting += len(frames)

    def fail(self, error: A2FError) -> None:
        """For the engine: the utterance ends here."""
        if self.error is None and not self.closed:
            self.error = error
            self.on_change()


class Engine:
    """One backend, its worker thread, and the streams that are open."""

    def __init__(
        self,
        backend: Backend,
        metrics: Metrics,
        *,
        capacity: int | None = None,
        timeout: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.backend, self.metrics, self.clock = backend, metrics, clock
        self.capacity = capacity or backend.capacity
        self.draining = False
        self.healthy = True
        self._timeout = timeout
        self.places: set[Place] = set()
        self._open: set[Stream] = set()
        self._dirty: dict[Stream, None] = {}
        self._wake = asyncio.Event()
        self._freed = asyncio.Event()
        self._worker = Worker("a2f-engine")
        self._task: asyncio.Task[None] | None = None
        metrics.capacity.set(self.capacity)

    @property
    def active(self) -> int:
        """Open utterances, those included whose sound has yet to be decoded."""
        return len(self.places)

    @property
    def full(self) -> bool:
        """Whether a new utterance would be refused."""
        return self.draining or self.active >= self.capacity

    def start(self) -> None:
        """Begins to run; call it on the event loop."""
        self._task = asyncio.create_task(self._run(), name="a2f-engine")

    async def stop(self) -> None:
        """Ends what is open with an error and frees the device."""
        for stream in list(self._open):
            stream.fail(Busy("the server is shutting down; connect again in a moment"))
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._worker.stop()
        self.backend.close()

    async def drain(self, limit: float) -> None:
        """Refuses new utterances and waits, `limit` seconds at most, until the open ones are finished."""
        self.draining = True
        try:
            async with asyncio.timeout(limit):
                while self.places:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            log.warning("utterances did not finish in time", open=self.active)

    def reserve(self) -> Place:
        """A place for one more utterance. Raises Busy at once when there is none."""
        if self.draining:
            raise Busy("the server is shutting down; connect again in a moment")
        if self.full:
            raise Busy(f"all {self.capacity} streams of this server are taken; try again in a moment")
        return Place(self)

    def open(self, utterance: Utterance, place: Place | None = None) -> Stream:
        """Begins an utterance, in a place reserved before or a new one. Raises Busy at once when there is none."""
        stream = Stream(self, utterance, place or self.reserve())
        self._open.add(stream)
        return stream

    async def animate(self, utterance: Utterance, sound: Samples, place: Place | None = None) -> AsyncIterator[Frames]:
        """A whole sound in, frames out as they are computed."""
        stream = self.open(utterance, place)
        changed = asyncio.Event()
        stream.on_change = changed.set
        try:
            stream.write(sound)
            stream.end()
            while not stream.finished or stream.error:
                changed.clear()
                if frames := stream.pop():
                    yield frames
                else:
                    await changed.wait()
        finally:
            stream.close()

    def wake(self, stream: Stream) -> None:
        """For streams: something about this one changed."""
        if stream not in self._dirty and not stream.closed:
            stream.due_since = self.clock()
            self._dirty[stream] = None
            self._wake.set()

    def forget(self, stream: Stream) -> None:
        """For streams: this one is closed."""
        self._open.discard(stream)
        self._dirty.pop(stream, None)

    def count_places(self) -> None:
        """For places: one was taken or freed."""
        self.metrics.utterances.set(self.active)
        self._freed.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            begun = self.clock()
            for layout, count, streams in self._groups():
                await self._step(layout, count, streams)
            if self.active > CROWD:
                await asyncio.sleep(begun + GATHER_S - self.clock())

    def _groups(self) -> list[tuple[Layout, int, list[Stream]]]:
        """Streams with due windows, by what one call can take together. Those with more to do stay dirty."""
        groups: dict[tuple[Layout, int], list[Stream]] = {}
        for stream in list(self._dirty):
            due = 0 if stream.paused or stream.error else stream.utterance.due()
            if due:
                count = next(n for n in STEPS if n <= due)
                groups.setdefault((stream.utterance.layout, count), []).append(stream)
            if due <= 1:
                del self._dirty[stream]
                self._finish_empty(stream)
        if self._dirty:
            self._wake.set()
        return [(layout, n, part) for (layout, n), all_ in groups.items() for part in _parts(all_, MOST_WINDOWS // n)]

    def _finish_empty(self, stream: Stream) -> None:
        """An utterance that ends without another window has nobody else to tell it."""
        if stream.utterance.done:
            stream.on_change()

    async def _step(self, layout: Layout, count: int, streams: list[Stream]) -> None:
        """One call of the backend. What raises here besides the backend is a fault of ours, and ends only these."""
        try:
            streams = [s for s in streams if not s.closed]
            if streams:
                await self._compute(layout, count, streams)
        except Exception:
            log.exception("frames could not be made")
            for stream in streams:
                stream.fail(BackendFailed("the server failed on this utterance; its log says why"))

    async def _compute(self, layout: Layout, count: int, streams: list[Stream]) -> None:
        begun = self.clock()
        self.metrics.queue_time.observe(begun - min(s.due_since for s in streams))
        self.metrics.batch.observe(len(streams) * count)
        taken = [s.utterance.take(count) for s in streams]
        answers = await self._infer(batch(taken, layout.sample_rate), [s.utterance.state for s in streams])
        inferred = self.clock()
        self.metrics.infer_time.observe(inferred - begun)
        made = sum(self._deliver(stream, answer) for stream, answer in zip(streams, answers, strict=True))
        self.metrics.frames.inc(made)
        self.metrics.motion_time.observe(self.clock() - inferred)

    def _deliver(self, stream: Stream, answer: Answer) -> int:
        """Hands a row's frames to its stream; says how many."""
        if stream.closed:
            return 0
        if isinstance(answer, A2FError):
            stream.fail(answer)
            return 0
        frames = stream.utterance.accept(*answer)
        if frames is None:
            if stream.utterance.done:
                stream.on_change()
            return 0
        if frames.first == 0:
            self.metrics.first_frame.observe(self.clock() - stream.opened)
        stream.push(frames)
        stream.on_change()
        return len(frames)

    async def _infer(self, whole: Batch, states: Sequence[State]) -> list[Answer]:
        """One answer a row. A batch that raises is run row by row, so that one stream's fault is only its own."""
        answer = await self._call(whole, states)
        if not isinstance(answer, A2FError):
            return _checked(*answer)
        if len(states) == 1 or not self.healthy:
            return [answer for _ in states]
        return [(await self._infer(whole.row(i), [state]))[0] for i, state in enumerate(states)]

    async def _call(self, whole: Batch, states: Sequence[State]) -> Result | A2FError:
        try:
            async with asyncio.timeout(self._timeout):
                answer: Result = await self._worker.run(lambda: self.backend.infer(whole, states))
        except TimeoutError:
            return self._hung()
        except A2FError as error:
            return error
        except Exception:
            log.exception("the backend raised", backend=self.backend.name)
            return BackendFailed("the face model failed on this audio; the server's log says why")
        self.healthy = True
        return answer

    def _hung(self) -> A2FError:
        """A thread cannot be killed: it is left behind and a new one takes its place."""
        self.healthy = False
        self._worker.abandon()
        self._worker = Worker("a2f-engine")
        log.error("the backend hangs", backend=self.backend.name, limit_s=self._timeout)
        return BackendFailed(f"the face model did not answer within {self._timeout:g} s")


def _checked(weights: Weights, states: Sequence[State]) -> list[Answer]:
    """NaN in, error out: a face is never frozen in silence."""
    rows = list(zip(weights, states, strict=True))
    if np.isfinite(weights).all():
        return list(rows)
    bad = BackendFailed("the face model gave values that are not numbers")
    return [row if np.isfinite(row[0]).all() else bad for row in rows]


def _parts(streams: list[Stream], size: int) -> list[list[Stream]]:
    return [streams[i : i + size] for i in range(0, len(streams), size)]


def _nothing() -> None:
    pass
