"""Draws the contact sheets: all shapes, the client's visemes, the server's emotions, and extreme combinations.

python -m tools.head.sheet [folder]        (default: docs/images/head)
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from a2f_server.arkit import EMOTIONS, INDEX, NAMES
from a2f_server.motion.profiles import load
from tools.head.sheet.studio import EYES, FRONT, MOUTH, ROOT, Cell, studio

FOLDER = ROOT / "docs/images/head"
HEAD = "web/avatar/head.glb"
VISEMES = ROOT / "tools/head/sheet/visemes.mjs"
COMBINED: list[dict[str, float]] = [
    {"jawOpen": 1, "mouthClose": 1},
    {"jawOpen": 0.5, "mouthClose": 0.5},
    {"jawOpen": 1, "mouthSmile": 1},
    {"jawOpen": 1, "mouthPucker": 1},
    {"jawOpen": 0.6, "mouthFunnel": 1},
    {"mouthFunnel": 1, "mouthSmile": 1},
    {"mouthRollLower": 1, "mouthPress": 1},
    {"mouthRollLower": 1, "mouthRollUpper": 1},
    {"mouthSmile": 1, "mouthUpperUp": 1, "cheekSquint": 1},
    {"jawOpen": 0.5, "tongueOut": 1},
    {"eyeBlink": 1, "eyeSquint": 1},
    {"eyeBlink": 1, "eyeLookDown": 1},
    {"eyeBlink": 0.5, "eyeSquint": 1, "cheekSquint": 1},
    {"eyeWide": 1, "browInnerUp": 1, "browOuterUp": 1, "jawOpen": 0.4},
    {"browDown": 1, "noseSneer": 1, "mouthUpperUp": 0.6},
]
VIEWS: dict[str, tuple[float, ...]] = {
    "front": (0, 0, 7.4, 0, -0.45, 0),
    "three quarters": (40, 4, 7.4, 0, -0.45, 0),
    "side": (90, 0, 7.4, 0, -0.45, 0),
    "behind": (155, 8, 7.4, 0, -0.45, 0),
}


def on_both_sides(weights: Mapping[str, float]) -> dict[str, float]:
    """Replaces each shape without a side by the shapes of both sides."""
    return {
        name: value
        for shape, value in weights.items()
        for name in ([shape] if shape in INDEX else [f"{shape}Left", f"{shape}Right"])
    }


def shapes() -> list[Cell]:
    """Returns the 52 shapes at 1."""
    return [Cell(name, {name: 1.0}) for name in NAMES]


def visemes() -> list[Cell]:
    """Returns the client's visemes, mouth only."""
    output = subprocess.run(["node", VISEMES], check=True, capture_output=True, text=True).stdout
    return [Cell(name, weights, MOUTH) for name, weights in json.loads(output).items()]


def emotions() -> list[Cell]:
    """Returns the server's emotions at 1."""
    table = load().expressions
    return [Cell(name, dict(zip(NAMES, map(float, table[i]), strict=True))) for i, name in enumerate(EMOTIONS)]


def extremes() -> list[Cell]:
    """Returns close-ups of extreme combinations, the head from all sides, and a turned head."""
    close = [Cell(_names(w), on_both_sides(w), EYES if _of_eyes(w) else MOUTH) for w in COMBINED]
    around = [Cell(name, {}, view) for name, view in VIEWS.items()]
    turned = {"Head": (8, 10, 6), "Neck": (3, 4, 0)}
    return [*close, *around, Cell("head turned", {"mouthSmileLeft": 0.5, "mouthSmileRight": 0.5}, FRONT, turned)]


def _names(weights: Mapping[str, float]) -> str:
    return " + ".join(name if value == 1 else f"{name} {value:g}" for name, value in weights.items())


def _of_eyes(weights: Mapping[str, float]) -> bool:
    return next(iter(weights)).startswith(("eye", "brow"))


def main() -> None:
    """Draws all four sheets."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with studio() as drawing:
        drawing.load(HEAD)
        for name, cells, columns, size in (
            ("shapes", shapes(), 8, 170),
            ("visemes", visemes(), 8, 170),
            ("emotions", emotions(), 5, 220),
            ("extremes", extremes(), 5, 240),
        ):
            (folder / f"{name}.jpg").write_bytes(drawing.sheet(cells, columns=columns, size=size, quality=0.72))


if __name__ == "__main__":
    main()
