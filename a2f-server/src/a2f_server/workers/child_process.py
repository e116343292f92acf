"""Functions for all processes of a server, called inside them."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import threading
from multiprocessing.connection import wait
from pathlib import Path
from typing import NoReturn

from a2f_server import logs
from a2f_server.uvicorn_server.listening import CannotListen

CANNOT_START, CANNOT_LISTEN = 2, 3
"""Exit statuses, those of `a2f-server serve`."""


def follow_parent() -> None:
    """Begins to wait for the supervisor's end: this process then ends as by SIGTERM."""
    threading.Thread(target=_follow, name="a2f-parent", daemon=True).start()


def clean_up(folder: Path) -> None:
    """Removes the folder of the server at the end of this process, if the supervisor is gone, which would do it."""
    parent = multiprocessing.parent_process()
    if parent and not parent.is_alive():
        shutil.rmtree(folder, ignore_errors=True)


def leave(error: Exception) -> NoReturn:
    """Ends the process with a message for the operator."""
    logs.flush()
    print(f"a2f-server: {error}", file=sys.stderr)
    sys.exit(CANNOT_LISTEN if isinstance(error, CannotListen) else CANNOT_START)


def _follow() -> None:
    if parent := multiprocessing.parent_process():
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
