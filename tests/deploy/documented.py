"""Runs the proxies of docs/deploy.md with the configurations that stand there, in front of a server."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from websockets.sync.client import connect

from tests.support.processes import Listened, free_port
from tests.support.running import PATIENCE, Talk
from tests.support.spawning import ROOT
from tests.support.waiting import until

PAGE = (ROOT / "docs/deploy.md").read_text("utf-8")
SERVER, HOST = "127.0.0.1:8000", "face.example.com"
"""The server's address and the public name in the examples."""
CLIENT = "127.0.0.2"
"""Address from which tests connect, to tell it from the proxy's."""


@dataclass(frozen=True)
class Example:
    """A configuration in the documentation, and the paths at which it serves."""

    program: str
    text: str

    @property
    def paths(self) -> list[str]:
        """`""` is the root."""
        below = ["/a2f"] if "/a2f/" in self.text else []
        return below if self.program == "caddy" and below else ["", *below]


EXAMPLES = [Example(*found) for found in re.findall(r"^```(caddy|nginx|haproxy)\n(.*?)^```", PAGE, re.M | re.S)]
CASES = [(example, path) for example in EXAMPLES for path in example.paths]


def replaced(text: str, old: str, new: str) -> str:
    assert old in text, f"{old} is not in the example"
    return text.replace(old, new)


def certificate(folder: Path) -> tuple[Path, Path]:
    """Makes a certificate for HOST; returns its path and that of its key."""
    files = folder / f"{HOST}.pem", folder / f"{HOST}.key"
    line = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    subprocess.run([*line, "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


def caddy(program: str, text: str, port: int, folder: Path) -> list[str]:
    """Uses Caddy's own authority instead of a public one, which could not reach the test."""
    options = f"https_port {port}\nhttp_port {free_port()}\nlocal_certs\nskip_install_trust\nadmin off\n"
    (folder / "Caddyfile").write_text(f"{{\n{options}storage file_system {folder}\n}}\n{text}")
    return [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def nginx(program: str, text: str, port: int, folder: Path) -> list[str]:
    cert, key = certificate(folder)
    text = replaced(text, "listen 443 ssl", f"listen {port} ssl")
    text = replaced(text, f"/etc/ssl/{HOST}.pem", str(cert))
    text = replaced(text, f"/etc/ssl/{HOST}.key", str(key))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    main = f"daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}}\n"
    (folder / "nginx.conf").write_text(f"{main}http {{ access_log off;\n{folders}{text}}}\n")
    return [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


def haproxy(program: str, text: str, port: int, folder: Path) -> list[str]:
    cert, key = certificate(folder)
    (folder / "certs").mkdir()
    (folder / "certs" / cert.name).write_text(cert.read_text() + key.read_text())
    text = replaced(text, "bind :443", f"bind :{port}")
    text = replaced(text, "/etc/haproxy/certs/", f"{folder}/certs/")
    limit = "global\n    fd-hard-limit 20000\n"  # containers may allow a billion open files
    (folder / "haproxy.cfg").write_text(limit + text)
    return [program, "-db", "-f", str(folder / "haproxy.cfg")]


COMMANDS: dict[str, Callable[[str, str, int, Path], list[str]]] = {"caddy": caddy, "nginx": nginx, "haproxy": haproxy}


class Site:
    """The public side of a proxy: `https://face.example.com` plus a path."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path
        self.trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.trust.check_hostname, self.trust.verify_mode = False, ssl.CERT_NONE

    @property
    def origin(self) -> str:
        return f"https://{HOST}:{self.port}"

    def http(self) -> httpx.Client:
        """Connects from CLIENT, under the public name."""
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.port}{self.path}/",
            headers={"Host": f"{HOST}:{self.port}"},
            transport=httpx.HTTPTransport(verify=self.trust, local_address=CLIENT),
            timeout=PATIENCE,
        )

    def request(self, method: str, path: str, **options: object) -> httpx.Response:
        with self.http() as http:
            extensions = {"sni_hostname": HOST}
            return http.request(method, path, extensions=extensions, **options)  # type: ignore[arg-type]

    @contextmanager
    def talk(self, token: str) -> Iterator[Talk]:
        uri = f"wss://{HOST}:{self.port}{self.path}/ws?token={token}"
        patience = {"open_timeout": PATIENCE, "close_timeout": 2}
        with (
            socket.create_connection(("127.0.0.1", self.port), PATIENCE, (CLIENT, 0)) as connection,
            connect(uri, sock=connection, ssl=self.trust, origin=self.origin, proxy=None, **patience) as ws,  # type: ignore[arg-type]
        ):
            yield Talk(ws)


@contextmanager
def run_site(program: str, example: Example, path: str, server_port: int, folder: Path) -> Iterator[Site]:
    """Runs the example in front of the server on this port."""
    port = free_port()
    text = replaced(example.text, SERVER, f"127.0.0.1:{server_port}")
    line = COMMANDS[example.program](program, text, port, folder)
    environment = {**os.environ, "HOME": str(folder)}
    out = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    proxy, site = Listened(out, out.stdout), Site(port, path)

    def answers() -> bool:
        assert proxy.process.poll() is None, proxy.log
        with suppress(httpx.TransportError):
            return site.request("GET", "ping").status_code == 200
        return False

    try:
        until(answers)
        yield site
    finally:
        proxy.killed()
