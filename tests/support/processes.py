"""Programs that run in parallel with a test."""

from __future__ import annotations

import socket
import subprocess
import threading
from typing import IO

from tests.support.waiting import PATIENCE


class Listened:
    """A process whose output is read continuously, so it never blocks on a full pipe."""

    def __init__(self, process: subprocess.Popen[str], output: IO[str] | None) -> None:
        assert output
        self.process, self._output = process, output
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        self.lines.extend(iter(self._output.readline, ""))

    @property
    def log(self) -> str:
        return "".join(self.lines)

    def ended(self) -> int:
        """Waits for the process to end; returns its exit status."""
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def killed(self) -> None:
        """Kills the process and closes its output."""
        self.process.kill()
        self.ended()
        self._output.close()


def free_port() -> int:
    """Returns a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
