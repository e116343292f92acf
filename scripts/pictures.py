"""Takes screenshots of the page for the docs, in both themes and at both widths, in the middle of a sentence.

Also draws the small pictures of the page's gallery.

python scripts/pictures.py            writes docs/images/page-*.jpg and web/page/images/*.webp     (make pictures)
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser import chromium  # noqa: E402
from tests.browser.support.demo_page import Demo  # noqa: E402
from tests.support.spawning import spawn_server  # noqa: E402
from tools.head.sheet.studio import Cell, studio  # noqa: E402

GALLERY = ROOT / "web/page/images"
TILE = 160
"""Width and height of a picture in the gallery, in pixels."""
SMILE = Cell("", {"mouthSmileLeft": 0.4, "mouthSmileRight": 0.4}, (0, 0, 6.6, 0, -0.05, 0))
PAINTING = ROOT / "a2f-server/src/a2f_server/portrait/sample.jpg"
SIZES = {"desk": (1280, 1200), "phone": (390, 844)}
THEMES = ("light", "dark")
WORDS = {"desk": "Hello", "phone": "meet"}
"""Word after which the screenshot is taken; with a software renderer that takes a second, or two for the large one."""


def draw_tiles() -> None:
    """Draws the built-in head and the painting for the gallery."""
    with studio() as drawing:
        drawing.load("web/avatar/head.glb")
        head = Image.open(BytesIO(drawing.sheet([SMILE], columns=1, size=480, quality=0.95)))
    painting = Image.open(PAINTING)
    for name, picture, box in (("head", head, (40, 0, 440, 400)), ("painting", painting, (102, 51, 410, 359))):
        picture.crop(box).resize((TILE, TILE), Image.Resampling.LANCZOS).save(GALLERY / f"{name}.webp", quality=80)


def main() -> None:
    """Draws the tiles and takes all four screenshots."""
    draw_tiles()
    with spawn_server("--backend", "builtin") as server, sync_playwright() as playwright:
        browser = chromium.launch(playwright, chromium.find(playwright) or "")
        for size, (width, height) in SIZES.items():
            for theme in THEMES:
                demo = Demo(
                    browser,
                    f"http://127.0.0.1:{server.port}",
                    viewport={"width": width, "height": height},
                    color_scheme=theme,
                    developer=False,
                    # Rendered at twice the size and scaled down, because a software renderer does not smooth edges.
                    device_scale_factor=2,
                )
                demo.start_drawing()
                demo.button("Hello").click()
                demo.wait_for_word(WORDS[size])
                picture = Image.open(BytesIO(demo.page.screenshot())).convert("RGB")
                smaller = picture.resize((width, height), Image.Resampling.LANCZOS)
                smaller.save(ROOT / f"docs/images/page-{size}-{theme}.jpg", quality=80)
                demo.close()
        browser.close()


if __name__ == "__main__":
    main()
