"""Serves `examples/` to a browser as its readers do, and CDNs' packages from `web/node_modules`."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.support.paths import NODE_MODULES, ROOT

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Route

EXAMPLES = ROOT / "examples"
SERVER = "http://127.0.0.1:8000"
"""The address of a2f-server in the examples."""
CDN = re.compile(r"^https://cdn\.jsdelivr\.net/npm/((?:@[^/]+/)?[^@/]+)@([^/]+)/(.+)$")

SHARED = {"Access-Control-Allow-Origin": "*"}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files, in which the server's address is that of the test's server."""

    def __init__(self, *given: Any, origin: str, folder: Path, **options: Any) -> None:
        self.origin = origin
        super().__init__(*given, directory=str(folder), **options)

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return self.send_error(404)
        content = path.read_bytes().replace(SERVER.encode(), self.origin.encode())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *given: Any) -> None:
        pass


@contextmanager
def serve_examples(origin: str, folder: Path = EXAMPLES) -> Iterator[str]:
    """Yields the URL of the examples, or of a folder, for a server at this origin."""
    handler = partial(Handler, origin=origin, folder=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def replace_cdn(context: BrowserContext, modules: Mapping[str, str]) -> None:
    """Answers requests to the CDN with files of the same version from `web/node_modules`, or the code of `modules`."""
    context.route(CDN, lambda route: _answer(route, modules))


def _answer(route: Route, modules: Mapping[str, str]) -> None:
    found = CDN.match(route.request.url)
    assert found
    name, version, path = found.groups()
    if name in modules:
        return route.fulfill(body=modules[name], content_type="text/javascript", headers=SHARED)
    package = NODE_MODULES / name
    assert f'"version": "{version}"' in (package / "package.json").read_text("utf-8"), f"{name} is not {version}"
    route.fulfill(path=package / path, headers=SHARED)
