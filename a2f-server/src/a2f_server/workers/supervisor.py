"""Starts the workers of a server, starts those again that die, and stops them all."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import ExitStack, closing
from dataclasses import replace
from multiprocessing.connection import wait
from pathlib import Path
from sqlite3 import OperationalError
from tempfile import TemporaryDirectory
from types import FrameType

import structlog
from prometheus_client.multiprocess import mark_process_dead

from a2f_server import logs
from a2f_server.onnx_runtime.accelerator import has_gpu
from a2f_server.settings import Settings
from a2f_server.uvicorn_server.listening import listen, reserve
from a2f_server.worker_group.counts import CPU_OF_ENDED
from a2f_server.worker_group.ledger import LEDGER, Ledger
from a2f_server.worker_group.metric_files import METRICS
from a2f_server.workers import model_process, worker
from a2f_server.workers.child import Child, WorkerPlan

log = structlog.get_logger(__name__)

STOP_S = 15.0
"""Seconds beyond the drain that workers have to end."""
LEAST_LIFE_S, LONGEST_PAUSE_S = 10.0, 30.0
"""A worker that lives shorter is started again after a pause, which doubles each time up to the second number."""


class Supervisor:
    """Runs in the process that was started; the workers are its children."""

    def __init__(self, settings: Settings, size: int) -> None:
        """`size`: the number of workers, at least 2. Raises ValueError on systems without SO_REUSEPORT."""
        if not hasattr(socket, "SO_REUSEPORT"):
            raise ValueError("several workers need Linux or macOS: leave out --workers (A2F_WORKERS)")
        self._settings, self._size = settings, size
        self._workers: list[Child] = []
        self._models: list[Child] = []
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
            (folder / METRICS).mkdir()
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self._stop)
            self._ledger = stack.enter_context(closing(Ledger(folder / LEDGER, -1)))
            secret = os.urandom(32)
            self._plan(WorkerPlan(settings, 0, self._size, secret, folder, self._shared_model))
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

    @property
    def _shared_model(self) -> bool:
        """True if one process runs the model for all: the memory of a GPU is precious, that of a CPU is not."""
        wanted, device = self._settings.shared_model, self._settings.device
        return wanted if wanted is not None else device == "cuda" or (device == "auto" and has_gpu())

    def _plan(self, plan: WorkerPlan) -> None:
        """Creates the processes: workers, and the model's if it has one."""
        self._workers = [Child(f"worker {n}", worker.main, replace(plan, number=n)) for n in range(self._size)]
        self._models = [Child("model", model_process.main, plan)] if plan.shared_model else []

    @property
    def _children(self) -> list[Child]:
        return [*self._models, *self._workers]

    def _start(self) -> bool:
        """Starts the model and the first worker, then the others: errors of the settings are said once. Returns False
        if one failed."""
        for group in (self._models, self._workers[:1], self._workers[1:]):
            for child in group:
                _start(child)
            while not all(child.ready for child in group):
                if self._stopping is not None:
                    return True
                wait([self._woken, *(c.messages for c in group if not c.ready), *(c.sentinel for c in group)])
                for child in group:
                    child.receive()
                if ended := [child for child in group if child.ended]:
                    _explain(ended[0])
                    return False
        log.info("ready", **self._workers[0].ready, workers=self._size)
        return True

    def _watch(self) -> None:
        """Waits for a process to die, or for the time to start one again."""
        now = time.monotonic()
        for child in self._children:
            if child.starts_at is None and child.ended:
                self._bury(child)
            elif child.starts_at is not None and child.starts_at <= now:
                _start_again(child)
        running = [c.sentinel for c in self._children if c.starts_at is None]
        pauses = [c.starts_at - now for c in self._children if c.starts_at is not None]
        wait([self._woken, *running], max(0.0, min(pauses)) if pauses else None)

    def _bury(self, child: Child) -> None:
        """Frees what a dead worker held, and decides when it is started again."""
        try:
            self._settle(child)
        except OperationalError as error:  # a full disk, or a stopped worker that writes
            log.warning("what a dead process held is freed when it is started again", error=str(error))
        if child in self._workers:
            mark_process_dead(child.plan.number, child.plan.folder / METRICS)  # type: ignore[no-untyped-call]
        pause = child.schedule(LEAST_LIFE_S, LONGEST_PAUSE_S)
        log.error("a process died; it is started again", process=child.name, status=child.status, pause=pause)

    def _settle(self, child: Child) -> None:
        spent = os.times()
        self._ledger.set(CPU_OF_ENDED, round(1000 * (spent.children_user + spent.children_system)))
        if child in self._workers:
            self._ledger.forget(child.plan.number)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self._stopping is not None and number == signal.SIGINT:  # a second Ctrl-C does not wait
            for child in self._children:
                child.kill()
        self._stopping = number
        os.write(self._wake, b".")

    def _end(self) -> None:
        """Ends all workers, which drain, then the model."""
        ends = time.monotonic() + self._settings.drain_s + STOP_S
        for group in (self._workers, self._models):
            for child in group:
                child.terminate()
            for child in group:
                child.join(max(0.0, ends - time.monotonic()))
                child.kill()
        logs.flush()


def _start(child: Child) -> None:
    child.start()
    log.info("a process was started", process=child.name, pid=child.pid)


def _explain(child: Child) -> None:
    """Says that a process was killed; one that ended by itself has said why."""
    if child.status is not None and child.status < 0:
        log.error("a process was killed before it was ready", process=child.name, signal=-child.status)


def _start_again(child: Child) -> None:
    """Starts a process, or tries again later if the system has no room for one."""
    try:
        _start(child)
    except OSError as error:
        pause = child.schedule(LEAST_LIFE_S, LONGEST_PAUSE_S)
        log.warning("a process cannot be started", process=child.name, error=str(error), pause=pause)


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
