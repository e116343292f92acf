"""Programs that run beside a test."""

from __future__ import annotations

import socket
import subprocess
import threading
from typing import IO

from tests.support.waiting import PATIENCE


class Listened:
    """A process whose output is read as it comes, so that it never waits for a reader."""

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
        """Waits for the end; the exit status."""
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def killed(self) -> None:
        """Ends it, and everything that was open for it."""
        self.process.kill()
        self.ended()
        self._output.close()


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
