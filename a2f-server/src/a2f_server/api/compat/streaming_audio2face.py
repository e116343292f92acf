"""`WS /api/v1/streaming_audio2face/ws`: the protobuf WebSocket of dlp3d's service (docs/compatibility.md).

It needs the extra `[protobuf]`. Without it, the socket closes with a reason that says so.
"""

from __future__ import annotations

import asyncio
from importlib.util import find_spec

from fastapi import APIRouter
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from a2f_server.api.compat.paths import STREAMING_AUDIO2FACE
from a2f_server.api.service import Service
from a2f_server.api.ws.route import SocketApp, admit, close_only
from a2f_server.errors import NotInstalled


def routes(service: Service) -> APIRouter:
    router = APIRouter()
    router.routes.append(WebSocketRoute(STREAMING_AUDIO2FACE, _app(service)))
    return router


def _app(service: Service) -> ASGIApp:
    if find_spec("google") is None or find_spec("google.protobuf") is None:
        return _Missing(service)
    return _Imported(service)


class _Imported:
    """Imports protobuf, which is optional, for the first client: on a thread, since it takes as long as a frame."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._served: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._served is None:
            self._served = await asyncio.to_thread(self._load)
        await self._served(scope, receive, send)

    def _load(self) -> ASGIApp:
        from a2f_server.api.compat.blendshape_connection import BlendshapeConnection  # noqa: PLC0415

        return SocketApp(self._service, BlendshapeConnection, close_only)


class _Missing:
    """Refuses sockets on a server without protobuf."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        if caller := await admit(socket, self._service, close_only):
            try:
                error = NotInstalled("this endpoint needs protobuf on the server: pip install 'a2f-server[protobuf]'")
                await close_only(socket, self._service, error)
            finally:
                self._service.callers.leave(caller)
