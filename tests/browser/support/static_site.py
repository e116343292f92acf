"""A plain static server that has a site below a path, as GitHub Pages does."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "/user/talking-head"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serves a folder below a path, with Python's own file server; yields the URL."""

    class Below(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, directory=str(folder))

        def translate_path(self, path: str) -> str:
            inside = path.startswith(f"{PREFIX}/")
            return super().translate_path(path.removeprefix(PREFIX) if inside else "/not/in/the/site")

        def handle(self) -> None:
            with suppress(ConnectionError):  # the browser may leave in the middle of a file
                super().handle()

        def log_message(self, *given: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Below) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}{PREFIX}/"
        server.shutdown()
