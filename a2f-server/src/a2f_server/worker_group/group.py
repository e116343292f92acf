"""The workers of a server, as each of them sees the others."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from a2f_server.worker_group.counts import Counts


@dataclass(frozen=True)
class WorkerGroup:
    """One worker's view of the group; by default, the only process of a server."""

    number: int = 0
    size: int = 1
    counts: Counts = field(default_factory=Counts)
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """Signs tokens: those of one worker are valid on all."""
    folder: Path | None = None
    """The folder with the sockets on which the workers reach each other; None with only one."""

    def part(self, total: int, least: int) -> int:
        """Returns this worker's part of something that cannot be counted together, but at least `least`."""
        return total if self.size == 1 else max(total // self.size, least)

    def socket_of(self, number: int) -> Path:
        """Returns the Unix socket on which a worker serves the others."""
        assert self.folder, "there are other workers"
        return self.folder / f"worker-{number}.sock"
