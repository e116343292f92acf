"""Draws contact sheets of portraits: the mouth, the eyes, and turns of the head.

With --speaking, it draws a strip of the whole picture while it speaks instead, for the README.

python scripts/portrait_sheets.py [--speaking] folder picture …
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image, ImageDraw

from a2f_server.arkit import COUNT, INDEX
from a2f_server.drawing.contract import HeadPose
from a2f_server.drawing.renderer import Renderer
from a2f_server.portrait.portrait import Portrait, PortraitMaker

SIDE = 1024
MOUTH: dict[str, dict[str, float]] = {
    "rest": {},
    "jaw .5": {"jawOpen": 0.5},
    "jaw 1": {"jawOpen": 1},
    "aa": {"jawOpen": 0.6, "mouthLowerDown": 0.25, "mouthUpperUp": 0.15, "mouthStretch": 0.1},
    "m b p": {"jawOpen": 0.12, "mouthClose": 0.12, "mouthPress": 0.45, "mouthRollLower": 0.25, "mouthRollUpper": 0.2},
    "f v": {"jawOpen": 0.1, "mouthRollLower": 0.55, "mouthUpperUp": 0.3, "mouthPress": 0.1, "mouthLowerDown": 0.1},
    "oo": {"jawOpen": 0.2, "mouthPucker": 0.7, "mouthFunnel": 0.3},
    "w": {"jawOpen": 0.08, "mouthPucker": 1},
    "ee": {"jawOpen": 0.2, "mouthSmile": 0.45, "mouthStretch": 0.3, "mouthLowerDown": 0.3, "mouthUpperUp": 0.2},
    "th": {"jawOpen": 0.2, "tongueOut": 0.6, "mouthLowerDown": 0.2},
    "tongue": {"jawOpen": 0.5, "tongueOut": 1},
    "smile": {"mouthSmile": 0.8, "cheekSquint": 0.3},
}
EYES: dict[str, dict[str, float]] = {
    "rest": {},
    "blink .5": {"eyeBlink": 0.5},
    "blink 1": {"eyeBlink": 1},
    "brows up": {"browInnerUp": 0.8, "browOuterUp": 0.8},
    "left": {"eyeLookOutLeft": 0.6, "eyeLookInRight": 0.6},
    "right": {"eyeLookInLeft": 0.6, "eyeLookOutRight": 0.6},
    "up": {"eyeLookUp": 0.7},
    "down": {"eyeLookDown": 0.8},
}
REST = HeadPose()
TURNS = {
    "yaw 15": HeadPose(yaw=15),
    "yaw -15": HeadPose(yaw=-15),
    "pitch 10": HeadPose(pitch=10),
    "pitch -10": HeadPose(pitch=-10),
    "roll 5": HeadPose(roll=5),
    "all": HeadPose(5, -10, 4),
}
SPEAKING = (
    ({}, REST),
    (MOUTH["aa"], HeadPose(yaw=8, pitch=2)),
    (MOUTH["w"] | {"browInnerUp": 0.4}, HeadPose(yaw=-6)),
    (MOUTH["smile"] | {"eyeBlink": 1}, HeadPose(yaw=-9, roll=3)),
)
"""Faces and poses of the strip."""
Box = tuple[float, float, float, float]
T = TypeVar("T")


def main() -> None:
    """Draws one sheet for each picture."""
    speaking = "--speaking" in sys.argv
    folder, *pictures = (Path(each) for each in sys.argv[1:] if each != "--speaking")
    folder.mkdir(parents=True, exist_ok=True)
    maker = PortraitMaker()
    for path in pictures:
        drawn = strip(maker, path.read_bytes()) if speaking else sheet(maker, path.read_bytes())
        drawn.save(folder / f"{path.stem}{'_speaking' * speaking}.jpg", quality=74, optimize=True)


def strip(maker: PortraitMaker, data: bytes) -> Image.Image:
    """Returns the whole picture with the faces of SPEAKING, side by side."""
    draw = drawer(maker.make(data))
    cells = [draw(weights, pose) for weights, pose in SPEAKING]
    for cell in cells:
        cell.thumbnail((240, 240), Image.Resampling.LANCZOS)
    whole = Image.new("RGB", (sum(cell.width for cell in cells), cells[0].height))
    for number, cell in enumerate(cells):
        whole.paste(cell, (number * cell.width, 0))
    return whole


def drawer(portrait: Portrait) -> Callable[[Mapping[str, float], HeadPose], Image.Image]:
    """Returns what draws a portrait with weights and a pose."""
    height = SIDE * portrait.height // max(portrait.width, portrait.height) // 2 * 2
    width = SIDE * portrait.width // max(portrait.width, portrait.height) // 2 * 2
    renderer = Renderer.from_glb(portrait.glb, width, height, label=False)
    return lambda weights, pose: rgb(renderer.draw(vector(weights), pose), width, height)


def sheet(maker: PortraitMaker, data: bytes) -> Image.Image:
    """Returns all cells for a picture."""
    draw = drawer(maker.make(data))

    def drawn(weights: Mapping[str, float], pose: HeadPose = REST) -> Image.Image:
        return draw(weights, pose)

    rest = drawn({})
    face = maker.finder.find(rest).landmarks[:, :2]
    span = float(np.linalg.norm(face[263] - face[33]))
    mouth, eyes = (
        around(face[[61, 291]].mean(axis=0), span * 0.72, 1.0),
        around(face[[33, 263]].mean(axis=0), span * 0.72, 0.5),
    )
    rows = [
        *strips(MOUTH, 6, (150, 150), lambda weights: drawn(weights).crop(mouth)),
        *strips(EYES, 4, (225, 112), lambda weights: drawn(weights).crop(eyes)),
        *strips(TURNS, 6, (150, 150), lambda pose: drawn({}, pose)),
    ]
    whole = Image.new("RGB", (900, sum(row.height for row in rows)), "white")
    y = 0
    for row in rows:
        whole.paste(row, (0, y))
        y += row.height
    return whole


def around(middle: np.ndarray[tuple[int], np.dtype[np.float64]], half: float, tall: float) -> Box:
    """Returns a box of pixels."""
    x, y = map(float, middle)
    return x - half, y - half * tall, x + half, y + half * tall


def strips(
    cells: Mapping[str, T], columns: int, size: tuple[int, int], draw: Callable[[T], Image.Image]
) -> list[Image.Image]:
    """Draws cells in rows."""
    rows = []
    for start in range(0, len(cells), columns):
        row = Image.new("RGB", (columns * size[0], size[1]), "white")
        for column, (name, cell) in enumerate(list(cells.items())[start : start + columns]):
            picture = draw(cell)
            picture.thumbnail(size, Image.Resampling.LANCZOS)
            ImageDraw.Draw(picture).text((4, 2), name, fill="white", stroke_width=1, stroke_fill="black")
            row.paste(picture, (column * size[0], 0))
        rows.append(row)
    return rows


def vector(weights: Mapping[str, float]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Returns the 52 weights; a name without a side stands for both."""
    values = np.zeros(COUNT, np.float32)
    for name, weight in weights.items():
        for each in [name] if name in INDEX else [f"{name}Left", f"{name}Right"]:
            values[INDEX[each]] = weight
    return values


def rgb(planes: np.ndarray[tuple[int, int], np.dtype[np.uint8]], width: int, height: int) -> Image.Image:
    """Converts planar YUV 4:2:0 (BT.601, limited range)."""
    full = np.concatenate([planes[:height].ravel(), planes[height:].ravel()])
    luma = full[: width * height].reshape(height, width)
    chroma = full[width * height :].reshape(2, height // 2, width // 2)
    blue, red = (Image.fromarray(each).resize((width, height), Image.Resampling.BILINEAR) for each in chroma)
    y = (luma.astype(float) - 16) * 255 / 219
    u, v = ((np.asarray(each, float) - 128) * 255 / 224 for each in (blue, red))
    colors = np.stack([y + 1.402 * v, y - 0.344 * u - 0.714 * v, y + 1.772 * u], axis=-1)
    return Image.fromarray(np.clip(np.rint(colors), 0, 255).astype(np.uint8))


if __name__ == "__main__":
    main()
