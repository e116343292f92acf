"""Runs the command line and the server as separate processes, as an operator does."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.processes import Listened
from tests.support.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "a2f-server/server.py"
FOLDER = Path(__file__).parent
"""Working directory of the processes: the checkout may have a `.env` of its owner's."""


def environment(**more: str) -> dict[str, str]:
    """Returns this environment without A2F_ and PYTHON variables, plus some others."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("A2F_", "PYTHON"))}
    return {**clean, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200", **more}


def command(*arguments: str, flags: tuple[str, ...] = (), **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs `python a2f-server/server.py …` until it ends."""
    line = [sys.executable, *flags, str(SCRIPT), *arguments]
    given = {"timeout": PATIENCE, "env": environment(**settings), "cwd": FOLDER}
    return subprocess.run(line, capture_output=True, text=True, check=False, **given)  # type: ignore[call-overload]


class Spawned(Listened):
    """A server in a separate process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        super().__init__(process, process.stderr)

    @property
    def port(self) -> int:
        """Waits until the server logs its address; returns the port."""
        until(lambda: "page=" in self.log or self.process.poll() is not None)
        found = re.search(r"page=http://127\.0\.0\.1:(\d+)", self.log)
        assert found, self.log
        return int(found[1])

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)


@contextmanager
def spawn_server(*arguments: str, **settings: str) -> Iterator[Spawned]:
    """Runs `python a2f-server/server.py serve --port 0 …`."""
    line = [sys.executable, str(SCRIPT), "serve", "--port", "0", "--backend", "mock", *arguments]
    process = subprocess.Popen(line, stderr=subprocess.PIPE, text=True, env=environment(**settings), cwd=FOLDER)
    spawned = Spawned(process)
    try:
        yield spawned
    finally:
        spawned.killed()
