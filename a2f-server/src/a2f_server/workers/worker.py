"""The process of one worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

import structlog

from a2f_server import logs, native_stderr
from a2f_server.api.app import create_app
from a2f_server.uvicorn_server.listening import CannotListen
from a2f_server.uvicorn_server.server import Server, make_server
from a2f_server.workers.group import WorkerGroup
from a2f_server.workers.ledger import LEDGER, Ledger, LedgerCounts

if TYPE_CHECKING:
    from a2f_server.workers.child import Plan

CANNOT_START, CANNOT_LISTEN = 2, 3
"""Exit statuses, those of `a2f-server serve`."""


def main(plan: Plan, report: Connection) -> None:
    """Serves until a signal, or until the parent is gone. Reports once it listens."""
    structlog.contextvars.bind_contextvars(worker=plan.number)
    native_stderr.divert()
    try:
        logs.configure_for(plan.settings)
        server = _server(plan)
        server.on_started = lambda: report.send(server.state)
        threading.Thread(target=_follow_parent, daemon=True).start()
        server.run()
    except (ValueError, CannotListen) as error:
        logs.flush()
        print(f"a2f-server: {error}", file=sys.stderr)
        sys.exit(CANNOT_LISTEN if isinstance(error, CannotListen) else CANNOT_START)
    except KeyboardInterrupt:
        logs.flush()


def _server(plan: Plan) -> Server:
    counts = LedgerCounts(Ledger(plan.folder / LEDGER, plan.number))
    group = WorkerGroup(plan.number, plan.size, counts, plan.secret, plan.folder)
    app = create_app(plan.settings, group=group)
    counts.of("workers").add(1)
    counts.of("pid").add(os.getpid())
    return make_server(app, plan.settings)


def _follow_parent() -> None:
    """Ends this process when its parent was killed."""
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
