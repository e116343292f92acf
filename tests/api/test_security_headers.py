"""Headers for browsers: what may be embedded, cached, fetched, and by whom."""

from __future__ import annotations

import re

import httpx
import pytest
from pydantic import SecretStr

from tests.support.running import Running, run_server

CLIENT_FILES = ["/audio2face-client.js", "/audio2face-client.min.js", "/vendor/three/LICENSE", "/avatar/head.glb"]
APPS = ["http://localhost:5173", "http://tauri.localhost", "tauri://localhost", "capacitor://localhost"]


def get(server: Running, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    with server.http() as http:
        return http.request(method, path, headers=headers)


@pytest.mark.parametrize("path", CLIENT_FILES)
def test_the_clients_files_may_be_embedded_by_isolated_pages(server: Running, path: str) -> None:
    assert get(server, path).headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("path", ["/", "/health", "/metrics", "/docs", "/no-such-route"])
def test_everything_else_may_not(server: Running, path: str) -> None:
    headers = get(server, path).headers
    assert headers["cross-origin-resource-policy"] == "same-site"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/", "/index.html", "/docs"])
def test_pages_have_a_policy(server: Running, path: str) -> None:
    page = get(server, path, Accept="text/html")
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert policy["frame-ancestors"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    scripts = policy["script-src"].split()
    assert {"'self'", "'wasm-unsafe-eval'"} < set(scripts)
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "data:"} & set(scripts)
    assert len([source for source in scripts if source.startswith("'sha256-")]) == 1, "import map; Swagger's start"
    unchanged = get(server, path, **{"Accept": "text/html", "If-None-Match": page.headers.get("etag", "")})
    assert unchanged.headers["content-security-policy"] == page.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_addresses_in_pages_are_relative(server: Running, path: str) -> None:
    html = get(server, path, Accept="text/html").text
    found = re.findall(r"""(?:href|src|url)\s*[=:]\s*["']([^"']*)""", html)
    assert found
    assert [address for address in found if address.startswith(("/", "http"))] == []


def test_nothing_redirects(server: Running) -> None:
    """A redirect's address would be wrong behind a proxy that serves the server below a path."""
    for path in ("/docs/", "/health/", "/v1/voices/", "/page", "/vendor/three", "/avatar"):
        assert get(server, path).status_code == 404, path


def test_tokens_are_not_cached() -> None:
    key = "correct horse battery staple"
    with run_server(api_key=SecretStr(key)) as server:
        answer = get(server, "/v1/token", "POST", Authorization=f"Bearer {key}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


@pytest.mark.parametrize("origin", APPS)
def test_apps_of_this_machine_may_fetch_as_they_may_open_sockets(server: Running, origin: str) -> None:
    with server.talk(origin=origin) as talk:
        talk.expect("ready")
    assert get(server, "/v1/expressions", Origin=origin).headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize("origin", ["chrome-extension://abcdefgh", "app://bundle", "null", "https://your.app"])
def test_listed_origins_may_do_both_whatever_their_scheme(origin: str) -> None:
    with run_server(allowed_origins=f"https://other.app, {origin}/") as listing:
        with listing.talk(origin=origin) as talk:
            talk.expect("ready")
        answer = get(listing, "/v1/animate", "OPTIONS", Origin=origin, **{"Access-Control-Request-Method": "POST"})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, origin)


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "tauri://elsewhere.example", "null", "file://"])
def test_others_may_neither(server: Running, origin: str) -> None:
    with server.talk(origin=origin) as talk:
        talk.error("unauthorized")
    assert "access-control-allow-origin" not in get(server, "/v1/expressions", Origin=origin).headers


@pytest.mark.parametrize("path", ["/", "/health", "/ping", "/metrics", "/v1/expressions", "/docs", "/openapi.json"])
def test_head_is_get_without_the_body(server: Running, path: str) -> None:
    head, whole = get(server, path, "HEAD"), get(server, path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers["content-type"] == whole.headers["content-type"] if "content-type" in whole.headers else True


def test_head_of_a_route_without_get_is_refused(server: Running) -> None:
    assert get(server, "/v1/animate", "HEAD").status_code == 405
