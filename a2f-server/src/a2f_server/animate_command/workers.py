"""Animates many files: in this process, or in several of their own, each with a model of its own.

Most of the work besides the model is Python's, whose lock threads would share.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from typing import Any

from a2f_server import logs
from a2f_server.animate_command.animator import FileAnimator, FileResult, Interrupted, Plan
from a2f_server.animate_command.inputs import SourceFile
from a2f_server.cores import usable_cores
from a2f_server.errors import A2FError

AHEAD = 2
"""Files that wait for each process."""
ENDED = "the process that animated this file was ended by the system, probably for lack of memory"


def default_jobs(backend: str, *, own_model: bool) -> int:
    """Returns the number of processes: one for each core with the built-in model or the mock, which are small."""
    small = backend in ("builtin", "mock") or (backend == "auto" and not own_model)
    return usable_cores() if small else 1


def run_here(plan: Plan, sources: Iterable[SourceFile]) -> Iterator[FileResult]:
    """Animates the files one after another. Raises ValueError or A2FError if the model cannot be loaded."""
    animator = FileAnimator(plan)
    for source in sources:
        yield animator.animate(source)


def run_in_processes(plan: Plan, sources: Iterable[SourceFile], jobs: int) -> Iterator[FileResult]:
    """Animates the files in `jobs` processes; yields results as they come.

    A process that the system ends, for lack of memory, takes no other file with it: those that were under way are
    animated again, one at a time. When the generator is closed, files under way are dropped.
    """
    rest = iter(sources)
    while True:
        suspects: list[SourceFile] = []
        yield from _pooled(plan, rest, jobs, AHEAD, suspects)
        if not suspects:
            return
        yield from _one_at_a_time(plan, iter(suspects))


def _one_at_a_time(plan: Plan, sources: Iterator[SourceFile]) -> Iterator[FileResult]:
    while True:
        culprit: list[SourceFile] = []
        yield from _pooled(plan, sources, 1, 1, culprit)
        if not culprit:
            return
        yield FileResult(culprit[0].name, problem=ENDED)


def _pooled(
    plan: Plan, sources: Iterator[SourceFile], jobs: int, ahead: int, suspects: list[SourceFile]
) -> Iterator[FileResult]:
    """Runs a pool until there are no files left, or until a process dies: `suspects` are then the files under way."""
    context = get_context("spawn")  # a fork would copy the locks of threads
    stop = context.Event()
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(plan, stop))
    running: dict[Future[FileResult], SourceFile] = {}
    try:
        while True:
            with _interrupts_ignored():
                for source in islice(sources, jobs * ahead - len(running)):
                    suspects.append(source)
                    running[pool.submit(_animate, source)] = source
                    suspects.clear()
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield future.result()
                del running[future]
    except BrokenProcessPool:
        for future, source in running.items():
            if future.done() and not future.exception():
                yield future.result()
            else:
                suspects.append(source)
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """New processes inherit that they ignore Ctrl-C, which this one handles for all of them."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_process: dict[str, Any] = {}
"""The plan, the event that stops the work, and the animator of this process."""


def _begin(plan: Plan, stop: Any) -> None:
    logs.configure("error", as_json=False)
    _process.update(plan=plan, stop=stop)


def _animate(source: SourceFile) -> FileResult:
    try:
        if "animator" not in _process:
            _process["animator"] = FileAnimator(_process["plan"], _process["stop"].is_set)
        result: FileResult = _process["animator"].animate(source)
    except Interrupted:
        return FileResult(source.name, problem="interrupted")
    except A2FError as error:
        return FileResult(source.name, problem=error.message, fatal=True)
    except ValueError as error:
        return FileResult(source.name, problem=str(error), fatal=True)
    return result
