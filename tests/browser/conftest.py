"""Fixtures of the browser tests. They share one browser and one server. Helpers are in `support/`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import chromium
from tests.browser.support.demo_page import Demo
from tests.support.spawning import spawn_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this package. It is closed afterwards, as it would disturb other event loops."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="the package playwright is missing")
    with sync_api.sync_playwright() as playwright:
        path = chromium.find(playwright)
        if path is None:
            pytest.skip("Chromium is missing: install it, or set A2F_CHROMIUM to its path")
        running = chromium.launch(playwright, path)
        yield running
        running.close()


@pytest.fixture(scope="package")
def origin() -> Iterator[str]:
    """The URL of a server with the mock backend."""
    with spawn_server(A2F_TTS="espeak") as spawned:
        yield f"http://127.0.0.1:{spawned.port}"


@pytest.fixture(scope="package")
def voiceless() -> Iterator[str]:
    """The URL of a server without text-to-speech."""
    with spawn_server(A2F_TTS="none") as spawned:
        yield f"http://127.0.0.1:{spawned.port}"


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Callable[..., Demo]]:
    """Opens the page: `visit(at=…, viewport=…, color_scheme=…, script=…)`, where `at` is another server's URL."""
    visits: list[Demo] = []

    def open_page(*, at: str = origin, **options: Any) -> Demo:
        visits.append(Demo(browser, at, **options))
        return visits[-1]

    yield open_page
    for demo in visits:
        demo.close()


@pytest.fixture
def demo(visit: Callable[..., Demo]) -> Demo:
    """The page with default options."""
    return visit()
