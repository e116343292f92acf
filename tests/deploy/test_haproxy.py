"""Two servers behind HAProxy, as in docs/scale.md: routing while one is full, shuts down or dies."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.exceptions import InvalidStatus

from a2f_server.api.app import create_app
from a2f_server.settings import Settings
from a2f_server.uvicorn_server import http_protocol
from a2f_server.uvicorn_server.server import make_server
from tests.deploy import proxying
from tests.deploy.documented import CLIENT, certificate, replaced
from tests.deploy.proxying import CONFIGURATION, Proxy, health, run_client, run_proxy
from tests.support.running import Talk, occupy
from tests.support.sounds import buzz, s16, wav
from tests.support.spawning import Spawned, spawn_server
from tests.support.waiting import PATIENCE, until

SOUND = s16(buzz(1, 16000))


@pytest.fixture(scope="session")
def program() -> str:
    found = proxying.find("haproxy")
    if found is None:
        pytest.skip("HAProxy is missing, and only root can install it: apt-get install haproxy")
    return found


@dataclass
class Pair:
    """Two replicas and the proxy."""

    proxy: Proxy
    replicas: list[Spawned]

    def is_full(self, times: int = 1) -> None:
        """Waits until the proxy has seen this many 503 responses of /ping."""
        self.proxy.has_said(r"Server replicas/r\d is DOWN.*code: 503", times)


@contextmanager
def pair(program: str, folder: Path, *settings: str) -> Iterator[Pair]:
    options = [part for setting in ("tts=none", *settings) for part in ("--set", setting)]
    with ExitStack() as stack:
        replicas = [stack.enter_context(spawn_server(*options)) for _ in range(2)]
        proxy = stack.enter_context(run_proxy(program, folder, [replica.port for replica in replicas]))
        yield Pair(proxy, replicas)


def begin(talk: Talk) -> None:
    talk.expect("ready")
    occupy(talk, SOUND[:2])


def finish(talk: Talk) -> np.ndarray:
    talk.send(SOUND[2:])
    talk.say("end")
    return talk.frames()


def holder(replicas: list[Spawned]) -> int:
    """Returns the index of the replica with the one open utterance."""
    active = [health(replica)["active_sessions"] for replica in replicas]
    assert sorted(active) == [0, 1]
    return active.index(1)


def test_the_configuration_is_valid(program: str) -> None:
    checked = subprocess.run([program, "-c", "-f", str(CONFIGURATION)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0
    assert "WARNING" not in checked.stdout + checked.stderr


def test_the_line_for_tls_is_valid(program: str, tmp_path: Path) -> None:
    """It is a comment, because it needs a certificate."""
    cert, key = certificate(tmp_path)
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / cert.name).write_text(cert.read_text() + key.read_text())
    text = replaced(CONFIGURATION.read_text("utf-8"), "# bind :443", "bind :443")
    (path := tmp_path / "haproxy.cfg").write_text(replaced(text, "/etc/haproxy/certs/", f"{tmp_path}/certs/"))
    checked = subprocess.run([program, "-c", "-f", str(path)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_a_server_alone_is_as_strict_as_the_proxy() -> None:
    text = CONFIGURATION.read_text("utf-8")
    limits = {name: int(seconds) for name, seconds in re.findall(r"timeout ([\w-]+) (\d+)s", text)}
    settings = Settings()
    assert limits["http-request"] >= http_protocol.HEADER_S
    assert max(settings.send_timeout_s, http_protocol.WINDOW_S) <= limits["client"]
    config = make_server(create_app(Settings(backend="mock", tts="none")), settings).config
    assert config.timeout_keep_alive <= limits["http-keep-alive"]


def test_a_socket_is_quiet_for_less_time_than_the_proxy_waits() -> None:
    settings = Settings(backend="mock", tts="none")
    config = make_server(create_app(settings), settings).config
    tunnel = re.search(r"timeout tunnel (\d+)s", CONFIGURATION.read_text("utf-8"))
    assert tunnel
    assert config.ws_ping_interval
    assert config.ws_ping_timeout
    assert config.ws_ping_interval + config.ws_ping_timeout < int(tunnel[1])


def test_connections_are_distributed_over_both(program: str, tmp_path: Path) -> None:
    with pair(program, tmp_path) as it, ExitStack() as stack:
        frames = []
        for _ in range(6):
            talk = stack.enter_context(it.proxy.talk())
            begin(talk)
            frames.append(finish(talk))
        assert all(np.array_equal(one, frames[0]) for one in frames)
        assert sorted(health(replica)["connections"] for replica in it.replicas) == [3, 3]


def test_a_full_replica_gets_no_connections_until_a_slot_is_free(program: str, tmp_path: Path) -> None:
    with pair(program, tmp_path, "max_streams=1") as it, it.proxy.talk() as talk:
        begin(talk)
        full = holder(it.replicas)
        it.is_full()
        for _ in range(3):
            with it.proxy.talk() as other:
                begin(other)
                assert len(finish(other)) == 30
        assert health(it.replicas[full])["connections"] == 1
        assert len(finish(talk)) == 30
        it.proxy.has_said(rf"Server replicas/r{full + 1} is UP")


def test_a_stopping_replica_finishes_its_utterances(program: str, tmp_path: Path) -> None:
    with pair(program, tmp_path) as it, it.proxy.talk() as talk:
        begin(talk)
        stopping = holder(it.replicas)
        it.replicas[stopping].terminate()
        it.is_full()
        with it.proxy.talk() as other:
            begin(other)
            assert len(finish(other)) == 30
        assert len(finish(talk)) == 30
        assert talk.error("busy")["fatal"] is True
        assert talk.closed() == 1013
        it.replicas[stopping].ended()
        assert "utterances did not finish" not in it.replicas[stopping].log


def test_a_dead_replica_is_replaced_immediately(program: str, tmp_path: Path) -> None:
    with pair(program, tmp_path) as it, it.proxy.talk() as talk:
        begin(talk)
        dead = holder(it.replicas)
        it.replicas[dead].process.kill()
        assert talk.closed() == 1006
        for _ in range(4):
            with it.proxy.talk() as other:
                begin(other)
                assert len(finish(other)) == 30


def test_when_all_are_full_the_answer_has_a_message(program: str, tmp_path: Path) -> None:
    with pair(program, tmp_path, "max_streams=1") as it, it.proxy.talk() as one, it.proxy.talk() as two:
        begin(one)
        begin(two)
        it.is_full(times=2)
        with it.proxy.talk() as third:
            third.expect("ready")
            third.start()
            assert "all 1 streams" in third.error("busy")["message"]
        refused = httpx.post(f"{it.proxy.url}/v1/animate", content=wav(buzz(0.1, 8000), 8000), trust_env=False)
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        assert refused.headers["Retry-After"]


def test_without_replicas_the_proxy_returns_an_error(program: str, tmp_path: Path) -> None:
    with pair(program, tmp_path) as it:
        for replica in it.replicas:
            replica.process.kill()
        it.proxy.has_said(r"Server full/r\d is DOWN", 2)
        with pytest.raises(InvalidStatus, match="503"), it.proxy.talk():
            pass


@contextmanager
def taken(program: str, folder: Path) -> Iterator[tuple[Pair, list[Talk]]]:
    """Two replicas with one slot each, and the connections that use them, in the same order."""
    with pair(program, folder, "max_streams=1") as it, it.proxy.talk() as one, it.proxy.talk() as two:
        begin(one)
        first = holder(it.replicas)
        it.is_full()
        begin(two)
        it.is_full(times=2)
        yield it, [two, one] if first else [one, two]


def with_client(it: Pair) -> int:
    """Returns the index of the replica where the client waits for a slot."""
    return [health(replica)["connections"] for replica in it.replicas].index(2)


def give_up(talk: Talk) -> None:
    talk.say("cancel")
    talk.expect("cancelled")


def test_the_client_waits_for_a_slot_and_finds_it_on_the_other_replica(program: str, tmp_path: Path) -> None:
    with taken(program, tmp_path) as (it, talks), run_client(it.proxy.url) as client:
        client.has_said("connection ready")
        here = with_client(it)
        give_up(talks[1 - here])
        client.has_said("frames 30")
        assert "error" not in client.log
        assert health(it.replicas[here])["active_sessions"] == 1


def test_the_client_leaves_a_replica_that_stops(program: str, tmp_path: Path) -> None:
    with taken(program, tmp_path) as (it, talks), run_client(it.proxy.url) as client:
        client.has_said("connection ready")
        here = with_client(it)
        it.replicas[here].terminate()
        assert len(finish(talks[here])) == 30
        it.replicas[here].ended()
        give_up(talks[1 - here])
        client.has_said("frames 30")


@contextmanager
def echo() -> Iterator[int]:
    """Runs a web server that answers every request with its headers."""

    class Echo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = "\n".join(f"{name}: {value}" for name, value in self.headers.items()).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_the_clients_address_is_forwarded_and_tokens_are_not_logged(program: str, tmp_path: Path) -> None:
    with echo() as port, run_proxy(program, tmp_path, [port, port]) as proxy:
        seen = proxying.get(proxy.url, "/v1/voices?token=secret", headers={"X-Forwarded-For": "203.0.113.9"}).text
        assert "x-forwarded-for: 127.0.0.1" in seen.lower()
        assert "203.0.113.9" not in seen
        proxy.has_said("/v1/voices")
    assert "secret" not in proxy.log


def test_replicas_on_loopback_know_the_clients_address(program: str, tmp_path: Path) -> None:
    """As in docs/scale.md: with a key and A2F_PROXIES, under a public name."""
    key = "correct horse battery staple"
    headers = {"Authorization": f"Bearer {key}", "Host": "face.example.com", "X-Forwarded-For": "203.0.113.9"}
    with ExitStack() as stack:
        more = {"A2F_API_KEY": key, "A2F_PROXIES": "127.0.0.1", "A2F_TTS": "none"}
        replicas = [stack.enter_context(spawn_server(**more)) for _ in range(2)]
        proxy = stack.enter_context(run_proxy(program, tmp_path, [replica.port for replica in replicas]))
        transport = httpx.HTTPTransport(local_address=CLIENT, verify=False)
        with httpx.Client(transport=transport, base_url=proxy.url, timeout=PATIENCE) as http:
            answer = http.post("/v1/animate", content=wav(buzz(0.1, 8000), 8000), headers=headers)
        assert answer.status_code == 200
        until(lambda: f"address={CLIENT}" in "".join(replica.log for replica in replicas))
