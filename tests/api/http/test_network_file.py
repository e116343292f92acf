"""Browsers get the built-in model, and keep it until it changes."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

from pydantic import SecretStr

from tests.support.running import Running, run_server

FILE = Path(__file__).parents[3] / "web/network/network.bin"


def test_its_name_says_what_it_contains_so_that_it_is_kept_for_ever(server: Running) -> None:
    with server.http() as http:
        latest = http.get("/network/network.bin")
        assert (latest.status_code, latest.headers["cache-control"]) == (307, "no-cache")
        answer = http.get(urljoin("/network/network.bin", latest.headers["location"]))
    assert answer.content == FILE.read_bytes()
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "content-encoding" not in answer.headers, "the file is compressed itself"


def test_its_address_is_relative_since_a_proxy_may_serve_it_below_a_path(server: Running) -> None:
    with server.http() as http:
        location = http.get("/network/network.bin").headers["location"]
    assert "/" not in location


def test_another_version_is_not_found(server: Running) -> None:
    with server.http() as http:
        assert http.get("/network/network-0123456789abcdef.bin").status_code == 404


def test_allowed_origins_may_read_it_also_after_the_redirect(server: Running) -> None:
    near, far = "http://localhost:5173", "https://elsewhere.example"
    with server.http() as http:
        path = "/network/network.bin"
        for address in (path, urljoin(path, http.get(path).headers["location"])):
            headers = http.get(address, headers={"Origin": near}).headers
            assert headers["access-control-allow-origin"] == near
            assert headers["cross-origin-resource-policy"] == "cross-origin"
            assert "access-control-allow-origin" not in http.get(address, headers={"Origin": far}).headers


def test_it_needs_no_key() -> None:
    with run_server(api_key=SecretStr("correct horse battery staple")) as server, server.http() as http:
        assert http.get("/network/network.bin", follow_redirects=True).status_code == 200
