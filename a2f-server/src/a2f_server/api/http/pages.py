"""The demo page and the browser client, from the package or from the checkout."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from a2f_server.api.content_policy import content_policy
from a2f_server.api.http.status import greeting
from a2f_server.api.service import Service

_PACKAGED = Path(__file__).parents[2] / "web"
_CHECKOUT = Path(__file__).parents[5] / "web"
_SAMPLE = Path(__file__).parents[2] / "portrait/sample.jpg"
WEB = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT

HTML = ("/", "/index.html", "/docs", "/openapi.json")
"""The pages, and the description of the API that one of them shows."""
FOLDERS = ("page", "avatar", "vendor")
NETWORK_FOLDER = "/network/"
"""The path below which network_file.py serves the network for browsers."""
FILES = {
    "audio2face-client.js": "audio2face-client.js",
    "audio2face-client.min.js": "dist/audio2face-client.min.js",
    "audio2face-client.mjs": "dist/audio2face-client.mjs",
    "audio2face-client.cjs": "dist/audio2face-client.cjs",
    "network-worker.js": "dist/network-worker.js",
    "sources.mjs": "dist/sources.mjs",
    "chunked-streaming-client.mjs": "dist/chunked-streaming-client.mjs",
    "portrait-sample.jpg": str(_SAMPLE),
}
"""File names at the root of the site, and their paths, which are absolute or under `web/`."""


def is_public(path: str) -> bool:
    """Returns True for the pages and their files, which need no key."""
    folders = (NETWORK_FOLDER, *(f"/{folder}/" for folder in FOLDERS))
    return path in HTML or path.lstrip("/") in FILES or path.startswith(folders)


def mount(app: FastAPI, service: Service) -> None:
    """Adds `GET /`, `GET /docs` (Swagger, from our own files), the client's files and the page's folders."""
    router = APIRouter(include_in_schema=False)
    policy = content_policy((WEB / "index.html").read_text("utf-8"))
    swagger = _swagger()
    swagger_policy = content_policy(swagger)

    @router.get("/")
    async def page(request: Request) -> Response:
        for_browsers = "text/html" in request.headers.get("accept", "")  # programs send */*
        response = await index(request) if for_browsers else JSONResponse(greeting(service))
        response.headers["Vary"] = "Accept"
        return response

    @router.get("/index.html")
    async def index(request: Request) -> Response:
        response = await _file_response(WEB / "index.html", request)
        response.headers["Content-Security-Policy"] = policy
        return response

    @router.get("/docs")
    async def docs() -> Response:
        return HTMLResponse(swagger, headers={"Content-Security-Policy": swagger_policy})

    for name, path in FILES.items():
        router.add_api_route(f"/{name}", _endpoint(WEB / path), methods=["GET", "HEAD"])
    app.include_router(router)
    for folder in FOLDERS:
        if (WEB / folder).is_dir():
            app.mount(f"/{folder}", StaticFiles(directory=WEB / folder))


def _swagger() -> str:
    """Returns the page of the API. Its addresses are relative: a proxy may serve us below a path."""
    page = get_swagger_ui_html(
        openapi_url="./openapi.json",
        title="a2f-server",
        swagger_js_url="./vendor/swagger/swagger-ui-bundle.js",
        swagger_css_url="./vendor/swagger/swagger-ui.css",
        swagger_favicon_url="data:,",
    )
    return bytes(page.body).decode()


def _endpoint(path: Path) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        return await _file_response(path, request)

    return serve


async def _file_response(path: Path, request: Request) -> Response:
    """Serves a file with an ETag; answers 304 if the browser already has this version."""
    stat = await asyncio.to_thread(path.stat)
    response = _STATIC.file_response(path, stat, request.scope)
    response.headers["Cache-Control"] = "no-cache"
    return response


_STATIC = StaticFiles(directory=WEB, check_dir=False)
