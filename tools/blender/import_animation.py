"""Blender: puts an animation (CSV of Live Link Face, or JSON) on the shape keys of the selected meshes.

Select the meshes, open this file in Blender's text editor, set FILE below, and press Run. Or on the command line:

    blender face.blend --python tools/blender/import_animation.py -- speech.csv

Shape keys are found by ARKit's names in any case, with _L and _R, and with a prefix. It needs nothing but Blender.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

FILE = "speech.csv"
FPS = None
"""Frames per second of a CSV; None: those of the scene. JSON says its own."""
FIRST_FRAME = 1
"""Frame of the scene at which the audio begins."""

Curves = dict[str, list[float]]
"""Weights over time, by name."""


def read(path: Path, fps: float) -> tuple[Curves, float]:
    """Returns the curves of a file and its frames per second. Raises ValueError for a file without any."""
    text = path.read_text("utf-8-sig")
    if path.suffix.lower() == ".json":
        document = json.loads(text)
        columns = zip(*document["weights"], strict=True)
        return {name: list(values) for name, values in zip(document["blendshapes"], columns, strict=True)}, document[
            "fps"
        ]
    rows = list(csv.DictReader(text.splitlines()))
    names = [name for name in (rows[0] if rows else {}) if name and not re.match("(?i)timecode|blendshapecount", name)]
    if not names:
        raise ValueError(f"{path} has no animation")
    return {name: [float(row[name]) for row in rows] for name in names}, fps


def spelling(name: str) -> str:
    """Returns a name without case, separators, and the long words for sides."""
    bare = re.sub(r"[^a-z0-9]", "", name.lower())
    return re.sub("(left|right)$", lambda side: side[0][0], bare)


def matched(keys: Iterable[str], curves: Mapping[str, list[float]]) -> dict[str, str]:
    """Returns `{shape key: curve}`: the curve whose name the key has, or ends with."""
    known = {spelling(name): name for name in curves}
    found = {}
    for key in keys:
        bare = spelling(key)
        ending = max((name for name in known if bare.endswith(name)), key=len, default=None)
        if ending is not None:
            found[key] = known[ending]
    return found


def animate(shape_keys: Any, curves: Curves, fps: float, scene_fps: float) -> int:
    """Inserts keyframes; returns the number of shape keys that move. `shape_keys` is a mesh's `data.shape_keys`."""
    pairs = matched(shape_keys.key_blocks.keys(), curves)
    for key, name in pairs.items():
        block = shape_keys.key_blocks[key]
        for i, weight in enumerate(curves[name]):
            block.value = weight
            block.keyframe_insert("value", frame=FIRST_FRAME + i * scene_fps / fps)
    return len(pairs)


def main(arguments: list[str]) -> None:
    """Animates the selected meshes, or all if none is selected."""
    import bpy  # noqa: PLC0415 - only inside Blender

    scene = bpy.context.scene
    scene_fps = scene.render.fps / scene.render.fps_base
    path = Path(arguments[0] if arguments else FILE)
    curves, fps = read(path, FPS or scene_fps)
    chosen = [one for one in bpy.context.selected_objects if one.type == "MESH"] or list(bpy.data.objects)
    meshes = [one for one in chosen if one.type == "MESH" and one.data.shape_keys]
    moved = sum(animate(mesh.data.shape_keys, curves, fps, scene_fps) for mesh in meshes)
    frames = len(next(iter(curves.values())))
    scene.frame_end = max(scene.frame_end, int(FIRST_FRAME + frames * scene_fps / fps) + 1)
    print(f"{path.name}: {frames} frames on {moved} shape keys of {len(meshes)} meshes")
    if not moved:
        raise SystemExit("no shape key has a name of ARKit: select the face")


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else [])
