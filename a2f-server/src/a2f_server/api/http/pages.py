"""The demo page and the browser client, from the package or from the checkout."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from a2f_server.api.http.status import report
from a2f_server.api.service import Service

_PACKAGED = Path(__file__).parents[2] / "web"
_CHECKOUT = Path(__file__).parents[5] / "web"
WEB = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT

FOLDERS = ("page", "avatar", "vendor")
FILES = ("audio2face-client.js", "audio2face-client.mjs", "audio2face-client.cjs", "index.html")


def is_public(path: str) -> bool:
    """Whether this path belongs to the page, which needs no key."""
    return path == "/" or path.lstrip("/") in FILES or path.startswith(tuple(f"/{folder}/" for folder in FOLDERS))


def mount(app: FastAPI, service: Service) -> None:
    """`GET /`, `GET /docs` (Swagger, from our own files), the client's files and the page's folders."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def page(request: Request) -> Response:
        accept = request.headers.get("accept", "")
        if "application/json" in accept and "text/html" not in accept:
            return JSONResponse(report(service))
        return FileResponse(WEB / "index.html", headers=_FRESH)

    @router.get("/docs")
    async def docs() -> Response:
        files = {"js": "/vendor/swagger/swagger-ui-bundle.js", "css": "/vendor/swagger/swagger-ui.css"}
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="a2f-server",
            swagger_js_url=files["js"],
            swagger_css_url=files["css"],
            swagger_favicon_url="data:,",
        )

    for name in FILES:
        router.add_api_route(f"/{name}", _file(WEB / name), methods=["GET", "HEAD"])
    app.include_router(router)
    for folder in FOLDERS:
        if (WEB / folder).is_dir():
            app.mount(f"/{folder}", StaticFiles(directory=WEB / folder))


_FRESH = {"Cache-Control": "no-cache"}


def _file(path: Path):  # type: ignore[no-untyped-def]
    async def serve() -> Response:
        return FileResponse(path, headers=_FRESH)

    return serve
