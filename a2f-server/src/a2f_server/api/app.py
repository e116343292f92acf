"""The ASGI application: middleware and doors as plain lists."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from a2f_server import __version__
from a2f_server.api.compat import legacy
from a2f_server.api.http import animate, pages, speak, status
from a2f_server.api.http import emotion_table as expressions
from a2f_server.api.service import Service
from a2f_server.api.ws import route as socket
from a2f_server.backends import selector
from a2f_server.backends.contract import Backend
from a2f_server.errors import A2FError, BadMessage, NotFound
from a2f_server.motion import profiles
from a2f_server.settings import Settings
from a2f_server.tts import selector as voices
from a2f_server.tts.contract import Voice

log = structlog.get_logger(__name__)

ENDPOINTS = (status.routes, expressions.routes, socket.routes, animate.routes, speak.routes, legacy.routes)
"""A new door is one new file and one line here."""

CHECKS = ("/health", "/ping")
"""What balancers and operators ask, without a key and often: answers that are well are no news."""

_LOOPBACK_PAGES = r"https?://(localhost|127\.0\.0\.1|\[::1\]|[a-z0-9.-]+\.localhost)(:\d+)?"


def create_app(
    settings: Settings | None = None, *, backend: Backend | None = None, voice: Voice | None = None
) -> FastAPI:
    """A server of these settings (default: those of the environment) and of the backend and voice that they name, or
    of others.

    Both are loaded here, so that one that cannot run is an error before the port opens. Raises ValueError with a
    sentence.
    """
    settings = settings or Settings()
    chosen = backend or selector.load(settings)
    service = Service(settings, chosen, profiles.load(settings.profiles), voice or voices.load(settings))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service.engine.start()
        warming = asyncio.create_task(service.voice.warm()) if service.voice else None
        yield
        if warming:
            warming.cancel()
        await service.engine.stop()
        if service.voice:
            await service.voice.close()

    app = FastAPI(
        title="a2f-server",
        version=__version__,
        description="Speech audio in, 52 ARKit blendshapes out. The WebSocket protocol is in docs/protocol.md.",
        lifespan=lifespan,
        middleware=_middleware(service),
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    app.add_exception_handler(A2FError, _typed)
    app.add_exception_handler(RequestValidationError, _misshaped)
    app.add_exception_handler(HTTPException, _no_such_route)
    app.add_exception_handler(ClientDisconnect, _gone)
    for routes in ENDPOINTS:
        app.include_router(routes(service))
    pages.mount(app, service)
    return app


def _middleware(service: Service) -> list[Middleware]:
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
    """Keeps HTTP requests out that may not come in. Sockets are told by their doors, after they were accepted."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            try:
                self._check(scope)
            except A2FError as error:
                return await _response(error)(scope, receive, send)
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers, path, auth = Headers(scope=scope), scope["path"], self._service.auth
        if path not in CHECKS:
            auth.check_host(headers)
        if path in (*CHECKS, expressions.PATH) or pages.is_public(path):
            return
        auth.check_origin(headers)
        auth.check_key(headers)


class AccessLog:
    """One line a request, without its query, where tokens may be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun, answer = time.perf_counter(), {"status": 0}

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
            await send(message)

        await self._app(scope, receive, noting)
        ms = round((time.perf_counter() - begun) * 1000, 1)
        tell = log.debug if scope["path"] in CHECKS and answer["status"] < 300 else log.info
        tell("request", method=scope["method"], path=scope["path"], status=answer["status"], ms=ms)


def _response(error: A2FError) -> JSONResponse:
    headers = {"Retry-After": "1"} if error.status == 503 else None
    return JSONResponse(error.as_json(), error.status, headers)


async def _typed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, A2FError)
    request.app.state.service.metrics.errors.labels(error.code).inc()
    return _response(error)


async def _no_such_route(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    missing = error.status_code == 404
    answer = NotFound("there is no such route") if missing else BadMessage(str(error.detail))
    answer.status = error.status_code
    return _response(answer)


async def _gone(request: Request, error: Exception) -> Response:
    """Nobody hears it; the log does."""
    return Response(status_code=499)


async def _misshaped(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return await _typed(request, BadMessage(f"{where}: {first['msg']}"))
