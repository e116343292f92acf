"""The ASGI application: its middleware and endpoints as plain lists."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp

from a2f_server import __version__
from a2f_server.api.compat import chunked, hls, legacy, process_audio, process_audio_stream, streaming_audio2face
from a2f_server.api.error_responses import add_handlers
from a2f_server.api.http import (
    animate,
    emotion_table,
    network_file,
    pages,
    portrait,
    speak,
    status,
    token,
    video,
    webrtc,
)
from a2f_server.api.middleware import middleware, needs_no_key
from a2f_server.api.openapi import DescribedApp
from a2f_server.api.service import Service
from a2f_server.api.ws import route
from a2f_server.backends import selector
from a2f_server.backends.contract import Backend
from a2f_server.motion import profiles
from a2f_server.settings import Settings
from a2f_server.tts import selector as voices
from a2f_server.tts.contract import Voice
from a2f_server.uvicorn_server.listening import Listener

ENDPOINTS = (
    status.routes,
    token.routes,
    emotion_table.routes,
    network_file.routes,
    route.routes,
    animate.routes,
    speak.routes,
    portrait.routes,
    video.routes,
    webrtc.routes,
    legacy.routes,
    process_audio.routes,
    process_audio_stream.routes,
    streaming_audio2face.routes,
    chunked.routes,
    hls.routes,
)
"""A new endpoint is one new file and one line here."""


def create_app(
    settings: Settings | None = None, *, backend: Backend | None = None, voice: Voice | None = None
) -> FastAPI:
    """Returns a server with these settings, by default those of the environment.

    `backend` and `voice` replace those that the settings name. All are loaded here, so that one that cannot run is an
    error before the port opens. Raises ValueError with an actionable message.
    """
    settings = settings or Settings()
    chosen = backend or selector.load(settings)
    service = Service(settings, chosen, profiles.load(settings.profiles), voice or voices.load(settings))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service.engine.start()
        background = [asyncio.create_task(service.keys.watch())]
        if service.voice:
            background.append(asyncio.create_task(service.voice.warm()))
        yield
        for task in background:
            task.cancel()
        service.live.close()
        await service.calls.stop()
        await service.engine.stop()
        service.decoding.stop()
        service.portraits.stop()
        service.videos.stop()
        if service.voice:
            await service.voice.close()

    sockets: dict[str, ASGIApp] = {}
    app = DescribedApp(
        needs_no_key=needs_no_key,
        title="a2f-server",
        version=__version__,
        lifespan=lifespan,
        middleware=middleware(service, sockets),
        servers=[{"url": "./", "description": "this server"}],
        redirect_slashes=False,  # a redirect's address would be wrong below a path
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    app.state.grpc = _load_grpc(service)
    add_handlers(app)
    for routes in ENDPOINTS:
        router = routes(service)
        app.include_router(router)
        sockets |= {route.path: route.app for route in router.routes if isinstance(route, WebSocketRoute)}
    pages.mount(app, service)
    return app


def _load_grpc(service: Service) -> Listener | None:
    """Returns the gRPC server if the settings ask for one. Raises ValueError if its packages are not installed."""
    if service.settings.grpc_port is None:
        return None
    try:
        from a2f_server.grpc_server.server import GrpcServer  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise ValueError(
            f"A2F_GRPC_PORT needs the module {error.name}: pip install 'a2f-server[grpc]' (in a checkout '.[grpc]')"
        ) from None
    return GrpcServer(service)
