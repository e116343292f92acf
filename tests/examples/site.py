"""Serves `examples/` to a browser as its readers do, and CDNs' packages from `web/node_modules`."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
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


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files, in which the server's address is that of the test's server."""

    def __init__(self, *given: Any, origin: str, **options: Any) -> None:
        self.origin = origin
        super().__init__(*given, directory=str(EXAMPLES), **options)

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
def serve_examples(origin: str) -> Iterator[str]:
    """Yields the URL of the examples, for a server at this origin."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, origin=origin)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def replace_cdn(context: BrowserContext) -> None:
    """Answers requests to the CDN with files of the same version from `web/node_modules`."""
    context.route(CDN, _answer)


def _answer(route: Route) -> None:
    found = CDN.match(route.request.url)
    assert found
    name, version, path = found.groups()
    package = NODE_MODULES / name
    assert f'"version": "{version}"' in (package / "package.json").read_text("utf-8"), f"{name} is not {version}"
    route.fulfill(path=package / path, headers={"Access-Control-Allow-Origin": "*"})
