"""Pictures of the page for the docs, in both themes and on both widths, in the middle of a sentence.

python scripts/pictures.py            writes docs/images/page-*.jpg     (make pictures)
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser import chromium  # noqa: E402
from tests.browser.demo import Demo  # noqa: E402
from tests.spawning import spawn_server  # noqa: E402

SIZES = {"desk": (1280, 1000), "phone": (390, 844)}
THEMES = ("light", "dark")
WORD = "balloon"
"""Said with round lips, after which the picture is taken."""


def main() -> None:
    """Takes all four."""
    with spawn_server("--backend", "builtin") as server, sync_playwright() as playwright:
        browser = chromium.launch(playwright, chromium.find(playwright) or "")
        for size, (width, height) in SIZES.items():
            for theme in THEMES:
                demo = Demo(
                    browser,
                    f"http://127.0.0.1:{server.port}",
                    viewport={"width": width, "height": height},
                    color_scheme=theme,
                    reduced_motion="reduce",
                )
                demo.draw()
                demo.button("Hello").click()
                demo.until_heard(WORD)
                path = ROOT / f"docs/images/page-{size}-{theme}.jpg"
                demo.page.screenshot(path=path, type="jpeg", quality=80)
                demo.close()
        browser.close()


if __name__ == "__main__":
    main()
