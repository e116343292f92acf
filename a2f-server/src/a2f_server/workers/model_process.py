"""The process that runs the model for all workers."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection
from types import FrameType
from typing import TYPE_CHECKING

import structlog

from a2f_server import logs, native_stderr
from a2f_server.backends import selector
from a2f_server.backends.shared.messages import MODEL
from a2f_server.backends.shared.server import ModelServer
from a2f_server.workers.child_process import clean_up, follow_parent, leave

if TYPE_CHECKING:
    from a2f_server.workers.child import WorkerPlan


def main(plan: WorkerPlan, report: Connection) -> None:
    """Serves the workers until SIGTERM, or until the supervisor is gone. Reports once it listens.

    Signals may reach all processes of a server at once, as Ctrl-C does: this one stays until the workers have drained.
    """
    structlog.contextvars.bind_contextvars(process="model")
    native_stderr.divert()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop = _Stop()
    try:
        logs.configure_for(plan.settings)
        backend = selector.load(plan.settings)
    except ValueError as error:
        leave(error)
    server = ModelServer(backend, plan.folder / MODEL)
    follow_parent()
    report.send({"backend": backend.name})
    server.run(lambda: stop.asked and not server.needed, stop.woken)
    backend.close()
    clean_up(plan.folder)
    logs.flush()


class _Stop:
    """Notes SIGTERM, and wakes whoever waits."""

    def __init__(self) -> None:
        self.asked = False
        self.woken, self._wake = os.pipe()
        signal.signal(signal.SIGTERM, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        os.write(self._wake, b".")
