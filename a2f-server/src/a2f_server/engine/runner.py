"""Runs the backend: every call is answered row by row, with weights or with an error.

A model runs on a separate thread, where its library releases the interpreter for the length of the call. A backend
with `run_inline` is numpy and little else: on a thread each of its many operations would wait for the event loop to
release the interpreter, which made a call of 0.4 ms take 1.7 ms (docs/decisions.md). Its small batches run on the
event loop instead.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import structlog

from a2f_server.arrays import Weights
from a2f_server.backends.contract import Backend, Batch, Result, State
from a2f_server.errors import A2FError, BackendFailed
from a2f_server.worker_thread import WorkerThread

log = structlog.get_logger(__name__)

MOST_INLINE = 1024
"""Live utterances in a batch up to which it may run inline; a file's long runs never do."""
PROBE_S = 1.0
"""Seconds after which a backend that hung is tried again; doubled each time."""

LAST_CALL_S = 5.0
"""Seconds that the call in progress at shutdown may take."""

Answer = tuple[Weights, State] | A2FError
"""The result of one row of a batch."""


class BackendRunner:
    """Runs batches off the event loop, or inline if they are cheap.

    A fault becomes an error of the rows that cause it, never of their neighbours.
    """

    def __init__(self, backend: Backend, timeout: float) -> None:
        self.backend = backend
        self.healthy = True
        self._timeout = timeout
        self._worker = WorkerThread("a2f-backend")
        self._probing: asyncio.Task[None] | None = None

    async def infer(self, make: Callable[[], Batch], states: Sequence[State], *, live: bool) -> list[Answer]:
        """Returns one answer per row. `make` is called once, on the thread that runs the backend.

        If a batch raises it is run again row by row. `live`: True if each row has only a few windows.
        """
        inline = self.backend.run_inline and live and len(states) <= MOST_INLINE
        built: list[Batch] = []

        def whole() -> Batch:
            if not built:
                built.append(make())
            return built[0]

        answer = await self._call(lambda: _checked(self.backend.infer(whole(), states)), inline=inline)
        if not isinstance(answer, A2FError):
            return answer
        if len(states) == 1 or isinstance(answer, _Hung):
            return [answer for _ in states]
        rows = [await self.infer(partial(whole().row, i), [state], live=live) for i, state in enumerate(states)]
        return [row[0] for row in rows]

    def stop(self) -> None:
        """Ends the thread after its current call, and frees the model.

        A model's library that is still at work while the process exits would crash it.
        """
        if self._probing:
            self._probing.cancel()
        self._worker.stop()
        if self.healthy:
            self._worker.wait(LAST_CALL_S)
        self.backend.close()

    async def _call(self, run: Callable[[], list[Answer]], *, inline: bool) -> list[Answer] | A2FError:
        try:
            answer = run() if inline else await self._unless_hung(run)
        except TimeoutError:
            return self._hung()
        except A2FError as error:
            return error
        except Exception:
            log.exception("the backend raised", backend=self.backend.name)
            return BackendFailed("the face model failed on this audio; the server's log says why")
        self.healthy = True
        return answer

    async def _unless_hung(self, run: Callable[[], list[Answer]]) -> list[Answer]:
        """Awaits a call of the worker. Raises TimeoutError if the worker takes too long; a late event loop does not.

        The call is awaited without a task around it, which would delay the frames by a turn of the event loop.
        """
        call = self._worker.submit(run)
        watch = _Watch(self._worker, call, self._timeout)
        try:
            return await call
        finally:
            watch.stop()

    def _hung(self) -> A2FError:
        """Abandons the thread, which cannot be killed, and starts a new one."""
        self._worker.stop()
        self._worker = WorkerThread("a2f-backend")
        log.error("the backend hangs", backend=self.backend.name, limit_s=self._timeout)
        if self.healthy:
            self.healthy = False
            self._probing = asyncio.create_task(self._probe())
        return _Hung(f"the face model did not answer within {self._timeout:g} s")

    async def _probe(self) -> None:
        """Tries a window of silence until it is answered: load balancers send nothing to an unhealthy server."""
        layout = self.backend.layout(16000)
        silence = Batch(
            np.zeros((1, 1, layout.window), np.float32), np.zeros((1, layout.hop, 10), np.float32), layout.sample_rate
        )
        pause = PROBE_S
        while not self.healthy:
            await asyncio.sleep(pause)
            pause = min(2 * pause, 60.0)
            await self.infer(lambda: silence, [self.backend.initial_state(0)], live=True)


class _Watch:
    """Ends a call with TimeoutError once the worker has been running it for `timeout` seconds."""

    def __init__(self, worker: WorkerThread, call: asyncio.Future[list[Answer]], timeout: float) -> None:
        self._worker, self._call, self._timeout = worker, call, timeout
        self._start()

    def stop(self) -> None:
        """Ends the watch. The timer refers back to this object: a cycle would keep the answers in memory."""
        self._timer.cancel()
        del self._timer

    def _start(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._timeout, self._check)

    def _check(self) -> None:
        if self._worker.busy_for(time.monotonic()) < self._timeout:
            self._start()
        elif not self._call.done():
            self._call.set_exception(TimeoutError())


class _Hung(BackendFailed):
    """The call hung, so running it again row by row would hang too."""


def _checked(result: Result) -> list[Answer]:
    """Turns rows with NaN into errors: a face must never freeze without one."""
    weights, states = result
    rows: list[Answer] = list(zip(weights, states, strict=True))
    if np.isfinite(weights).all():
        return rows
    bad = BackendFailed("the face model gave values that are not numbers")
    return [row if np.isfinite(w).all() else bad for row, w in zip(rows, weights, strict=True)]
