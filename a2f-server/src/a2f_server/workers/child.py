"""A process of a server, as the supervisor sees it."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from a2f_server.settings import Settings

_CONTEXT = multiprocessing.get_context("spawn")
"""A fork would copy the parent's threads in whatever state they are."""


@dataclass(frozen=True)
class WorkerPlan:
    """The settings and the place of a process. It is passed through a pipe, which nobody else can read."""

    settings: Settings
    number: int
    size: int
    secret: bytes = field(repr=False)
    folder: Path
    shared_model: bool = False
    """True if a separate process runs the model for all workers."""


Main = Callable[[WorkerPlan, Connection], None]
"""The work of a process, which reports once it is ready."""


class Child:
    """A process, and those that replace it."""

    def __init__(self, name: str, main: Main, plan: WorkerPlan) -> None:
        self.name, self.plan = name, plan
        self._main = main
        self.ready: dict[str, Any] = {}
        """The report of the process, which comes once it is ready; empty before."""
        self.starts_at: float | None = None
        """The time at which it is started again, on `time.monotonic`; None unless it has died."""
        self._pause = 0.0
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Starts a process. Raises OSError if the system has no room for one."""
        self._started = time.monotonic()
        messages, sender = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(target=self._main, args=(self.plan, sender), name=f"a2f-{self.name}")
        process.start()
        sender.close()
        self.messages: Connection = messages
        self.ready, self.starts_at, self._process = {}, None, process

    @property
    def sentinel(self) -> int:
        """Becomes ready when the process ends."""
        assert self._process
        return self._process.sentinel

    @property
    def pid(self) -> int:
        assert self._process
        assert self._process.pid
        return self._process.pid

    @property
    def ended(self) -> bool:
        """True if there is no living process."""
        return self._process is None or not self._process.is_alive()

    @property
    def status(self) -> int | None:
        """The exit status; minus the signal that killed it."""
        return self._process.exitcode if self._process else None

    def receive(self) -> None:
        """Reads the report of readiness, if it has come."""
        try:
            if not self.ready and self.messages.poll():
                self.ready = self.messages.recv()
        except EOFError:
            pass  # it has died

    def schedule(self, least_life: float, longest_pause: float) -> float:
        """Sets when it is started again; returns the pause in seconds."""
        lived = time.monotonic() - self._started
        self._pause = 0.0 if lived > least_life else min(max(0.25, 2 * self._pause), longest_pause)
        self.starts_at = time.monotonic() + self._pause
        return self._pause

    def terminate(self) -> None:
        """Asks the process to drain and end."""
        if not self.ended:
            self._process.terminate()  # type: ignore[union-attr]

    def join(self, seconds: float) -> None:
        """Waits for the process to end."""
        if self._process:
            self._process.join(seconds)

    def kill(self) -> None:
        """Ends the process at once."""
        if not self.ended:
            self._process.kill()  # type: ignore[union-attr]
