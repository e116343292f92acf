"""examples/guide: the page of the integration guide speaks, and only plays sound if its server is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.support.paths import UNREACHABLE
from tests.examples.pages import READY, SPEAKS, outcome, press, record_outcome, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_it_speaks_to_the_end(visit: Callable[..., Page]) -> None:
    page = visit("guide/")
    wait_for(page, f"{READY} && app.useA2F")
    record_outcome(page)
    press(page, "Speak")
    wait_for(page, SPEAKS)
    assert outcome(page)["cancelled"] is False


def test_the_servers_address_is_read_from_the_pages_storage(visit: Callable[..., Page]) -> None:
    page = visit("guide/", script=f"localStorage.setItem('a2f_server_url', '{UNREACHABLE}')", problems_expected=True)
    wait_for(page, READY)
    assert page.evaluate("app.useA2F") is False
