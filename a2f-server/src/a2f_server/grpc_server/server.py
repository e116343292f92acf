"""Starts and stops the gRPC server, beside the HTTP server on the same event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from a2f_server.api.service import Service
from a2f_server.grpc_server import configurations, emotalk, nvidia
from a2f_server.grpc_server.call import Call
from a2f_server.grpc_server.inbox import Inbox
from a2f_server.grpc_server.options import credentials, options
from a2f_server.grpc_server.peers import Peers
from a2f_server.grpc_server.protos import POOL
from a2f_server.grpc_server.protos.emotalk_pb2 import HealthCheckRequest, HealthCheckResponse
from a2f_server.uvicorn_server.listening import CannotListen

log = structlog.get_logger(__name__)

SERVICES = (nvidia.NAME, configurations.NAME, emotalk.NAME)
HEALTH_S = 1.0
"""Seconds between checks of the engine's health."""
GRACE_S = 2.0
"""Seconds that calls have to send their last message at shutdown."""

Work = Callable[[Call], Awaitable[None]]


class GrpcServer:
    """The services of other systems over gRPC. `bind`, `start` and `stop` are called on the event loop."""

    def __init__(self, service: Service) -> None:
        """Raises ValueError if the certificate or its key cannot be read."""
        self._service, self._peers = service, Peers(service.settings)
        self._credentials = credentials(service.settings)
        whole = max(1, service.settings.upload_memory_bytes // service.settings.max_file_bytes)
        self._whole_files = asyncio.Semaphore(whole)
        """Limits the files that arrive at the same time: how much memory one takes is only known at its end."""
        self._health = health.aio.HealthServicer()
        self._watching: asyncio.Task[None] | None = None
        self._server: Any = None
        self.port = 0
        """The port in use, also if the settings ask for a free one."""

    def bind(self) -> None:
        """Opens the port. Raises CannotListen."""
        settings = self._service.settings
        shared = self._service.group.size > 1
        self._server = grpc.aio.server(
            handlers=self._handlers(),
            options=options(settings, shared=shared),
            maximum_concurrent_rpcs=settings.max_connections,
        )
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        names = (*SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, self._server, POOL)
        address = f"{f'[{settings.host}]' if ':' in settings.host else settings.host}:{settings.grpc_port}"
        try:
            self.port = self._open(address)
        except RuntimeError:
            raise CannotListen(f"cannot listen on {address} for gRPC: choose another port with A2F_GRPC_PORT") from None

    async def start(self) -> None:
        """Begins to answer."""
        await self._server.start()
        self._watching = asyncio.create_task(self._watch_health(), name="a2f-grpc-health")
        log.info("gRPC ready", port=self.port, tls=self._credentials is not None)

    async def stop(self) -> None:
        """Ends open calls and closes the port."""
        if self._watching:
            self._watching.cancel()
        if self._server:
            await self._server.stop(GRACE_S)

    def _open(self, address: str) -> int:
        if self._credentials:
            return int(self._server.add_secure_port(address, self._credentials))
        return int(self._server.add_insecure_port(address))

    def _handlers(self) -> list[Any]:
        """Returns the methods. Messages stay bytes, so that a call is admitted before its message is parsed."""
        stream = grpc.stream_stream_rpc_method_handler
        methods: dict[str, dict[str, Any]] = {
            nvidia.NAME: {
                "ProcessAudioStream": stream(self._handler(nvidia.serve, f"/{nvidia.NAME}/ProcessAudioStream"))
            },
            configurations.NAME: {
                "GetConfigs": stream(self._handler(configurations.get_configs, f"/{configurations.NAME}/GetConfigs"))
            },
            emotalk.NAME: {
                "ProcessAudio": stream(self._handler(emotalk.serve, f"/{emotalk.NAME}/ProcessAudio", whole=True)),
                "HealthCheck": grpc.unary_unary_rpc_method_handler(
                    self._check_health, HealthCheckRequest.FromString, HealthCheckResponse.SerializeToString
                ),
            },
        }
        return [grpc.method_handlers_generic_handler(name, of_name) for name, of_name in methods.items()]

    def _handler(self, work: Work, endpoint: str, *, whole: bool = False) -> Callable[[Any, Any], Awaitable[None]]:
        """Returns the method. `whole`: its only message is a file."""

        async def handle(_: Any, context: Any) -> None:
            inbox = Inbox(context.read, lambda: self._whole_files) if whole else Inbox(context.read)
            call = Call(self._service, self._peers, context, endpoint, inbox)
            if whole:
                call.before_status = partial(emotalk.report, call)
            await call.run(work)

        return handle

    @property
    def _serving(self) -> bool:
        return self._service.engine.healthy and not self._service.engine.slots.draining

    async def _check_health(self, _: HealthCheckRequest, __: Any) -> HealthCheckResponse:
        response = HealthCheckResponse
        return response(status=response.SERVING if self._serving else response.NOT_SERVING)

    async def _watch_health(self) -> None:
        draining = self._service.engine.slots.drain_started
        response = health_pb2.HealthCheckResponse
        while True:
            status = response.SERVING if self._serving else response.NOT_SERVING
            for name in ("", *SERVICES):
                await self._health.set(name, status)
            try:
                async with asyncio.timeout(HEALTH_S):
                    await (asyncio.sleep(HEALTH_S) if draining.is_set() else draining.wait())
            except TimeoutError:
                pass
