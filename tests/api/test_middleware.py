"""The way of a WebSocket past the middleware for HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from a2f_server.api.middleware import SocketShortcut

pytestmark = pytest.mark.anyio


async def way(scope: dict[str, Any]) -> str:
    """Returns which application a request with this scope meets."""
    met: list[str] = []

    def app(name: str) -> ASGIApp:
        async def note(_scope: Scope, _receive: Receive, _send: Send) -> None:
            met.append(name)

        return note

    await SocketShortcut(app("router"), {"/ws": app("endpoint")})(scope, None, None)  # type: ignore[arg-type]
    (name,) = met
    return name


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"type": "websocket", "path": "/ws"}, "endpoint"),
        ({"type": "websocket", "path": "/ws", "root_path": ""}, "endpoint"),
        ({"type": "websocket", "path": "/face/ws", "root_path": "/face"}, "router"),
        ({"type": "websocket", "path": "/elsewhere"}, "router"),
        ({"type": "http", "path": "/ws"}, "router"),
        ({"type": "lifespan"}, "router"),
    ],
)
async def test_only_known_sockets_skip_the_router(scope: dict[str, Any], expected: str) -> None:
    assert await way(scope) == expected
