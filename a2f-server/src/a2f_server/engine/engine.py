"""The engine runs the due windows of all utterances together.

Utterances are touched on the event loop only; the backend sees nothing but batches (runner.py). While a batch is being
computed new windows gather, so batches grow with the load.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable

import structlog

from a2f_server import arkit
from a2f_server.backends.contract import Backend
from a2f_server.engine.admission import AdmissionControl
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

RUNS = (64, 32, 8, 4, 2, 1)
"""Consecutive windows of one utterance in a call: long runs for files, short ones for live audio, whose messages have
20 to 100 ms. Live utterances whose frames come in groups take as many as are due, up to GROUP_RUN: they are due at the
same number."""
_RUNS = tuple(next(run for run in RUNS if run <= max(1, due)) for due in range(RUNS[0] + 1))
"""The run for a number of due windows, up to the longest."""
LIVE_RUN, GROUP_RUN = 4, 8
FIRST_RUN = 8
"""At most so many windows in a call before an utterance's first frame, which a long run would keep waiting."""
BESIDE_LIVE, BESIDE_STRAINED = 32, 8
"""Windows of files in a round while other utterances are open, whose frames wait for the call to end, and while those
are nearly late."""
GATHER = ((64, 0.01), (16, 0.006), (0, 0.0))
"""With more than so many open utterances a round begins at most every so many seconds: fewer, larger batches cost
less, and two threads that contend for the interpreter slow each other down (docs/decisions.md)."""

Feed = Callable[[Stream], Awaitable[None]]
"""Gives a stream its audio, then its end or its error."""
Groups = dict[tuple[int, Hashable], list[Stream]]
"""Streams with due windows, by the number of windows and `batch_key`."""
Group = tuple[int, list[Stream]]
"""Windows of each stream, and the streams that can share a call."""


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
            for count, streams in self._groups():
                await self._step(count, [s for s in streams if not s.closed])
            # backends may run inline: other tasks get their turn after every round
            await asyncio.sleep(begun + self._gather_s - self.clock() if self._gather_s else 0)

    @property
    def _gather_s(self) -> float:
        return next(seconds for above, seconds in GATHER if self.slots.taken > above or not above)

    def _groups(self) -> list[Group]:
        """Groups the streams with due windows by what one call can take. Those with more to do stay dirty."""
        groups: Groups = {}
        most = min(RUNS[0], self.backend.max_run)
        for stream in list(self._dirty):
            utterance = stream.utterance
            due = 0 if stream.paused or stream.error else utterance.due()
            if due:
                count = _run(utterance, min(due, most))
                groups.setdefault((count, utterance.batch_key), []).append(stream)
            if due <= 1:
                del self._dirty[stream]
                _notify_end(stream)
        if self._dirty:
            self._wake.set()
        if self._gather_s:
            _join_live(groups)
        long = sum(len(streams) for (count, _), streams in groups.items() if not _is_live(count, streams))
        if 0 < long < len(self._open):
            groups = self._beside_live(groups)
        most = self.backend.max_batch
        return [part for (count, _), streams in groups.items() for part in _parts(count, streams, most)]

    def _beside_live(self, groups: Groups) -> Groups:
        """Keeps one of the long runs, another one in each round, so that files do not delay live audio."""
        kept = {key: streams for key, streams in groups.items() if _is_live(key[0], streams)}
        (count, kind), (stream, *_) = next(pair for pair in groups.items() if pair[0] not in kept)
        self._dirty[stream] = self._dirty.pop(stream)
        run = min(count, BESIDE_STRAINED if self.strained else BESIDE_LIVE)
        kept.setdefault((run, kind), []).append(stream)
        return kept

    async def _step(self, count: int, streams: list[Stream]) -> None:
        """Makes one call of the backend. An exception of our own ends only these streams."""
        try:
            if streams:
                await self._compute(count, streams)
        except Exception:
            log.exception("frames could not be made", streams=[s.name for s in streams])
            for stream in streams:
                stream.fail(_internal_error())

    async def _compute(self, count: int, streams: list[Stream]) -> None:
        begun, waited_since = self.clock(), min(s.due_since for s in streams)
        live = [s.due_since for s in streams if not s.in_burst]
        utterances = [s.utterance for s in streams]
        taken = [u.take(count) for u in utterances]
        for stream in streams:
            stream.took()
            stream.due_since = begun  # of the windows that it has left
        dtype, layout = utterances[0].dtype, utterances[0].layout
        states = [u.state for u in utterances]
        heard = any(u.visemes for u in utterances)
        answers = await self.runner.infer(
            lambda: stack_windows(taken, dtype, layout, with_phones=heard), states, live=_is_live(count, streams)
        )
        inferred = self.clock()
        frames = self._deliver(streams, answers, inferred)
        self.metrics.queue_time.observe(begun - waited_since)
        if not _is_live(count, streams):
            self._load.note_file()
            for stream in streams:
                stream.in_burst = True
        elif live:
            self._load.note_round(self.clock() - min(live), len(streams) * count, inferred - begun)
        self.metrics.batch.observe(len(streams) * count)
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


def _run(utterance: Utterance, due: int) -> int:
    """Returns how many of an utterance's due windows are in its next call."""
    if utterance.group > 1:
        return min(due, GROUP_RUN)
    return _RUNS[due] if utterance.begun else min(_RUNS[due], FIRST_RUN)


def _is_live(count: int, streams: list[Stream]) -> bool:
    """Returns whether runs of so many windows are those of live audio, as opposed to files and bursts."""
    return count <= LIVE_RUN or (count <= GROUP_RUN and streams[0].utterance.group > 1)


def _notify_end(stream: Stream) -> None:
    """Notifies the endpoint of an utterance that ends without another frame."""
    if stream.utterance.done:
        stream.notify()


def _internal_error() -> BackendFailed:
    return BackendFailed("the server failed on this utterance; its log says why")


def _join_live(groups: Groups) -> None:
    """Lets streams with two due windows take one for now where more have only one. The second is in the next round
    instead of a call of its own: most of a small call's time does not depend on its size."""
    for (count, key), few in list(groups.items()):
        many = groups.get((1, key), ())
        if count == 2 and len(few) < len(many):
            groups[1, key] = [*many, *few]
            del groups[count, key]


def _parts(count: int, streams: list[Stream], most: int) -> list[Group]:
    size = max(1, most // count)
    return [(count, streams[i : i + size]) for i in range(0, len(streams), size)]
