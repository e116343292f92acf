"""Renders the head in Chromium with the page's own three.js."""

from __future__ import annotations

import base64
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

from tests.browser import chromium  # noqa: E402 - it lies beside the package

FRONT = (0, 0, 6.0, 0, 0.12, 0)
"""A view: degrees to the left and up, distance, and the target point in units."""
MOUTH = (0, 0, 2.2, 0, -0.55, 0.3)
EYES = (0, 0, 2.6, 0, 0.08, 0.3)


@dataclass
class Cell:
    """One picture of a sheet; `joints` are rotations about x, y, z in degrees by joint."""

    label: str
    weights: Mapping[str, float]
    view: Sequence[float] = FRONT
    joints: Mapping[str, Sequence[float]] = field(default_factory=dict)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def _served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Studio:
    """A page that renders one GLB."""

    def __init__(self, page: Page, origin: str) -> None:
        self._page = page
        page.goto(f"{origin}/tools/head/sheet/sheet.html")
        page.wait_for_function("Boolean(window.sheet)")

    def load(self, path: str) -> dict[str, int]:
        """Loads a file of the repository; returns the number of draw calls and triangles."""
        return dict(self._page.evaluate("(address) => load(address)", f"/{path}"))

    def sheet(self, cells: Sequence[Cell], *, columns: int, size: int, quality: float = 0.8) -> bytes:
        """Returns a JPEG of all cells."""
        order = {"cells": [asdict(c) for c in cells], "columns": columns, "size": size, "quality": quality}
        address = self._page.evaluate("(order) => sheet(order)", order | {"type": "image/jpeg"})
        return base64.b64decode(address.split(",", 1)[1])


@contextmanager
def studio() -> Iterator[Studio]:
    """Opens a studio. Raises RuntimeError if there is no Chromium."""
    with _served() as origin, sync_playwright() as playwright:
        path = chromium.find(playwright)
        if path is None:
            raise RuntimeError("no Chromium found: set A2F_CHROMIUM to its path, or run `playwright install chromium`")
        browser = chromium.launch(playwright, path)
        try:
            yield Studio(browser.new_page(), origin)
        finally:
            browser.close()
