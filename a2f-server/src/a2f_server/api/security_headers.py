"""Response headers that tell browsers what pages of others, and our own page, may do with the server's answers."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from a2f_server.api.compat.paths import is_media
from a2f_server.api.http import pages

SECRET_PATHS = ("/v1/token", "/v1/azure-token")
"""Answers that no cache may keep."""


class SecurityHeaders:
    """Adds the headers to every HTTP response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(raw=message["headers"]).update(headers(scope["path"]))
            await send(message)

        await self._app(scope, receive, add)


def headers(path: str) -> dict[str, str]:
    """Returns the headers of a path's responses."""
    shared = (pages.is_public(path) and path not in pages.HTML) or is_media(path)
    return {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        # The client and its files may be embedded anywhere, also by pages that are isolated (COEP: require-corp).
        "Cross-Origin-Resource-Policy": "cross-origin" if shared else "same-site",
        **({"Cache-Control": "no-store"} if path in SECRET_PATHS else {}),
    }
