"""Helpers for pages of the examples. They wait with timers: a page whose drawing is slow hardly gets display frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

READY = "window.face?.binding?.found.length > 0"
SPEAKS = "face.weights[17] > 0.1 && face.getDebugState().rank === 'server'"
SILENT = "!face.getDebugState().speaking && face.weights[17] < 0.05"


def wait_for(page: Page, condition: str) -> None:
    """Waits until a JavaScript expression is true."""
    page.wait_for_function(condition, polling=50)


def press(page: Page, name: str) -> None:
    """Presses the button with a label that starts with this text."""
    page.get_by_role("button", name=name).dispatch_event("click")


def set_value(page: Page, label: str, text: str) -> None:
    """Sets the value of a field, as typing does."""
    page.get_by_label(label, exact=True).evaluate(
        "(field, text) => { field.value = text; field.dispatchEvent(new Event('change')); }", text
    )


def record_outcome(page: Page) -> None:
    """Keeps the outcome of the latest utterance as `outcome`."""
    page.evaluate("void face.on('end', (end) => { window.outcome = end; })")


def outcome(page: Page) -> dict[str, Any]:
    """Waits for the outcome of an utterance; returns it."""
    wait_for(page, "window.outcome")
    found: dict[str, Any] = page.evaluate("outcome")
    return found
