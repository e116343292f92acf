"""The engine runs the due windows of all utterances together.

Utterances are touched on the event loop only; the backend sees nothing but batches (runner.py). While a batch is being
computed new windows gather, so batches grow with the load.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable

import structlog

from a2f_server import arkit
from a2f_server.backends.contract import Backend
from a2f_server.engine.admission import AdmissionControl
from a2f_server.engine.batches import RUNS, BackendCall, Batches
from a2f_server.engine.frames import FloatFrames, Frames, quantise_frames
from a2f_server.engine.load import LoadMeter
from a2f_server.engine.runner import Answer, BackendRunner
from a2f_server.engine.slots import Slot, SlotPool
from a2f_server.engine.stream import Stream
from a2f_server.engine.utterance import Utterance, stack_windows
from a2f_server.errors import A2FError, BackendFailed, Busy
from a2f_server.metrics import Metrics
from a2f_server.worker_group.counts import Counts

log = structlog.get_logger(__name__)

BESIDE_LIVE, BESIDE_STRAINED = 32, 8
"""Windows of files in a round while other utterances are open, whose frames wait for the call to end, and while those
are nearly late."""
GATHER = ((64, 0.01), (16, 0.006), (0, 0.0))
"""With more than so many open utterances a round begins at most every so many seconds: fewer, larger batches cost
less, and two threads that contend for the interpreter slow each other down (docs/decisions.md)."""

Feed = Callable[[Stream], Awaitable[None]]
"""Gives a stream its audio, then its end or its error."""


class Engine:
    """One backend and the streams that are open on it. `slots` says whether another one may be opened."""

    def __init__(
        self,
        backend: Backend,
        metrics: Metrics,
        *,
        capacity: int | None = None,
        counts: Counts | None = None,
        timeout: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.metrics, self.clock, self.backend = metrics, clock, backend
        self.runner = BackendRunner(backend, timeout)
        self.most_due = 2 * min(RUNS[0], backend.max_run)
        of_all = capacity is not None or backend.shared
        self.slots = SlotPool(capacity or backend.capacity, metrics, counts, of_all_workers=of_all)
        self._load = LoadMeter(clock)
        self._admission = AdmissionControl(self.slots.most, trusted=capacity is not None)
        self.slots.limit(self._admission.ceiling)
        self._open: set[Stream] = set()
        self._dirty: dict[Stream, None] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def healthy(self) -> bool:
        """True while the backend answers."""
        return self.runner.healthy and self.backend.available

    @property
    def strained(self) -> bool:
        """True while frames of live streams are nearly late."""
        return self._load.strained

    @property
    def waiting_bytes(self) -> int:
        """Bytes of audio that no utterance has used yet."""
        return sum(stream.waiting_bytes for stream in self._open)

    def start(self) -> None:
        """Begins to run; call it on the event loop."""
        self._task = asyncio.create_task(self._run(), name="a2f-engine")
        self._task.add_done_callback(self._ended)
        self._watch = asyncio.create_task(self._load.watch(lambda: self.slots.taken, self._admit))
        self._watch.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Ends open streams with an error and frees the backend."""
        self.dismiss()
        for task in filter(None, (self._task, self._watch)):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self.runner.stop()

    def dismiss(self) -> None:
        """Ends open streams with an error."""
        for stream in list(self._open):
            stream.fail(Busy.shutting_down())

    def open(self, utterance: Utterance, slot: Slot | None = None) -> Stream:
        """Opens a stream in a slot reserved before, or in a new one. Raises Busy immediately if none is free."""
        stream = Stream(self, utterance, slot or self.slots.reserve())
        self._open.add(stream)
        return stream

    async def animate(self, utterance: Utterance, feed: Feed, slot: Slot | None = None) -> AsyncGenerator[Frames, None]:
        """Opens a stream that `feed` gives the whole audio; yields frames as they are computed."""
        stream = self.open(utterance, slot)
        changed = asyncio.Event()
        stream.on_change = changed.set
        feeding = asyncio.ensure_future(feed(stream))
        try:
            while not stream.finished or stream.error:
                changed.clear()
                if frames := stream.pop():
                    yield frames
                else:
                    await changed.wait()
        finally:
            feeding.cancel()
            stream.close()

    def note_other(self, seconds: float) -> None:
        """Takes seconds of the event loop that were spent on handshakes, which wait while the engine is strained."""
        self._load.note_other(seconds)

    def wake(self, stream: Stream) -> None:
        """Schedules a stream that may have windows to compute."""
        if stream not in self._dirty and not stream.closed:
            stream.due_since, stream.in_burst = self.clock(), False
            self._dirty[stream] = None
            self._wake.set()
            self._load.wake()

    def forget(self, stream: Stream) -> None:
        """Drops a stream that was closed."""
        self._open.discard(stream)
        self._dirty.pop(stream, None)
        self.metrics.audio.inc(stream.utterance.received / stream.utterance.sample_rate)

    def _admit(self) -> None:
        seen = self._load.read()
        if self.slots.taken:
            self._admission.tick(self.slots.taken, seen)
        else:
            self._admission.rest()
        self.slots.limit(self._admission.ceiling)
        self.metrics.lateness.set(seen.lateness)
        self.metrics.load.set(seen.load or 0.0)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Reports the server as unhealthy if the engine's task ends in any other way than by `stop`."""
        if not task.cancelled():
            self.runner.healthy = False
            log.critical("the engine ended", exc_info=task.exception())

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            begun = self.clock()
            for call in self._plan():
                await self._step(call)
            # backends may run inline: other tasks get their turn after every round
            await asyncio.sleep(begun + self._gather_s - self.clock() if self._gather_s else 0)

    @property
    def _gather_s(self) -> float:
        return next(seconds for above, seconds in GATHER if self.slots.taken > above or not above)

    def _plan(self) -> list[BackendCall]:
        """Plans the calls of a round. Streams with more to do stay dirty."""
        batches, most = Batches(), min(RUNS[0], self.backend.max_run)
        for stream in list(self._dirty):
            due = 0 if stream.paused or stream.error else stream.utterance.due()
            if due:
                batches.add(stream, min(due, most))
            if due <= 1:
                del self._dirty[stream]
                _notify_end(stream)
        if self._dirty:
            self._wake.set()
        if self._gather_s:
            batches.join_live()
        if 0 < len(batches.long) < len(self._open):  # files take turns, so that they do not delay live audio
            stream = batches.keep_one_long(BESIDE_STRAINED if self.strained else BESIDE_LIVE)
            self._dirty[stream] = self._dirty.pop(stream)
        return batches.calls(self.backend.max_batch)

    async def _step(self, call: BackendCall) -> None:
        """Makes one call of the backend. An exception of our own ends only its streams."""
        streams = [stream for stream in call.streams if not stream.closed]
        try:
            if streams:
                await self._compute(BackendCall(call.run, streams))
        except Exception:
            log.exception("frames could not be made", streams=[s.name for s in streams])
            for stream in streams:
                stream.fail(_internal_error())

    async def _compute(self, call: BackendCall) -> None:
        run, streams = call
        begun, waited_since = self.clock(), min(s.due_since for s in streams)
        live = [s.due_since for s in streams if not s.in_burst]
        utterances = [s.utterance for s in streams]
        taken = [u.take(run) for u in utterances]
        for stream in streams:
            stream.took()
            stream.due_since = begun  # of the windows that it has left
        dtype, layout = utterances[0].dtype, utterances[0].layout
        states = [u.state for u in utterances]
        heard = any(u.visemes for u in utterances)
        answers = await self.runner.infer(
            lambda: stack_windows(taken, dtype, layout, with_phones=heard), states, live=call.live
        )
        inferred = self.clock()
        frames = self._deliver(streams, answers, inferred)
        self.metrics.queue_time.observe(begun - waited_since)
        if not call.live:
            self._load.note_file()
            for stream in streams:
                stream.in_burst = True
        elif live:
            self._load.note_round(self.clock() - min(live), len(streams) * run, inferred - begun)
        self.metrics.batch.observe(len(streams) * run)
        self.metrics.infer_time.observe(inferred - begun)
        self.metrics.frames.inc(frames)

    def _deliver(self, streams: list[Stream], answers: list[Answer], begun: float) -> int:
        """Pushes every row's frames to its stream, which sends them immediately; returns their number."""
        made = [(s, f) for s, answer in zip(streams, answers, strict=True) if (f := self._accept(s, answer))]
        if not made:
            return 0
        quantised = quantise_frames([f for _, f in made])
        finished = self.clock()
        self.metrics.motion_time.observe(finished - begun)
        for (stream, _), frames in zip(made, quantised, strict=True):
            if frames.first == 0:
                self.metrics.first_frame.observe(self.clock() - stream.opened)
            stream.push(frames)
        self.metrics.send_time.observe(self.clock() - finished)
        return sum(len(frames.values) for frames in quantised)

    def _accept(self, stream: Stream, answer: Answer) -> FloatFrames | None:
        if stream.closed:
            return None
        if isinstance(answer, A2FError):
            log.warning("the backend failed", stream=stream.name, reason=answer.message)
            stream.fail(answer)
            return None
        output, state = answer
        try:
            utterance = stream.utterance
            if output.shape[1] > arkit.COUNT:
                utterance.hear(output[:, arkit.COUNT :])
                output = output[:, : arkit.COUNT]
            frames = utterance.accept_floats(output, state)
        except Exception:
            log.exception("motion failed", stream=stream.name)
            stream.fail(_internal_error())
            return None
        if frames is None:
            _notify_end(stream)
        return frames


def _notify_end(stream: Stream) -> None:
    """Notifies the endpoint of an utterance that ends without another frame."""
    if stream.utterance.done:
        stream.notify()


def _internal_error() -> BackendFailed:
    return BackendFailed("the server failed on this utterance; its log says why")
