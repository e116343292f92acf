"""Reports how `animate` is getting on: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from a2f_server.animate_command.animator import FileResult
from a2f_server.animate_command.inputs import printable


@dataclass
class Tally:
    """Counts the files that were animated, skipped because their outputs exist, and failed."""

    animated: int = 0
    skipped: int = 0
    failed: int = 0
    seconds: float = 0.0
    """Of audio."""
    begun: float = field(default_factory=time.monotonic)

    def add(self, result: FileResult) -> None:
        """Counts a result."""
        self.failed += result.problem is not None
        self.animated += bool(result.written)
        self.skipped += not (result.problem or result.written)
        self.seconds += result.seconds

    def line(self) -> str:
        """Returns the summary as a sentence."""
        took = max(1e-3, time.monotonic() - self.begun)
        counts = [(self.animated, "animated"), (self.skipped, "skipped"), (self.failed, "failed")]
        words = ", ".join(f"{count} {word}" for count, word in counts if count) or "no file was animated"
        if not self.animated:
            return words
        return f"{words}: {self.seconds:.1f} s of audio in {took:.1f} s ({self.seconds / took:.0f} × real time)"


class Reporter:
    """Writes results to the standard output and problems to the standard error."""

    def __init__(self, total: int) -> None:
        self.tally = Tally()
        self._total, self._done = total, 0
        self._console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=self._console, disable=not self._console.is_terminal)
        self._task = self._progress.add_task("animating", total=total)

    def __enter__(self) -> Self:
        """Shows the bar, on a terminal."""
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Removes it."""
        self._progress.stop()

    def add(self, result: FileResult) -> None:
        """Reports one file."""
        self._done += 1
        self.tally.add(result)
        self._progress.advance(self._task)
        if result.problem:
            self.problem(result.name, result.problem)
            return
        if result.warning:
            self._write(f"a2f-server: {result.name}: warning: {result.warning}", error=True)
        self._write(f"[{self._done}/{self._total}] {_outcome(result)}", error=False)

    def problem(self, name: str, reason: str) -> None:
        """Reports a file or argument that failed."""
        self._write(f"a2f-server: {name}: {reason}", error=True)

    def _write(self, line: str, *, error: bool) -> None:
        if self._console.is_terminal:
            self._progress.print(line)
        else:
            stream = sys.stderr if error else sys.stdout
            print(line, file=stream, flush=True)


def _outcome(result: FileResult) -> str:
    if not result.written:
        return f"{result.name}: skipped, its files exist (--force replaces them)"
    return f"{result.name} → {', '.join(map(printable, result.written))} ({result.seconds:.1f} s)"


def problems_of(found: Iterable[tuple[str, str]]) -> list[FileResult]:
    """Returns the problems of arguments as results."""
    return [FileResult(name, problem=reason) for name, reason in found]
