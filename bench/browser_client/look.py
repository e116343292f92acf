"""Draws the head in the middle of chosen phones of a recording, for visual inspection: closed lips, teeth on the lip,
rounded lips, open mouths, pauses.

    python bench/browser_client/look.py sound.wav phones.tsv out.png      (columns file, start, end, phone)
"""

from __future__ import annotations

import csv
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib import image, pyplot
from numpy.typing import NDArray
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from machine import server
from tests.browser import chromium
from tests.browser.support.demo_page import Demo

KINDS = {
    "lips meet": ("P", "B", "M"),
    "lip to teeth": ("F", "V"),
    "round": ("W", "UW", "OW", "SH"),
    "open": ("AA", "AE", "AY", "AO", "AW"),
    "spread": ("IY", "EY", "S", "Z"),
    "pause": ("SIL",),
}
MOST = 5
"""Pictures per kind."""


def instants(phones: Path, name: str) -> dict[str, list[tuple[str, float]]]:
    """Returns the middles (seconds) of up to MOST phones of each kind."""
    with phones.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t") if r["file"] == name]
    found: dict[str, list[tuple[str, float]]] = {}
    for kind, names in KINDS.items():
        spoken = [(r["phone"], (float(r["start"]) + float(r["end"])) / 2) for r in rows if r["phone"] in names]
        found[kind] = spoken[:: max(1, len(spoken) // MOST)][:MOST]
    return found


def _middle(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Crops a picture to the square in the middle, which shows the face."""
    height, width, _ = picture.shape
    left = (width - height) // 2
    return picture[:, left : left + height]


def main() -> None:
    """Draws the sheet."""
    sound, phones, out = map(Path, sys.argv[1:4])
    kinds = instants(phones, sound.name)
    figure, axes = pyplot.subplots(len(kinds), MOST, figsize=(2.2 * MOST, 2.3 * len(kinds)))
    with server(backend="builtin") as (port, _), sync_playwright() as playwright:
        browser = chromium.launch(playwright, chromium.find(playwright))
        demo = Demo(browser, f"http://127.0.0.1:{port}", viewport={"width": 900, "height": 1100}, device_scale_factor=1)
        demo.start_drawing()
        demo.choose_file("Choose audio", sound)
        demo.wait_for_shape("jawOpen", 0.1)
        for row, (kind, spoken) in zip(axes, kinds.items(), strict=True):
            for axis, (phone, at) in zip(row, spoken, strict=False):
                demo.pause_at(at)
                picture = demo.page.locator("#canvas").screenshot()
                axis.imshow(_middle(image.imread(BytesIO(picture))))
                axis.set_title(f"{phone} {at:.2f} s", fontsize=8)
            row[0].set_ylabel(kind)
            for axis in row:
                axis.set(xticks=[], yticks=[])
                axis.set_frame_on(False)
        browser.close()
    figure.tight_layout()
    figure.savefig(out, dpi=90)


if __name__ == "__main__":
    main()
