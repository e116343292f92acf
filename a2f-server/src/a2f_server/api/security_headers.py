"""Response headers that tell browsers what pages of others, and our own page, may do with the server's answers."""

from __future__ import annotations

import base64
import re
from functools import cache
from hashlib import sha256

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from a2f_server.api.http import pages

SECRET_PATHS = ("/v1/token", "/v1/azure-token")
"""Answers that no cache may keep."""

_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob: {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob: data: mediastream:; worker-src 'self' blob:; "
    "connect-src * data: blob:; object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'self'"
)
"""Content Security Policy of the page. Its decoders are WebAssembly in workers from blobs, dropped avatars and recordings
are blobs, and it may be pointed at another server."""


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


@cache
def headers(path: str) -> dict[str, str]:
    """Returns the headers of a path's responses."""
    shared = pages.is_public(path) and path not in ("/", "/index.html")
    return {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        # The client and its files may be embedded anywhere, also by pages that are isolated (COEP: require-corp).
        "Cross-Origin-Resource-Policy": "cross-origin" if shared else "same-site",
        **({"Cache-Control": "no-store"} if path in SECRET_PATHS else {}),
        **({"Content-Security-Policy": policy(path)} if path in ("/", "/index.html", "/docs") else {}),
    }


def policy(path: str) -> str:
    """Returns the Content Security Policy of a page; its inline scripts are named by their hashes."""
    if path == "/docs":  # Swagger's page comes with an inline script of FastAPI's
        return _POLICY.format(scripts="'unsafe-inline'")
    page = (pages.WEB / "index.html").read_text("utf-8")
    inline = re.findall(r"<script(?:\s+type=\"\w+\")?>(.*?)</script>", page, flags=re.DOTALL)
    hashes = (base64.b64encode(sha256(script.encode()).digest()).decode() for script in inline)
    return _POLICY.format(scripts=" ".join(f"'sha256-{digest}'" for digest in hashes))
