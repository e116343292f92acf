"""Fixtures of the examples' tests. They share a browser, and a server with the mock backend and the local voice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import browser, origin
from tests.examples.site import SHARED, replace_cdn, serve_examples

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

__all__ = ["browser", "examples", "origin", "visit"]

# Software rendering takes most of a machine, so nothing is drawn. Ticks beside the display's frames make tests
# independent of its speed.
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


def fulfil(content: bytes, route: Route) -> None:
    route.fulfill(body=content, headers=SHARED)


@pytest.fixture
def visit(browser: Browser, examples: str) -> Iterator[Callable[..., Page]]:
    """Opens an example: `visit("three/")`. Errors of the page fail the test, unless `problems_expected`.

    `modules`: package → code in place of the CDN's. `files`: URL → content. `script` runs before the page's.
    """
    contexts = []
    problems: list[str] = []

    def opened(path: str, *, problems_expected: bool = False, **given: Any) -> Page:
        modules, files, script = given.pop("modules", {}), given.pop("files", {}), given.pop("script", "")
        context = browser.new_context(**{"viewport": {"width": 320, "height": 400}, **given})
        contexts.append(context)
        replace_cdn(context, modules)
        for url, content in files.items():
            context.route(url, partial(fulfil, content))
        page = context.new_page()
        if not problems_expected:
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.add_init_script(LIGHTEN + script)
        page.goto(path if ":" in path else f"{examples}/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []
