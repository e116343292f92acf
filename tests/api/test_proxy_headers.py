"""The client's address: forwarded by a proxy that the settings name, or the connection's own."""

from __future__ import annotations

import pytest
import structlog
from starlette.types import Message, Receive, Scope, Send

from a2f_server.api.proxy_headers import ProxyHeaders
from tests.support.running import run_server
from tests.tts.toy import ToyVoice

pytestmark = pytest.mark.anyio


async def seen(proxies: list[str], peer: str, *headers: tuple[str, str], kind: str = "http") -> tuple[str, str]:
    """Returns the address and scheme that the application sees."""
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)

    async def receive() -> Message:
        return {}

    async def send(message: Message) -> None:
        pass

    raw = [(name.encode(), value.encode()) for name, value in headers]
    scope = {"type": kind, "client": (peer, 1), "scheme": "http", "headers": raw}
    await ProxyHeaders(app, proxies)(scope, receive, send)
    return scopes[0]["client"][0], scopes[0]["scheme"]


FORWARDED = (("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https"))


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.0.0.5"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_nobody_is_trusted_by_default(peer: str, kind: str) -> None:
    """A program on the same machine could otherwise use a new quota for every request."""
    assert await seen([], peer, *FORWARDED, kind=kind) == (peer, "http")


@pytest.mark.parametrize(
    ("proxies", "peer", "address"),
    [
        (["127.0.0.1"], "127.0.0.1", "203.0.113.9"),
        (["10.0.0.0/8"], "10.0.0.5", "203.0.113.9"),
        (["fd00::/8"], "fd00::5", "203.0.113.9"),
        (["10.0.0.0/8"], "127.0.0.1", "127.0.0.1"),
        (["127.0.0.1"], "203.0.113.1", "203.0.113.1"),
    ],
)
async def test_named_proxies_are_trusted(proxies: list[str], peer: str, address: str) -> None:
    assert (await seen(proxies, peer, *FORWARDED))[0] == address


async def test_the_address_is_the_one_that_the_proxy_added() -> None:
    claimed = ("x-forwarded-for", "198.51.100.1, 203.0.113.9")
    assert (await seen(["127.0.0.1"], "127.0.0.1", claimed))[0] == "203.0.113.9"
    two = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "203.0.113.9, 10.0.0.7")]
    assert (await seen(["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", *two))[0] == "203.0.113.9"


async def test_a_proxy_that_is_not_named_is_reported_once() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        pass

    middleware = ProxyHeaders(app, [])
    scope = {"type": "http", "client": ("10.0.0.5", 1), "headers": [(b"x-forwarded-for", b"203.0.113.9")]}
    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            await middleware(dict(scope), None, None)  # type: ignore[arg-type]
    assert [line["address"] for line in lines] == ["10.0.0.5"]
    assert "A2F_PROXIES" in lines[0]["event"]


@pytest.mark.parametrize(("proxies", "statuses"), [("", [200, 503]), ("127.0.0.1", [200, 200])])
def test_only_a_named_proxy_gives_each_client_its_own_quota(proxies: str, statuses: list[int]) -> None:
    settings = {"text_per_minute": 20, "proxies": proxies, "insecure": bool(proxies)}
    with run_server(voice=ToyVoice(), **settings) as server, server.http() as http:
        answers = [
            http.post("/v1/speak", json={"text": "fifteen letters"}, headers={"X-Forwarded-For": f"203.0.113.{i}"})
            for i in range(2)
        ]
    assert [answer.status_code for answer in answers] == statuses
