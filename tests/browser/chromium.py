"""Finds and launches the Chromium that tests and benchmarks use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.support.paths import VOICE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

DEBIAN = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    # WebGL without a GPU.
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    # A microphone that plays a file, without a permission prompt.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    f"--use-file-for-fake-audio-capture={VOICE}",
]


def find(playwright: Playwright) -> str | None:
    """Returns the Chromium named by `A2F_CHROMIUM`, else Playwright's own, else Debian's."""
    if named := os.environ.get("A2F_CHROMIUM"):
        return named
    return next((path for path in (playwright.chromium.executable_path, DEBIAN) if Path(path).exists()), None)


def launch(playwright: Playwright, path: str) -> Browser:
    """Launches a headless browser with audio, a microphone and WebGL."""
    return playwright.chromium.launch(executable_path=path, args=FLAGS)
