"""Which Chromium the tests and measurements run, and how it is started."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

VOICE = Path(__file__).parents[2] / "data/voice.wav"
DEBIAN = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    # WebGL without a graphics card.
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    # A microphone that speaks our own babble, and nobody who has to allow it.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    f"--use-file-for-fake-audio-capture={VOICE}",
]


def find(playwright: Playwright) -> str | None:
    """The Chromium that `A2F_CHROMIUM` names, else Playwright's own, else Debian's."""
    if named := os.environ.get("A2F_CHROMIUM"):
        return named
    return next((path for path in (playwright.chromium.executable_path, DEBIAN) if Path(path).exists()), None)


def launch(playwright: Playwright, path: str) -> Browser:
    """A headless one with sound, a microphone and WebGL."""
    return playwright.chromium.launch(executable_path=path, args=FLAGS)
