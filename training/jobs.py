"""Work in processes of its own, and what it says when it cannot be done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any, TypeVar

from rich.progress import track

T = TypeVar("T")


class Unfit(ValueError):
    """What was asked for cannot be done; its sentence says why."""


def in_processes(
    work: Callable[..., T], jobs: list[tuple[Any, ...]], label: str, workers: int | None = None, each: int | None = None
) -> list[T]:
    """What `work` gives for every job, in processes that do `each` and end. The first error ends all that waits."""
    with ProcessPoolExecutor(workers, max_tasks_per_child=each, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(work, *job) for job in jobs]
        try:
            for job in track(as_completed(running), label, len(running), disable=not jobs):
                job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [job.result() for job in running]
