"""The engine owns the device: it runs the due windows of all utterances together, on its thread.

Utterances are touched on the event loop only; the device sees nothing but batches (device.py says where it runs them).
While a batch is being computed new windows gather, so batches grow with load by themselves.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Hashable

import structlog

from a2f_server.audio.pcm import Samples
from a2f_server.backends.contract import Backend
from a2f_server.engine.runner import Answer, BackendRunner
from a2f_server.engine.stream import Slot, Stream
from a2f_server.engine.utterance import Frames, Moved, Utterance, batch, finish
from a2f_server.errors import A2FError, BackendFailed, Busy
from a2f_server.metrics import Metrics

log = structlog.get_logger(__name__)

STEPS = (64, 8, 2, 1)
"""Consecutive windows of one utterance in a call: long runs for files, one or two for a live voice."""
CROWD = 16
GATHER_S = 0.006
"""Above CROWD open utterances a round begins at most every GATHER_S seconds: fewer, larger batches cost less, and two
threads that hand the interpreter to each other at every turn slow each other down (docs/performance.md)."""

Group = tuple[int, list[Stream]]
"""Windows of each, and the streams that can share a call."""


class Engine:
    """One backend on its device, and the streams that are open."""

    def __init__(
        self,
        backend: Backend,
        metrics: Metrics,
        *,
        capacity: int | None = None,
        timeout: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.metrics, self.clock, self.backend = metrics, clock, backend
        self.runner = BackendRunner(backend, timeout)
        self.capacity = capacity or backend.capacity
        self.draining = False
        self._slots: set[Slot] = set()
        self._open: set[Stream] = set()
        self._dirty: dict[Stream, None] = {}
        self._wake = asyncio.Event()
        self._freed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        metrics.capacity.set(self.capacity)

    @property
    def active(self) -> int:
        """Open utterances, those included whose sound has yet to be decoded."""
        return len(self._slots)

    @property
    def healthy(self) -> bool:
        """Whether the backend answers."""
        return self.runner.healthy

    @property
    def full(self) -> bool:
        """Whether a new utterance would be refused."""
        return self.draining or self.active >= self.capacity

    def start(self) -> None:
        """Begins to run; call it on the event loop."""
        self._task = asyncio.create_task(self._run(), name="a2f-engine")
        self._task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Ends what is open with an error and frees the device."""
        self.dismiss()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.runner.stop()

    async def drain(self, limit: float) -> None:
        """Refuses new utterances and waits, `limit` seconds at most, until the open ones are finished."""
        self.draining = True
        try:
            async with asyncio.timeout(limit):
                while self._slots:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            log.warning("utterances did not finish in time", open=self.active)

    def dismiss(self) -> None:
        """Ends what is open with an error."""
        for stream in list(self._open):
            stream.fail(Busy("the server is shutting down; connect again in a moment"))

    def reserve(self) -> Slot:
        """A place for one more utterance. Raises Busy at once when there is none."""
        if self.draining:
            raise Busy("the server is shutting down; connect again in a moment")
        if self.full:
            raise Busy(f"all {self.capacity} streams of this server are taken; try again in a moment")
        slot = Slot(self)
        self._slots.add(slot)
        self.metrics.utterances.set(self.active)
        return slot

    def open(self, utterance: Utterance, slot: Slot | None = None) -> Stream:
        """Begins an utterance, in a place reserved before or a new one. Raises Busy at once when there is none."""
        stream = Stream(self, utterance, slot or self.reserve())
        self._open.add(stream)
        return stream

    async def animate(self, utterance: Utterance, sound: Samples, slot: Slot | None = None) -> AsyncIterator[Frames]:
        """A whole sound in, frames out as they are computed."""
        stream = self.open(utterance, slot)
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
        """See Host."""
        if stream not in self._dirty and not stream.closed:
            stream.due_since = self.clock()
            self._dirty[stream] = None
            self._wake.set()

    def forget(self, stream: Stream) -> None:
        """See Host."""
        self._open.discard(stream)
        self._dirty.pop(stream, None)
        self.metrics.audio.inc(stream.utterance.received / stream.utterance.sample_rate)

    def free(self, slot: Slot) -> None:
        """See Host."""
        self._slots.discard(slot)
        self.metrics.utterances.set(self.active)
        self._freed.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """The engine ends when it is stopped; in any other way the server says that it is not well."""
        if not task.cancelled():
            self.runner.healthy = False
            log.critical("the engine ended", exc_info=task.exception())

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            begun = self.clock()
            for count, streams in self._groups():
                await self._step(count, [s for s in streams if not s.closed])
            # a brief backend runs in place: the loop gets its turn after every round
            await asyncio.sleep(begun + GATHER_S - self.clock() if self.active > CROWD else 0)

    def _groups(self) -> list[Group]:
        """Streams with due windows, by what one call can take together. Those with more to do stay dirty."""
        groups: dict[tuple[int, Hashable], list[Stream]] = {}
        for stream in list(self._dirty):
            due = 0 if stream.paused or stream.error else stream.utterance.due()
            if due:
                count = next(n for n in STEPS if n <= min(due, self.backend.max_run))
                groups.setdefault((count, stream.utterance.lane), []).append(stream)
            if due <= 1:
                del self._dirty[stream]
                self._tell_end(stream)
        if self._dirty:
            self._wake.set()
        most = self.backend.max_batch
        return [part for (count, _), streams in groups.items() for part in _parts(count, streams, most)]

    async def _step(self, count: int, streams: list[Stream]) -> None:
        """One call of the backend. What raises here besides the backend is a fault of ours, and ends only these."""
        try:
            if streams:
                await self._compute(count, streams)
        except Exception:
            log.exception("frames could not be made", streams=[s.name for s in streams])
            for stream in streams:
                stream.fail(_our_fault())

    async def _compute(self, count: int, streams: list[Stream]) -> None:
        begun = self.clock()
        utterances = [s.utterance for s in streams]
        taken = [u.take(count) for u in utterances]
        dtype, layout = utterances[0].dtype, utterances[0].layout
        states = [u.state for u in utterances]
        answers = await self.runner.infer(lambda: batch(taken, dtype, layout), states, live=count <= 2)
        inferred = self.clock()
        frames = self._deliver(streams, answers, inferred)
        self.metrics.queue_time.observe(begun - min(s.due_since for s in streams))
        self.metrics.batch.observe(len(streams) * count)
        self.metrics.infer_time.observe(inferred - begun)
        self.metrics.frames.inc(frames)

    def _deliver(self, streams: list[Stream], answers: list[Answer], begun: float) -> int:
        """Hands every row's frames to its stream, whose door sends them at once; says how many there were."""
        moved = [(s, m) for s, answer in zip(streams, answers, strict=True) if (m := self._moved(s, answer))]
        if not moved:
            return 0
        made = finish([m for _, m in moved])
        finished = self.clock()
        self.metrics.motion_time.observe(finished - begun)
        for (stream, _), frames in zip(moved, made, strict=True):
            if frames.first == 0:
                self.metrics.first_frame.observe(self.clock() - stream.opened)
            stream.push(frames)
        self.metrics.send_time.observe(self.clock() - finished)
        return sum(map(len, made))

    def _moved(self, stream: Stream, answer: Answer) -> Moved | None:
        if stream.closed:
            return None
        if isinstance(answer, A2FError):
            log.warning("the backend failed", stream=stream.name, reason=answer.message)
            stream.fail(answer)
            return None
        try:
            moved = stream.utterance.move(*answer)
        except Exception:
            log.exception("motion failed", stream=stream.name)
            stream.fail(_our_fault())
            return None
        if moved is None:
            self._tell_end(stream)
        return moved

    def _tell_end(self, stream: Stream) -> None:
        """An utterance that ends without another frame has nobody else to say so."""
        if stream.utterance.done:
            stream.tell()


def _our_fault() -> BackendFailed:
    return BackendFailed("the server failed on this utterance; its log says why")


def _parts(count: int, streams: list[Stream], most: int) -> list[Group]:
    size = max(1, most // count)
    return [(count, streams[i : i + size]) for i in range(0, len(streams), size)]
