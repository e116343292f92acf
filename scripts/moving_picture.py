"""Draws the README's moving picture: the demo page's avatar speaks the page's sample.

python scripts/moving_picture.py [--frames FOLDER]     writes docs/images/talking.webp     (make pictures)

The page's clock is stopped and the audio is moved to the instant of each frame, so the picture does not depend on the
speed of the machine.
"""

from __future__ import annotations

import argparse
import base64
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser import chromium  # noqa: E402
from tests.support.spawning import spawn_server  # noqa: E402

TARGET = ROOT / "docs/images/talking.webp"
SAMPLE = ROOT / "web/page/sample.wav"
FPS = 15
BEGIN, END = 0.05, 4.25
"""Seconds of the sample. The mouth is closed at both, so the loop has no jump."""

FACE = (300, 350)
SIZE = (480, 400)
QUALITY = 60
BACKGROUND, INK, FAINT, ACCENT = (236, 238, 243), (66, 72, 88), (205, 210, 221), (214, 92, 72)

SHAPES = (
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthSmileLeft",
    "mouthStretchLeft",
    "mouthPressLeft",
    "mouthUpperUpLeft",
    "mouthLowerDownLeft",
    "browInnerUp",
    "eyeBlinkLeft",
    "eyeLookOutLeft",
)
"""The shapes whose weights are drawn."""

SEEK = """async (seconds) => {
  const audio = document.getElementById("audio");
  audio.pause();
  const sought = new Promise((resolve) => audio.addEventListener("seeked", resolve, { once: true }));
  audio.currentTime = seconds;
  await sought;
}"""

DRAW = """async ([width, height]) => {
  const { BLENDSHAPES } = await import("audio2face-client");
  const { client, stage: { renderer, scene, camera } } = a2f;
  // Drawn at twice the size and reduced later: a software renderer does not smooth edges.
  renderer.setPixelRatio(2);
  renderer.setSize(width, height, false);
  camera.aspect = width / height;
  camera.updateProjectionMatrix();
  renderer.render(scene, camera);
  const weights = Object.fromEntries(BLENDSHAPES.map((name, index) => [name, client.weights[index]]));
  return { png: renderer.domElement.toDataURL("image/png"), weights };
}"""


def main() -> None:
    """Writes the picture, and its frames as PNG if a folder is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=Path, help="also write every frame as PNG into this folder")
    folder = parser.parse_args().frames
    with spawn_server("--backend", "builtin") as server, sync_playwright() as playwright:
        browser = chromium.launch(playwright, chromium.find(playwright) or "")
        page = browser.new_page(
            viewport={"width": 1280, "height": 900}, reduced_motion="no-preference", bypass_csp=True
        )
        frames = list(film(page, f"http://127.0.0.1:{server.port}"))
        browser.close()
    first, *others = frames
    first.save(TARGET, save_all=True, append_images=others, duration=1000 // FPS, loop=0, quality=QUALITY, method=6)
    print(f"{TARGET.relative_to(ROOT)}: {len(frames)} frames, {TARGET.stat().st_size / 1000:.0f} kB")
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        for number, frame in enumerate(frames):
            frame.save(folder / f"{number:03}.png")


def film(page: Page, origin: str) -> Iterator[Image.Image]:
    """Yields the frames, RGB of `SIZE` each."""
    page.clock.install()
    page.goto(origin)
    page.wait_for_function("window.a2f && a2f.client.binding")
    page.wait_for_function("document.getElementById('server-status').dataset.state !== 'wait'")
    page.evaluate("a2f.client.setExpression({ joy: 0.25 })")
    page.locator("#sample").click()
    page.wait_for_function("a2f.client.getDebugState().speaking")
    page.wait_for_timeout(1500)  # the whole file is animated by then
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    loudness = levels(round((END - BEGIN) * FPS) * 4)
    for number in range(round((END - BEGIN) * FPS)):
        page.evaluate(SEEK, BEGIN + number / FPS)
        page.clock.run_for(1000 // FPS)
        drawn = page.evaluate(DRAW, list(FACE))
        yield composed(drawn["png"], drawn["weights"], loudness, number * 4)


def composed(png: str, weights: dict[str, float], loudness: list[float], at: int) -> Image.Image:
    """Returns a frame: the face, the bars of its weights, and the waveform with `at` of its bars played."""
    face = Image.open(BytesIO(base64.b64decode(png.partition(",")[2]))).convert("RGBA")
    face = face.resize(FACE, Image.Resampling.LANCZOS)
    picture = Image.new("RGB", SIZE, BACKGROUND)
    picture.paste(face, (0, 0), face)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(11)
    for row, name in enumerate(SHAPES):
        left, right, top = FACE[0] + 8, SIZE[0] - 16, 26 + 26 * row
        draw.text((left, top), name, INK, font)
        draw.rectangle((left, top + 15, right, top + 18), FAINT)
        if (length := round((right - left) * weights[name])) > 0:
            draw.rectangle((left, top + 15, left + length, top + 18), ACCENT)
    step = (SIZE[0] - 32) / len(loudness)
    for number, level in enumerate(loudness):
        x, half = 16 + number * step, 1 + round(14 * level)
        draw.line((x, 375 - half, x, 375 + half), ACCENT if number <= at else FAINT)
    return picture


def levels(count: int) -> list[float]:
    """Returns the loudness of the part that is shown, as `count` numbers from 0 to 1."""
    samples, rate = soundfile.read(SAMPLE)
    parts = np.array_split(samples[round(BEGIN * rate) : round(END * rate)], count)
    peaks = np.array([np.abs(part).max() for part in parts])
    return list(peaks / peaks.max())


if __name__ == "__main__":
    main()
