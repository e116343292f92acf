"""Passes requests on to the first worker: those for pictures, video and calls, whose sessions are in its memory."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import h11
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from a2f_server.api.error_responses import error_response
from a2f_server.errors import Busy
from a2f_server.worker_group.group import WorkerGroup

CLIENT = b"a2f-client"
"""Header with the client's address, and whether it came over TLS. It is read from other workers only."""
READ_BYTES = 1 << 16
_HOP_BY_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"te", b"trailer", b"expect", CLIENT}
"""Headers that concern one connection (RFC 9110, 7.6.1)."""
_OF_THIS_SERVER = _HOP_BY_HOP | {b"date"}
"""Headers of an answer that the web server of this worker adds itself."""

Headers = list[tuple[bytes, bytes]]


class ForwardToFirst:
    """Middleware of the workers other than the first."""

    def __init__(self, app: ASGIApp, group: WorkerGroup, prefixes: Iterable[str], otherwise: ASGIApp) -> None:
        """`prefixes` of the paths that are passed on; `otherwise` answers while the first worker does not."""
        self._app, self._prefixes, self._otherwise = app, tuple(prefixes), otherwise
        self._first = group.socket_of(0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._prefixes):
            return await self._app(scope, receive, send)
        try:
            connection = await _connected(self._first)
        except OSError:
            return await self._otherwise(scope, receive, send)
        exchange = _Exchange(connection)
        exchange.begin(scope, receive)
        try:
            if not await exchange.pass_answer(send):
                await self._otherwise(scope, receive, send)
        finally:
            await exchange.close()


class FromWorker:
    """Middleware of the first worker: takes the client's address from the worker that passed a request on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["client"] is None:  # not over TCP
            client = dict(scope["headers"]).get(CLIENT)
            if client:
                host, port, scheme = json.loads(client)
                scope = {**scope, "client": (host, port) if host else None, "scheme": scheme}
        await self._app(scope, receive, send)


class _Exchange:
    """One request and its answer on a connection of their own.

    A transport of asyncio would drop an answer that was not read yet when the other side has closed.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket, self._loop = connection, asyncio.get_running_loop()
        self._state = h11.Connection(h11.CLIENT)
        self._sending: asyncio.Task[None] | None = None

    def begin(self, scope: Scope, receive: Receive) -> None:
        """Begins to send the request."""
        self._sending = asyncio.create_task(self._send_request(scope, receive))

    async def close(self) -> None:
        """Hangs up."""
        if self._sending:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        self._socket.close()

    async def _send_request(self, scope: Scope, receive: Receive) -> None:
        """Sends the request as it arrives; hangs up once the client has."""
        with suppress(OSError, h11.LocalProtocolError):  # the answer came before the end of the body
            await self._send(
                h11.Request(method=scope["method"], target=_target(scope), headers=_request_headers(scope))
            )
            await self._send_body(receive)
        while (await receive())["type"] != "http.disconnect":
            pass
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    async def _send_body(self, receive: Receive) -> None:
        message: Message = {"more_body": True}
        while message.get("more_body", False):
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            await self._send(h11.Data(data=message.get("body", b"")))
        await self._send(h11.EndOfMessage())

    async def pass_answer(self, send: Send) -> bool:
        """Passes the answer on as it arrives; returns False if there was none.

        If it breaks off, nothing more is sent: the web server then closes the client's connection.
        """
        with suppress(OSError, h11.ProtocolError):
            while True:
                event = await self._event()
                if isinstance(event, h11.Response):
                    await send(_start(event))
                elif isinstance(event, h11.Data):
                    await send(_body(bytes(event.data), more=True))
                elif isinstance(event, h11.EndOfMessage):
                    await send(_body(b"", more=False))
                    return True
                elif isinstance(event, h11.ConnectionClosed):
                    break
        return self._state.their_state is not h11.SEND_RESPONSE and self._state.their_state is not h11.IDLE

    async def _event(self) -> Any:
        while (event := self._state.next_event()) is h11.NEED_DATA:
            self._state.receive_data(await self._loop.sock_recv(self._socket, READ_BYTES))
        return event

    async def _send(self, event: Any) -> None:
        if data := self._state.send(event):
            await self._loop.sock_sendall(self._socket, data)


async def _connected(path: Path) -> socket.socket:
    """Returns a connection. Raises OSError if nobody listens there."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, str(path))
    except BaseException:
        connection.close()
        raise
    return connection


async def is_restarting(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers in place of the first worker."""
    error = Busy("the part of this server that makes video is starting again; try again in a moment", reason="full")
    await error_response(error, scope["path"])(scope, receive, send)


def _target(scope: Scope) -> bytes:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return path + (b"?" + query if query else b"")


def _request_headers(scope: Scope) -> Headers:
    """Returns headers that h11 accepts: it takes exactly one host, and no tabs around values."""
    client, received = scope["client"] or (None, 0), scope["headers"]
    host = next((value for name, value in received if name == b"host"), b"localhost")
    kept = [(name, value.strip()) for name, value in received if name not in _HOP_BY_HOP and name != b"host"]
    if any(name == b"transfer-encoding" for name, _ in received):
        kept.append((b"transfer-encoding", b"chunked"))
    about = json.dumps([*client, scope["scheme"]]).encode()
    return [(b"host", host), *kept, (b"connection", b"close"), (CLIENT, about)]


def _start(answer: h11.Response) -> Message:
    headers = [(name, value) for name, value in answer.headers if name not in _OF_THIS_SERVER]
    return {"type": "http.response.start", "status": answer.status_code, "headers": headers}


def _body(data: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}
