"""Fixtures of the examples' tests. They share a browser, and a server with the mock backend and the local voice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import browser, origin
from tests.examples.site import replace_cdn, serve_examples

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser", "examples", "origin", "visit"]

# Software rendering takes most of a machine, so nothing is drawn. Ticks between display frames make tests independent of
# its speed.
LIGHTEN = """
  for (const draw of ["clear", "drawElements", "drawArrays", "drawElementsInstanced"])
    WebGL2RenderingContext.prototype[draw] = () => {};
  window.requestAnimationFrame = (callback) => setTimeout(() => callback(performance.now()), 100);
  window.cancelAnimationFrame = clearTimeout;
  setInterval(() => window.face?.update?.(), 20);
"""


@pytest.fixture(scope="package")
def examples(origin: str) -> Iterator[str]:
    """The URL of the examples, for a server of the tests."""
    with serve_examples(origin) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, examples: str) -> Iterator[Callable[..., Page]]:
    """Opens an example: `visit("three/")`. Errors of the page and warnings of the client fail the test."""
    contexts = []
    problems: list[str] = []

    def opened(path: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 320, "height": 400}, **options})
        contexts.append(context)
        replace_cdn(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.add_init_script(LIGHTEN)
        page.goto(path if path.startswith("http") else f"{examples}/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []
