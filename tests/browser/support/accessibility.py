"""axe-core's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.browser.support.paths import NODE_MODULES

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = NODE_MODULES / "axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """Returns the rules that the page violates, each with the elements concerned."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "async (values) => (await axe.run({ runOnly: { type: 'tag', values } })).violations", RULES
    )
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]
