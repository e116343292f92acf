"""Starts the workers of a server, starts those again that die, and stops them all."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import ExitStack, closing
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import structlog
from prometheus_client.multiprocess import mark_process_dead

from a2f_server import logs
from a2f_server.settings import Settings
from a2f_server.uvicorn_server.listening import listen, reserve
from a2f_server.workers.child import Child, Plan
from a2f_server.workers.ledger import LEDGER, Ledger

log = structlog.get_logger(__name__)

STOP_S = 15.0
"""Seconds beyond the drain that workers have to end."""
LEAST_LIFE_S, LONGEST_PAUSE_S = 10.0, 30.0
"""A worker that lives shorter is started again after a pause, which doubles each time up to the second number."""
METRICS = "PROMETHEUS_MULTIPROC_DIR"


class Supervisor:
    """Runs in the process that was started; the workers are its children."""

    def __init__(self, settings: Settings, size: int) -> None:
        """`size`: the number of workers, at least 2. Raises ValueError on systems without SO_REUSEPORT."""
        if not hasattr(socket, "SO_REUSEPORT"):
            raise ValueError("several workers need Linux or macOS: leave out --workers (A2F_WORKERS)")
        self._settings, self._size = settings, size
        self._children: list[Child] = []
        self._stopping: int | None = None
        """The signal that ends the server."""
        self._woken, self._wake = os.pipe()

    def run(self) -> int | None:
        """Serves until a signal; returns its number. Returns None if a worker could not start: it has said why.

        Raises CannotListen.
        """
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="a2f-", dir=_memory_folder())))
            settings = self._with_ports(stack)
            os.environ[METRICS] = str(folder / "metrics")
            (folder / "metrics").mkdir()
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self._stop)
            self._ledger = stack.enter_context(closing(Ledger(folder / LEDGER, -1)))
            secret = os.urandom(32)
            self._children = [Child(Plan(settings, n, self._size, secret, folder)) for n in range(self._size)]
            stack.callback(self._end)
            if not self._start():
                return None
            while self._stopping is None:
                self._watch()
        return self._stopping

    def _with_ports(self, stack: ExitStack) -> Settings:
        """Reserves the ports for the workers; returns the settings with the numbers of free ones that were chosen."""
        host, chosen = self._settings.host, {}
        for name in ("port", "grpc_port"):
            wanted = getattr(self._settings, name)
            if wanted is not None:
                chosen[name] = _free(host, wanted)
                stack.callback(_close, reserve(host, chosen[name]))
        return self._settings.model_copy(update=chosen)

    def _start(self) -> bool:
        """Starts the first worker, then the others: errors of the settings are said once. False if one failed."""
        for group in (self._children[:1], self._children[1:]):
            for child in group:
                child.start()
            while not all(child.ready for child in group):
                if self._stopping is not None:
                    return True
                wait([self._woken, *(c.messages for c in group if not c.ready), *(c.sentinel for c in group)])
                for child in group:
                    child.receive()
                if any(child.ended for child in group):
                    return False
        log.info("ready", **self._children[0].ready, workers=self._size)
        return True

    def _watch(self) -> None:
        """Waits for a worker to die or to become ready again, or for the time to start one."""
        now = time.monotonic()
        for child in self._children:
            if child.ended and child.starts_at <= now:
                child.start()
        waiting = [c.starts_at - now for c in self._children if c.ended]
        alive = [c for c in self._children if not c.ended]
        wait([self._woken, *(c.sentinel for c in alive)], min(waiting, default=None))
        for child in alive:
            if child.ended:
                self._bury(child)

    def _bury(self, child: Child) -> None:
        """Frees what a dead worker held, and decides when it is started again."""
        self._ledger.forget(child.plan.number)
        mark_process_dead(child.pid)  # type: ignore[no-untyped-call]
        pause = child.schedule(LEAST_LIFE_S, LONGEST_PAUSE_S)
        log.error("a worker died; it is started again", worker=child.plan.number, status=child.status, pause=pause)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = number
        os.write(self._wake, b".")

    def _end(self) -> None:
        """Ends all workers: they drain. A second signal does not wait."""
        for child in self._children:
            child.terminate()
        ends = time.monotonic() + self._settings.drain_s + STOP_S
        for child in self._children:
            child.join(max(0.0, ends - time.monotonic()))
            child.kill()
        logs.flush()


def _memory_folder() -> str | None:
    """Returns a folder in memory, if there is one: the files of a server need not survive it."""
    shared = "/dev/shm"  # noqa: S108 - the folder in it gets a random name and belongs to this user alone
    return shared if os.access(shared, os.W_OK) else None


def _free(host: str, port: int) -> int:
    """Returns the port, or a free one for 0. Raises CannotListen if another program has it."""
    probes = listen(host, port)
    try:
        return int(probes[0].getsockname()[1])
    finally:
        _close(probes)


def _close(opened: list[socket.socket]) -> None:
    for each in opened:
        each.close()
