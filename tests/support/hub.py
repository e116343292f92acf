"""A minimal Hugging Face hub on loopback: enough of its API for `huggingface_hub` to download a repository."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "5451728e07378df93b04523279e134a9993ae71b"
"""The only commit."""
_TREE = re.compile(r"/api/models/(?P<repository>[^/]+/[^/]+)/(?:tree|revision)/(?P<revision>[^/]+)/?")
_FILE = re.compile(r"/(?P<repository>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)")


class Hub:
    """One repository. `token`, if set, is required; `cut` names a file of which only half is sent, once."""

    def __init__(self, folder: Path, repository: str) -> None:
        self.folder, self.repository = folder, repository
        self.token = self.cut = ""
        self.url = ""
        self.sent: list[tuple[str, int]] = []
        """Files sent, and the first byte requested of each."""

    def entries(self) -> list[dict[str, Any]]:
        """Returns the listing of the repository."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return [
            {"type": "file", "path": str(p.relative_to(self.folder)), "size": p.stat().st_size, "oid": _etag(p)}
            for p in files
        ]

    def refusal(self, repository: str, revision: str, token: str | None) -> tuple[int, str]:
        """Returns status and error code for a request; 200 if it is allowed. Listings need no token."""
        if repository != self.repository:
            return 404, "RepoNotFound"
        if self.token and token is not None and token != f"Bearer {self.token}":
            return 401, "GatedRepo"
        return (200, "") if revision in {COMMIT, "main"} else (404, "RevisionNotFound")


@contextmanager
def run_hub(folder: Path, repository: str) -> Iterator[Hub]:
    """Serves a folder as a repository at `url`."""
    hub = Hub(folder, repository)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, *, body: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            asked = _TREE.fullmatch(path) or _FILE.fullmatch(path)
            if not asked:
                return self._send(404, b"{}")
            token = (self.headers["Authorization"] or "") if asked.re is _FILE else None
            status, code = hub.refusal(asked["repository"], asked["revision"], token)
            if status != 200:
                return self._send(status, b"{}", {"X-Error-Code": code, "X-Error-Message": code})
            if "file" in asked.groupdict():
                return self._file(hub.folder / asked["file"], body)
            info = {"id": hub.repository, "sha": COMMIT, "siblings": []}
            self._send(200, json.dumps(hub.entries() if "/tree/" in path else info).encode())

        def _file(self, path: Path, body: bool) -> None:
            content, headers = path.read_bytes(), {"X-Repo-Commit": COMMIT, "ETag": f'"{_etag(path)}"'}
            asked = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
            start = int(asked[1]) if asked else 0
            if asked:
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            if not body:
                return self._send(200, content, headers, body=False)
            hub.sent.append((path.name, start))
            if path.name == hub.cut:
                hub.cut = ""
                return self._half(content, headers)
            self._send(206 if asked else 200, content[start:], headers)

        def _half(self, content: bytes, headers: dict[str, str]) -> None:
            self._head(200, len(content), headers)
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True

        def _send(
            self, status: int, content: bytes, headers: dict[str, str] | None = None, *, body: bool = True
        ) -> None:
            self._head(status, len(content), headers or {})
            if body and self.command != "HEAD":
                self.wfile.write(content)

        def _head(self, status: int, length: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(length), **headers}.items():
                self.send_header(name, value)
            self.end_headers()

    return Handler


def _etag(path: Path) -> str:
    return hashlib.sha1(path.read_bytes()).hexdigest()
