"""Runs jobs in other processes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any, TypeVar

from rich.progress import track

T = TypeVar("T")


def run_forked(work: Callable[..., T], *arguments: Any) -> T:
    """Returns the result of `work` in a forked process. Raises BrokenProcessPool if that crashes."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        return pool.submit(work, *arguments).result()


def run_in_processes(
    work: Callable[..., T],
    jobs: list[tuple[Any, ...]],
    label: str,
    workers: int | None = None,
    jobs_per_process: int | None = None,
) -> list[T]:
    """Returns the result of `work(*job)` for every job, in order. The first error cancels the jobs that are waiting.

    A single job runs in this process, unless `jobs_per_process` asks for a new one.
    """
    if not jobs or (len(jobs) == 1 and not jobs_per_process):
        return [work(*job) for job in jobs]
    with ProcessPoolExecutor(workers, max_tasks_per_child=jobs_per_process, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(work, *job) for job in jobs]
        try:
            for job in track(as_completed(running), label, len(running)):
                job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [job.result() for job in running]
