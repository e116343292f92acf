"""The web server around the application: uvicorn, with a drain before shutdown."""

from __future__ import annotations

import asyncio
import socket as sockets
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI

from a2f_server import logs
from a2f_server.settings import Settings
from a2f_server.uvicorn_server import memory
from a2f_server.uvicorn_server.address_limit import AddressLimit
from a2f_server.uvicorn_server.connection_limit import ConnectionLimit
from a2f_server.uvicorn_server.handshake_pacer import HandshakePacer
from a2f_server.uvicorn_server.http_protocol import HttpProtocol
from a2f_server.uvicorn_server.idle_memory import trim_when_idle
from a2f_server.uvicorn_server.listening import BACKLOG, CannotListen, Listener, listen
from a2f_server.uvicorn_server.request_pacer import RequestPacer
from a2f_server.uvicorn_server.websocket_protocol import SocketProtocol
from a2f_server.worker_group.group import WorkerGroup

log = structlog.get_logger(__name__)


class Server(uvicorn.Server):
    """uvicorn with a graceful shutdown: open utterances finish before their sockets are closed."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._fastapi = app
        self._group: WorkerGroup = app.state.service.group
        self.grpc: Listener | None = app.state.grpc
        self.on_started: Callable[[], None] = lambda: None
        self.on_stopped: Callable[[], None] = lambda: None
        self._listening: list[sockets.socket] = []
        self._trimming: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[sockets.socket] | None = None) -> None:
        """Starts to listen; logs the address of the page. Raises CannotListen."""
        self._listening = sockets or listen(self.config.host, self.config.port, shared=self._group.size > 1)
        self._bind_grpc()
        await super().startup(self._listening)
        if self.started:
            if self.grpc:
                await self.grpc.start()
            if self._group.size > 1:
                await self._serve_workers()
            else:
                log.info("ready", **self.state)
            memory.tune()
            slots = self._fastapi.state.service.engine.slots
            self._trimming = asyncio.create_task(trim_when_idle(lambda: slots.taken > 0))
            self.on_started()

    @property
    def state(self) -> dict[str, str]:
        """The address of the page, the backend and its mode."""
        backend = self._fastapi.state.service.backend
        host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
        return {"page": f"http://{host}:{self.port}", "backend": backend.name, "mode": backend.mode}

    async def _serve_workers(self) -> None:
        """Listens to the other workers of the server."""

        def protocol() -> asyncio.Protocol:
            return self.config.http_protocol_class(  # type: ignore[call-arg]
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )

        path = self._group.socket_of(self._group.number)
        path.unlink(missing_ok=True)  # that of a worker that died
        self.servers.append(await asyncio.get_running_loop().create_unix_server(protocol, path, backlog=BACKLOG))

    def _bind_grpc(self) -> None:
        try:
            if self.grpc:
                self.grpc.bind()
        except CannotListen:
            for opened in self._listening:
                opened.close()
            raise

    @property
    def port(self) -> int:
        """The port in use, also if the settings ask for any free one."""
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port

    async def shutdown(self, sockets: list[sockets.socket] | None = None) -> None:
        """Drains the service, then shuts down; a second Ctrl-C does not wait."""
        service = self._fastapi.state.service
        log.info("draining", open=service.engine.slots.taken, seconds=service.settings.drain_s)
        draining = asyncio.create_task(service.drain())
        while not (draining.done() or self.force_exit):
            await asyncio.wait([draining], timeout=0.1)
        draining.cancel()
        if self._trimming:
            self._trimming.cancel()
        if self.grpc:
            await self.grpc.stop()
        await super().shutdown(self._listening)
        log.info("stopped")
        self.on_stopped()
        logs.flush()  # uvicorn raises the signal again, which may end the process at once


SPARE_CONNECTIONS = 256
"""Connections beside those of `max_connections` sockets: HTTP, and sockets that are refused as busy."""
OTHER_FILES = 64
"""Files and pipes that the process needs beside its connections."""


def _limits(settings: Settings) -> dict[str, Any]:
    """Returns the limits of HttpProtocol. Warns if the process may not open enough files for its connections."""
    wanted, allowed = settings.max_connections + SPARE_CONNECTIONS, _open_files() - OTHER_FILES
    if allowed < wanted:
        log.warning("this process may not open enough files: raise `ulimit -n`", connections=allowed, wanted=wanted)
    most = min(wanted, allowed)
    of_address = AddressLimit(settings.address_connections or max(1, most // 2), settings.trusted_proxies)
    return {"connection_limit": ConnectionLimit(most, of_address), "reader_s": settings.send_timeout_s}


def _open_files() -> int:
    """Raises the limit of open files as far as the system allows, and returns it."""
    if sys.platform == "win32":
        return 1 << 20  # sockets are no files there
    import resource  # noqa: PLC0415 - Unix only

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def make_server(app: FastAPI, settings: Settings) -> Server:
    """Returns a server that is ready to `run` or `serve`."""
    engine = app.state.service.engine
    slots = engine.slots

    def live() -> bool:
        return bool(slots.taken)

    def strained() -> bool:
        return bool(engine.strained)

    config = uvicorn.Config(
        RequestPacer(app, probes=("/health", "/ping"), live=live),
        host=settings.host,
        port=settings.port,
        http=partial(HttpProtocol, handshakes=HandshakePacer(live, strained, engine.note_other), **_limits(settings)),  # type: ignore[arg-type]
        ws=SocketProtocol,
        ws_max_size=2 * settings.max_message_bytes,
        ws_per_message_deflate=False,
        ws_ping_interval=15.0,
        ws_ping_timeout=20.0,
        access_log=False,
        proxy_headers=False,  # api/proxy_headers.py, also for servers that are not uvicorn
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    return Server(config, app)
