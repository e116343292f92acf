"""The process of one worker."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

import structlog

from a2f_server import logs, native_stderr
from a2f_server.api.app import create_app
from a2f_server.backends.shared.client import SharedModel
from a2f_server.backends.shared.messages import MODEL
from a2f_server.uvicorn_server.listening import CannotListen
from a2f_server.uvicorn_server.server import Server, make_server
from a2f_server.worker_group import metric_files
from a2f_server.worker_group.group import WorkerGroup
from a2f_server.worker_group.ledger import LEDGER, Ledger, LedgerCounts
from a2f_server.workers.child_process import clean_up, follow_parent, leave

if TYPE_CHECKING:
    from a2f_server.workers.child import WorkerPlan


def main(plan: WorkerPlan, report: Connection) -> None:
    """Serves until a signal, or until the parent is gone. Reports once it listens."""
    structlog.contextvars.bind_contextvars(worker=plan.number)
    native_stderr.divert()
    try:
        logs.configure_for(plan.settings)
        server = _server(plan)
        server.on_started = lambda: report.send(server.state)
        server.on_stopped = lambda: clean_up(plan.folder)
        follow_parent()
        server.run()
    except (ValueError, CannotListen) as error:
        leave(error)
    except KeyboardInterrupt:
        logs.flush()


def _server(plan: WorkerPlan) -> Server:
    metric_files.use(plan.folder, plan.number)
    ledger = Ledger(plan.folder / LEDGER, plan.number)
    ledger.forget(plan.number)  # what a worker before may have left
    counts = LedgerCounts(ledger)
    group = WorkerGroup(plan.number, plan.size, counts, plan.secret, plan.folder)
    backend = SharedModel(plan.folder / MODEL) if plan.shared_model else None
    app = create_app(plan.settings, backend=backend, group=group)
    counts.of("workers").add(1)
    counts.of("pid").add(os.getpid())
    return make_server(app, plan.settings)
