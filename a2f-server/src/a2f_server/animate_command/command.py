"""Runs `animate`: finds the files, animates them, and says what became of each."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from a2f_server.animate_command.animator import FileResult, Plan
from a2f_server.animate_command.atomic_file import make_folder, naming
from a2f_server.animate_command.inputs import SourceFile, find
from a2f_server.animate_command.live import run_live
from a2f_server.animate_command.progress import Reporter, problems_of
from a2f_server.animate_command.workers import run_here, run_in_processes
from a2f_server.errors import BadMessage
from a2f_server.live_targets import selector

FAILED, INTERRUPTED = 1, 130
"""Exit status if a file failed, and after Ctrl-C; 2 is for invalid options."""


def run(arguments: Sequence[str], plan: Plan, jobs: int, live: Sequence[str] = ()) -> int:
    """Animates the files that the arguments name; returns the exit status. With `live` it plays them in these targets.

    A bad file does not stop the others; a full disk does. Raises BadMessage, ValueError or OSError for what no file
    could be animated with.
    """
    found = find(arguments)
    sources = [_with_input(source) for source in found.sources]
    targets = selector.parse(live)
    if not targets:
        _refuse_own_inputs(plan, sources)
        _try_folder(plan.out)
    with Reporter(len(sources) + len(found.problems)) as reporter:
        for problem in problems_of(found.problems):
            reporter.add(problem)
        results = run_live(plan, sources, targets) if targets else _results(plan, sources, jobs)
        status = _report(results, reporter)
    print(reporter.tally.line(), flush=True)
    return status or (FAILED if reporter.tally.failed else 0)


def _results(plan: Plan, sources: Sequence[SourceFile], jobs: int) -> Iterator[FileResult]:
    jobs = min(jobs, len(sources))
    return run_in_processes(plan, sources, jobs) if jobs > 1 else run_here(plan, sources)


def _report(results: Iterator[FileResult], reporter: Reporter) -> int:
    try:
        with _terminable(), closing(results):  # type: ignore[type-var] # they are generators
            for result in results:
                reporter.add(result)
                if result.fatal:
                    return _stopped(reporter, result)
    except KeyboardInterrupt:
        reporter.problem("interrupted", "what is done stays; nothing is half-written")
        return INTERRUPTED
    return 0


def _stopped(reporter: Reporter, result: FileResult) -> int:
    reporter.problem("stopped", f"the other files would fail, too: {result.problem}")
    return FAILED


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends the work as Ctrl-C does."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _with_input(source: SourceFile) -> SourceFile:
    if source.path is not None:
        return source
    if sys.stdin is None or sys.stdin.isatty():
        raise BadMessage("-: there is no audio on the standard input; pipe a file into it")
    return replace(source, data=sys.stdin.buffer.read())


def _refuse_own_inputs(plan: Plan, sources: Sequence[SourceFile]) -> None:
    """Raises BadMessage if an output would replace one of the inputs."""
    inputs = {source.path.absolute() for source in sources if source.path}
    if plan.avatar:
        inputs.add(plan.avatar.absolute())
    for source in sources:
        for path in plan.outputs(source).values():
            if path.absolute() in inputs:
                raise BadMessage(f"{source.name}: its output would replace an input; choose another folder with --out")


def _try_folder(out: Path) -> None:
    """Creates the output folder and tries to write there. Raises OSError, which names the folder."""
    make_folder(out)
    try:
        with TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise naming(out, error) from None
