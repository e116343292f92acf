"""Runs HAProxy with the configuration of deploy/ in front of server processes."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from websockets.sync.client import connect

from tests.support.processes import Listened
from tests.support.running import Talk
from tests.support.spawning import ROOT, Spawned
from tests.support.waiting import PATIENCE, until

CONFIGURATION = ROOT / "deploy/haproxy.cfg"
SCRIPT = ROOT / "scripts/proxy.sh"
REPLICAS = ("127.0.0.1:8001", "127.0.0.1:8002")
"""Addresses in the configuration."""


def find(name: str) -> str | None:
    """Returns the path of a proxy, and installs it if possible."""
    found = subprocess.run([str(SCRIPT), name], capture_output=True, text=True, timeout=300, check=False)
    return found.stdout.strip() or None


class Proxy(Listened):
    """A running HAProxy."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        super().__init__(process, process.stdout)
        self.port = port

    def has_said(self, pattern: str, times: int = 1) -> None:
        """Waits until the log has this many matches."""
        until(lambda: len(re.findall(pattern, self.log)) >= times)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def talk(self, path: str = "/ws") -> Iterator[Talk]:
        with connect(f"ws://127.0.0.1:{self.port}{path}", proxy=None, open_timeout=PATIENCE, close_timeout=2) as it:
            yield Talk(it)


@contextmanager
def run_proxy(program: str, folder: Path, ports: Sequence[int]) -> Iterator[Proxy]:
    """Runs HAProxy in front of the servers on these ports."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        text = configuration(ports).replace("bind :8000", f"bind fd@{listener.fileno()}")
        (path := folder / "haproxy.cfg").write_text(text, "utf-8")
        line = [program, "-db", "-f", str(path)]
        out = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        process = subprocess.Popen(line, pass_fds=[listener.fileno()], **out)  # type: ignore[call-overload]
        proxy = Proxy(process, listener.getsockname()[1])
    try:
        until(lambda: answers(proxy))
        yield proxy
    finally:
        proxy.killed()


def configuration(ports: Sequence[int]) -> str:
    """Returns deploy/haproxy.cfg with servers on these ports."""
    text = CONFIGURATION.read_text("utf-8")
    for address, port in zip(REPLICAS, ports, strict=True):
        assert text.count(address) == 2
        text = text.replace(address, f"127.0.0.1:{port}")
    return text


def answers(proxy: Proxy) -> bool:
    assert proxy.process.poll() is None, proxy.log
    with suppress(httpx.TransportError):
        return get(proxy.url, "/ping").status_code == 200
    return False


def get(url: str, path: str, **options: object) -> httpx.Response:
    with httpx.Client(base_url=url, timeout=PATIENCE, verify=False, trust_env=False) as http:
        return http.get(path, **options)  # type: ignore[arg-type]


def health(server: Spawned) -> dict[str, int]:
    """Returns /health of a replica, without the proxy."""
    return get(f"http://127.0.0.1:{server.port}", "/health").json()


@contextmanager
def run_client(url: str) -> Iterator[Proxy]:
    """Runs the browser client in Node (client.mjs)."""
    line = ["node", str(Path(__file__).parent / "client.mjs"), url]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("NODE_")}
    out = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    client = Proxy(subprocess.Popen(line, env=environment, **out), 0)  # type: ignore[call-overload]
    try:
        yield client
    finally:
        client.killed()
