"""Every configuration of a proxy in docs/deploy.md, as it stands there: TLS, sockets, paths, the client's address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy import proxying
from tests.deploy.documented import CASES, CLIENT, EXAMPLES, PAGE, Example, Site, run_site
from tests.support.sounds import buzz, s16, wav
from tests.support.spawning import Spawned, spawn_server
from tests.support.waiting import until

KEY = "correct horse battery staple"
BEARS = {"Authorization": f"Bearer {KEY}"}
SOUND = buzz(0.5, 16000)
LARGE = wav(buzz(60, 48000), 48000)


@pytest.fixture(scope="module")
def server() -> Iterator[Spawned]:
    """A server with the settings of the documentation."""
    assert "A2F_PROXIES=127.0.0.1 a2f-server serve" in PAGE
    with spawn_server(A2F_API_KEY=KEY, A2F_PROXIES="127.0.0.1", A2F_TTS="none") as spawned:
        yield spawned


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0].program}{case[1] or '/'}")
def site(request: pytest.FixtureRequest, server: Spawned, tmp_path: Path) -> Iterator[Site]:
    example, path = request.param
    program = proxying.find(example.program)
    if program is None:
        pytest.skip(f"{example.program} is missing, and only root can install it: apt-get install {example.program}")
    with run_site(program, example, path, server.port, tmp_path) as running:
        yield running


def test_the_documentation_has_examples() -> None:
    assert sorted({example.program for example in EXAMPLES}) == ["caddy", "haproxy", "nginx"]
    for program in ("caddy", "haproxy", "nginx"):
        assert {path for example, path in CASES if example.program == program} == {"", "/a2f"}
    assert Example("caddy", "handle_path /a2f/*").paths == ["/a2f"]


def test_it_works_as_documented(site: Site, server: Spawned) -> None:
    for path, kind in (("", "text/html"), ("docs", "text/html"), ("audio2face-client.js", "text/javascript")):
        answer = site.request("GET", path, headers={"Accept": "text/html, */*"})
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)
    if site.path:
        moved = site.request("GET", site.origin.replace("face.example.com", "127.0.0.1") + site.path)
        assert moved.status_code in (301, 302)
        assert moved.headers["location"].endswith(f"{site.path}/")
    page = {"Origin": site.origin}
    assert site.request("POST", "v1/token", headers=page).status_code == 401
    token = site.request("POST", "v1/token", headers={**BEARS, **page}).json()["token"]
    with site.talk(token) as talk:
        talk.expect("ready")
        assert len(talk.animate(s16(SOUND))) == 15

    spoofed = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    answer = site.request("POST", "v1/animate", content=LARGE, headers={**BEARS, **spoofed})
    assert len(answer.json()["weights"]) == 1800
    stream = {**BEARS, "Accept": "application/x-ndjson"}
    assert site.request("POST", "v1/animate", content=wav(SOUND, 16000), headers=stream).text.count("\n") >= 3

    until(lambda: server.log.count(f"address={CLIENT}") >= 3)
    assert "203.0.113.9" not in server.log
    assert "outcome=disconnected" not in server.log
