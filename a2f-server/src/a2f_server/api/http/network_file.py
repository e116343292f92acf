"""`GET /network/network.bin`: the built-in model for browsers, which run it themselves (docs/without-a-server.md)."""

from __future__ import annotations

import asyncio
from hashlib import sha256

from fastapi import APIRouter
from starlette.responses import FileResponse, RedirectResponse, Response

from a2f_server.api.http.pages import NETWORK_FOLDER, WEB
from a2f_server.api.service import Service

FILE = WEB / "network" / "network.bin"
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def routes(_service: Service) -> APIRouter:
    """Returns the route of the file, named by its content, and one whose name stays the same."""
    router = APIRouter(prefix=NETWORK_FOLDER.rstrip("/"), include_in_schema=False)
    name = f"network-{sha256(FILE.read_bytes()).hexdigest()[:16]}.bin"

    @router.get("/network.bin")
    async def latest() -> Response:
        # Relative: a proxy may serve us below a path.
        return RedirectResponse(name, 307, {"Cache-Control": "no-cache"})

    @router.get(f"/{name}")
    async def network() -> Response:
        stat = await asyncio.to_thread(FILE.stat)
        return FileResponse(FILE, headers=FOREVER, media_type="application/octet-stream", stat_result=stat)

    return router
