"""A server with several workers, as a process of its own."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import connect

from a2f_server.worker_group.ledger import LEDGER
from tests.support.running import Talk
from tests.support.spawning import Spawned, spawn_server
from tests.support.waiting import PATIENCE, until

ENOUGH = 64
"""Sockets of which certainly not all go to one of two workers."""


class Group:
    """The server, with what a test needs to know of its processes."""

    def __init__(self, spawned: Spawned) -> None:
        self.spawned, self.port = spawned, spawned.port
        self.url = f"http://127.0.0.1:{self.port}"

    def http(self, **options: Any) -> httpx.Client:
        """A client that opens a connection for each request, each to any of the workers."""
        limits = httpx.Limits(max_keepalive_connections=0)
        return httpx.Client(base_url=self.url, timeout=PATIENCE, verify=False, limits=limits, **options)

    @contextmanager
    def talk(self, path: str = "/ws", **options: Any) -> Iterator[Talk]:
        """A socket to any of the workers."""
        url = f"ws://127.0.0.1:{self.port}{path}"
        options.setdefault("subprotocols", ["a2f.v1"])
        with connect(url, compression=None, open_timeout=PATIENCE, close_timeout=2, max_size=None, **options) as socket:
            yield Talk(socket)

    @contextmanager
    def talks(self, **options: Any) -> Iterator[dict[int, Talk]]:
        """A socket to each worker, by its number."""
        before = self.connected
        with ExitStack() as stack:
            found: dict[int, Talk] = {}
            for number in range(ENOUGH):
                talk = stack.enter_context(self.talk(**options))
                talk.expect("ready")
                until(lambda number=number: self.connected == before + number + 1)  # type: ignore[misc]
                found.setdefault(self.worker_of_last(), talk)
                if len(found) == 2:
                    break
            assert len(found) == 2, "all sockets went to one worker"
            yield found

    @property
    def connected(self) -> int:
        """Sockets so far."""
        return sum(" connected " in line for line in self.spawned.lines)

    def worker_of_last(self) -> int:
        """The worker that the last socket was given to, as the log says."""
        connected = [line for line in self.spawned.lines if " connected " in line]
        return int(re.findall(r"worker=(\d+)", connected[-1])[0])

    def health(self) -> dict[str, Any]:
        with self.http() as http:
            found: dict[str, Any] = http.get("/health").json()
            return found

    def metrics(self) -> dict[str, float]:
        """The samples of /metrics, by their names and labels."""
        with self.http() as http:
            lines = [line.rsplit(" ", 1) for line in http.get("/metrics").text.splitlines() if line[0] != "#"]
        return {name: float(value) for name, value in lines}

    def process(self, name: str) -> int:
        """The process with this role, such as "model" or "worker 1"."""
        found = [line for line in self.spawned.lines if "a process was started" in line and name in line]
        return int(re.findall(r"pid=(\d+)", found[-1])[0])

    @property
    def folder(self) -> Path:
        """The folder of the server's files."""
        links = Path(f"/proc/{self.spawned.process.pid}/fd").iterdir()
        return next(file.parent for link in links if (file := link.resolve()).name == LEDGER)

    def kill(self, name: str) -> None:
        """Kills a process, and waits until another one has taken its place."""
        pid = self.process(name)
        os.kill(pid, signal.SIGKILL)
        until(lambda: self.process(name) != pid)


@contextmanager
def run_group(*arguments: str, **settings: str) -> Iterator[Group]:
    """Runs a server with two workers."""
    with spawn_server("--workers", "2", *arguments, A2F_LOG_LEVEL="debug", A2F_TTS="none", **settings) as spawned:
        yield Group(spawned)
