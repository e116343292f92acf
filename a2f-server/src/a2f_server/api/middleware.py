"""Middleware for all HTTP requests: access log, CORS, authentication."""

from __future__ import annotations

import time

import structlog
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from a2f_server.api.error_responses import error_response
from a2f_server.api.http import emotion_table, pages
from a2f_server.api.service import Service
from a2f_server.errors import A2FError

log = structlog.get_logger(__name__)

HEALTH_CHECKS = ("/health", "/ping")
"""Load balancers request these often and without a key; successful answers are not logged."""

_LOOPBACK_PAGES = r"https?://(localhost|127\.0\.0\.1|\[::1\]|[a-z0-9.-]+\.localhost)(:\d+)?"


def middleware(service: Service) -> list[Middleware]:
    """Returns the middleware, outermost first."""
    settings = service.settings
    cors = Middleware(
        CORSMiddleware,
        allow_origins=sorted(settings.origins),
        allow_origin_regex=_LOOPBACK_PAGES if settings.loopback else None,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "Accept"],
        max_age=600,
    )
    return [Middleware(AccessLog), cors, Middleware(AuthMiddleware, service=service)]


class AuthMiddleware:
    """Refuses HTTP requests without credentials. Sockets are checked by their endpoints, after they were accepted."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                self._check(scope)
            except A2FError as error:
                return await error_response(error)(scope, receive, send)
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers, path, auth = Headers(scope=scope), scope["path"], self._service.auth
        if path not in HEALTH_CHECKS:
            auth.check_host(headers)
        if path in (*HEALTH_CHECKS, emotion_table.PATH) or pages.is_public(path):
            return
        auth.check_origin(headers)
        auth.check_key(headers)


class AccessLog:
    """Logs one line per request, without its query, which may contain a token."""

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

        await self._app(scope, receive, note_status)
        ms = round((time.perf_counter() - begun) * 1000, 1)
        write = log.debug if scope["path"] in HEALTH_CHECKS and answer["status"] < 300 else log.info
        write("request", method=scope["method"], path=scope["path"], status=answer["status"], ms=ms)
