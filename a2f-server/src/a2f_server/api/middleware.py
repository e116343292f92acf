"""Middleware for every HTTP request: addresses, access log, security headers, CORS, HEAD, authentication."""

from __future__ import annotations

import time
from collections.abc import Mapping

import structlog
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from a2f_server.api.auth import Authenticator
from a2f_server.api.callers import IDENTITY
from a2f_server.api.compat.paths import CHUNKED, DETAILED, HLS, HLS_API, is_media
from a2f_server.api.error_responses import error_response
from a2f_server.api.forwarding import ForwardToFirst, FromWorker, is_restarting
from a2f_server.api.http import emotion_table, pages, portrait
from a2f_server.api.proxy_headers import ProxyHeaders
from a2f_server.api.security_headers import SecurityHeaders
from a2f_server.api.service import Service
from a2f_server.api.utterance_log import (
    DISCONNECTED,
    END,
    HttpUtterance,
    http_utterance,
    log_utterance,
    note_key,
)
from a2f_server.errors import A2FError

log = structlog.get_logger(__name__)

HEALTH_CHECKS = ("/health", "/ping")
"""Load balancers request these often and without a key."""
METRICS = "/metrics"
TOKEN_PATHS = (portrait.PATH, "/v1/speak", "/v1/webrtc", "/v1/video", CHUNKED, HLS_API)
"""Prefixes of the paths that accept a token in place of the key, because pages use them."""


IN_FIRST_WORKER = (portrait.PATH, "/v1/webrtc", "/v1/video", CHUNKED, HLS, HLS_API)
"""Prefixes of the paths whose sessions are in the memory of one worker, the first."""


def needs_no_key(path: str) -> bool:
    """Returns True for paths that everyone may read."""
    return path in (*HEALTH_CHECKS, emotion_table.PATH) or pages.is_public(path) or is_media(path)


def middleware(service: Service, sockets: Mapping[str, ASGIApp]) -> list[Middleware]:
    """Returns the middleware, outermost first. `sockets`: the endpoints of WebSockets by their path."""
    return [
        *_of_workers(service),
        Middleware(SocketShortcut, sockets=sockets),
        Middleware(AccessLog),
        Middleware(with_headers, service=service),
        Middleware(HeadAsGet),
        Middleware(AuthMiddleware, service=service),
    ]


def _of_workers(service: Service) -> list[Middleware]:
    """Returns what passes requests between the workers of a server, after the client's address is known."""
    addresses = Middleware(ProxyHeaders, proxies=service.settings.trusted_proxies)
    group = service.group
    if group.size == 1:
        return [addresses]
    if group.number:
        restarting = with_headers(is_restarting, service)
        return [addresses, Middleware(ForwardToFirst, group=group, prefixes=IN_FIRST_WORKER, otherwise=restarting)]
    return [addresses, Middleware(FromWorker)]


def with_headers(app: ASGIApp, service: Service) -> ASGIApp:
    """Adds the headers that pages and browsers need to every answer."""
    return SecurityHeaders(Cors(app, service.auth, everybody="*" in service.settings.origins))


class SocketShortcut:
    """Leads WebSockets to their endpoints past the rest, which is for HTTP, and past the router: together they take as
    long as the endpoint itself."""

    def __init__(self, app: ASGIApp, sockets: Mapping[str, ASGIApp]) -> None:
        self._app, self._sockets = app, sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        direct = scope["type"] == "websocket" and not scope.get("root_path")
        await ((direct and self._sockets.get(scope["path"])) or self._app)(scope, receive, send)


class Cors(CORSMiddleware):
    """Lets the same origins fetch that may open sockets."""

    def __init__(self, app: ASGIApp, auth: Authenticator, *, everybody: bool) -> None:
        headers = ["Authorization", "Content-Type", "Accept"]
        origins = ["*"] if everybody else []
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=headers,
            expose_headers=[portrait.FACES, portrait.WARNING, "Location"],
            max_age=600,
        )
        self._auth = auth

    def is_allowed_origin(self, origin: str) -> bool:
        """Asks the authenticator, which also decides for sockets."""
        return self.allow_all_origins or self._auth.allows_elsewhere(origin)


class HeadAsGet:
    """Answers HEAD wherever GET is answered, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            return await self._app(scope, receive, send)

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET"}, receive, send_head)


class AuthMiddleware:
    """Refuses HTTP requests without credentials. Sockets are checked by their endpoints, after they were accepted."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                self._check(scope)
            except A2FError as error:
                return await error_response(error, scope["path"])(scope, receive, send)
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers, path, auth = Headers(scope=scope), scope["path"], self._service.auth
        if path not in HEALTH_CHECKS:
            auth.check_host(headers)
        if needs_no_key(path):
            return
        auth.check_origin(headers)
        if path.startswith(TOKEN_PATHS):
            identity = auth.check_key_or_token(headers)
        else:
            identity = auth.check_key(headers, "metrics" if path == METRICS else "clients")
        scope[IDENTITY] = identity
        if identity.key:
            note_key(identity.key.name)


class AccessLog:
    """Logs requests without their query, which may contain a token.

    Each utterance is one line at level info; so is each request that fails. All others are lines at level debug.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun, answer = time.perf_counter(), {"status": 0}

        async def note_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
            await send(message)

        with http_utterance() as utterance:
            try:
                await self._app(scope, receive, note_status)
            finally:
                self._write(scope, answer["status"], time.perf_counter() - begun, utterance)

    def _write(self, scope: Scope, status: int, took: float, utterance: HttpUtterance) -> None:
        path, address = scope["path"], client_address(scope)
        if scope["method"] == "POST" and path in UTTERANCE_PATHS:
            log_utterance(path, address, utterance.seconds, _outcome(utterance), **utterance.log_fields)
        failed = status >= 400 and status not in UNREMARKABLE and path not in UTTERANCE_PATHS
        write = log.info if failed and path not in HEALTH_CHECKS else log.debug
        fields = {"method": scope["method"], "path": path, "status": status, "ms": round(took * 1000, 1)}
        write("request", **fields, address=address, **utterance.log_fields)


UTTERANCE_PATHS = ("/v1/animate", "/v1/speak", "/v1/video", "/process", "/process-sync", *DETAILED)
UNREMARKABLE = (404, 405)
"""Statuses of requests for things that do not exist, which scanners send all the time."""


def client_address(scope: Scope) -> str:
    """Returns the client's address, as far as it is known."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def _outcome(utterance: HttpUtterance) -> str | A2FError:
    """Returns the outcome of a request that is over."""
    return utterance.error or (END if utterance.seconds is not None else DISCONNECTED)
