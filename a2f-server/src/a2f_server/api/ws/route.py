"""The WebSocket door: lets a client in, or says why not, and hands it to a `Connection`."""

from __future__ import annotations

from itertools import count

import structlog
from fastapi import APIRouter
from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from a2f_server.api.auth import SUBPROTOCOL
from a2f_server.api.service import Service
from a2f_server.api.ws.connection import Connection
from a2f_server.api.ws.turn import encode_json
from a2f_server.errors import A2FError, Busy

log = structlog.get_logger(__name__)
_ids = count(1)


def routes(service: Service) -> APIRouter:
    """`WS /ws`."""
    router = APIRouter()

    router.routes.append(WebSocketRoute("/ws", Talk(service)))
    return router


class Talk:
    """The door as an ASGI application, so that a conversation has the server's own channels."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        socket = WebSocket(scope, receive, send)
        number = next(_ids)
        with structlog.contextvars.bound_contextvars(connection=number):
            if await let_in(socket, self._service):
                await _converse(Connection(socket, receive, send, self._service, number), self._service)


async def let_in(socket: WebSocket, service: Service) -> bool:
    """Accepts, then checks: only an accepted socket can be told what is wrong. False when it was shown out."""
    offered = socket.scope.get("subprotocols", [])
    try:
        await socket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        check(socket, service)
    except A2FError as error:
        await show_out(socket, service, error)
        return False
    except (WebSocketDisconnect, OSError):
        return False
    return True


def check(socket: WebSocket, service: Service) -> None:
    """Raises what speaks against this socket."""
    auth = service.auth
    auth.check_host(socket.headers)
    auth.check_origin(socket.headers)
    auth.check_socket(socket.headers, socket.query_params, socket.scope.get("subprotocols", []))
    if service.engine.draining:
        raise Busy("the server is shutting down; connect again in a moment")
    if len(service.connections) >= service.settings.max_connections:
        raise Busy("this server has no place for another connection; try again in a moment")


async def show_out(socket: WebSocket, service: Service, error: A2FError) -> None:
    """Says the error and closes."""
    service.metrics.errors.labels(error.code).inc()
    log.info("connection refused", code=error.code, reason=error.message)
    try:
        await socket.send_text(encode_json({**error.as_json(), "fatal": True}))
        await socket.close(error.close or 1011, error.code)
    except (WebSocketDisconnect, RuntimeError, OSError):
        pass


async def _converse(conversation: Connection, service: Service) -> None:
    service.connections.add(conversation)
    service.metrics.connections.inc()
    log.info("connected")
    try:
        await conversation.run()
    finally:
        service.connections.discard(conversation)
        service.metrics.connections.dec()
        log.info("disconnected")
