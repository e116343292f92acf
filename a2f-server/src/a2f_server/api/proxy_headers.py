"""The client's address behind a reverse proxy."""

from __future__ import annotations

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

log = structlog.get_logger(__name__)


class ProxyHeaders:
    """Takes the client's address and scheme from X-Forwarded-For and -Proto, only if a trusted proxy sent them.

    Warns once about a proxy that is not trusted: all of its clients would share one quota.
    """

    def __init__(self, app: ASGIApp, proxies: list[str]) -> None:
        """`proxies`: addresses and networks."""
        self._app: ASGIApp = ProxyHeadersMiddleware(app, proxies)  # type: ignore[assignment, arg-type]
        self._warned = bool(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._warned and any(name == b"x-forwarded-for" for name, _ in scope.get("headers", ())):
            self._warned = True
            address = (scope.get("client") or ("unknown",))[0]
            log.warning("X-Forwarded-For is ignored: name the proxy in A2F_PROXIES to trust it", address=address)
        await self._app(scope, receive, send)
