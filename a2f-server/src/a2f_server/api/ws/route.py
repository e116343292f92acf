"""`WS /ws`: accepts or refuses a client and serves it as a `Connection`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from itertools import count

import structlog
from fastapi import APIRouter
from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from a2f_server.api.auth import SUBPROTOCOL
from a2f_server.api.callers import Caller
from a2f_server.api.encoding import encode_json
from a2f_server.api.service import Service
from a2f_server.api.ws.connection import Connection
from a2f_server.api.ws.session import SocketSession, close_reason
from a2f_server.errors import A2FError, Busy

log = structlog.get_logger(__name__)
_ids = count(1)

Refuse = Callable[[WebSocket, Service, A2FError], Awaitable[None]]
"""Tells a client why its socket is not served, and closes it."""


def routes(service: Service) -> APIRouter:
    router = APIRouter()
    router.routes.append(WebSocketRoute("/ws", SocketApp(service, Connection)))
    return router


class SocketApp:
    """The endpoint as an ASGI application, which gives a connection the server's own channels."""

    def __init__(self, service: Service, session: type[SocketSession], refuse: Refuse | None = None) -> None:
        """`refuse` replaces the error of `WS /ws` for clients that do not read it."""
        self._service, self._session, self._refuse = service, session, refuse or send_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        number = next(_ids)
        with structlog.contextvars.bound_contextvars(connection=number):
            if caller := await admit(socket, self._service, self._refuse):
                try:
                    session = self._session(socket, receive, send, self._service, number, caller)
                    fields = caller.log_fields
                    with structlog.contextvars.bound_contextvars(**fields) if fields else nullcontext():
                        await _serve(session, self._service)
                finally:
                    self._service.callers.leave(caller)


async def admit(socket: WebSocket, service: Service, refuse: Refuse | None = None) -> Caller | None:
    """Accepts the socket, then checks it: only an accepted one can receive an error. Returns None if refused.

    The caller must `leave` when the socket is closed.
    """
    offered = socket.scope.get("subprotocols", [])
    try:
        await socket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        return check(socket, service)
    except A2FError as error:
        await (refuse or send_error)(socket, service, error)
    except (WebSocketDisconnect, OSError):
        pass
    return None


def check(socket: WebSocket, service: Service) -> Caller:
    """Returns who opened the socket. Raises Unauthorized, ForbiddenOrigin or Busy if it must not be served."""
    auth = service.auth
    auth.check_host(socket.headers)
    auth.check_origin(socket.headers)
    identity = auth.check_socket(socket.headers, socket.query_params, socket.scope.get("subprotocols", []))
    if service.engine.slots.draining:
        raise Busy.shutting_down()
    if len(service.connections) >= service.settings.max_connections:
        raise Busy("this server has too many open connections; try again in a moment", reason="connections")
    return service.callers.join(identity, socket.client.host if socket.client else None)


async def send_error(socket: WebSocket, service: Service, error: A2FError) -> None:
    """Sends the error and closes the socket."""
    note_refusal(socket, service, error)
    try:
        await socket.send_text(encode_json({**error.as_json(), "fatal": True}))
        await socket.close(error.close or 1011, error.code)
    except (WebSocketDisconnect, RuntimeError, OSError):
        pass


async def close_only(socket: WebSocket, service: Service, error: A2FError) -> None:
    """Closes the socket with the error's message as the reason."""
    note_refusal(socket, service, error)
    with suppress(WebSocketDisconnect, RuntimeError, OSError):
        await socket.close(error.close or 1011, close_reason(error))


def note_refusal(socket: WebSocket, service: Service, error: A2FError) -> None:
    """Counts and logs a socket that is not served."""
    service.metrics.errors.labels(error.code).inc()
    address = socket.client.host if socket.client else "unknown"
    log.info("connection refused", address=address, code=error.code, message=error.message)


async def _serve(connection: SocketSession, service: Service) -> None:
    service.connections.add(connection)
    service.metrics.connections.inc()
    log.debug("connected")
    try:
        await connection.run()
    finally:
        service.connections.discard(connection)
        service.metrics.connections.dec()
        log.debug("disconnected")
