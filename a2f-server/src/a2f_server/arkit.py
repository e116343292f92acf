"""The 52 ARKit blendshapes: names, order, left/right pairs, and the orders of other systems.

Every array of weights in this project has its last axis in the order of `NAMES` (Apple's order, which
Azure's facial expression uses too). Other systems order the same names differently, so conversions go
by name, never by index.
"""

from __future__ import annotations

_EYE = ("Blink", "LookDown", "LookIn", "LookOut", "LookUp", "Squint", "Wide")


def _sided(stem: str) -> tuple[str, str]:
    return f"{stem}Left", f"{stem}Right"


NAMES: tuple[str, ...] = (
    *(f"eye{part}Left" for part in _EYE),
    *(f"eye{part}Right" for part in _EYE),
    "jawForward",
    "jawLeft",
    "jawRight",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    *_sided("mouthSmile"),
    *_sided("mouthFrown"),
    *_sided("mouthDimple"),
    *_sided("mouthStretch"),
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    *_sided("mouthPress"),
    *_sided("mouthLowerDown"),
    *_sided("mouthUpperUp"),
    *_sided("browDown"),
    "browInnerUp",
    *_sided("browOuterUp"),
    "cheekPuff",
    *_sided("cheekSquint"),
    *_sided("noseSneer"),
    "tongueOut",
)

COUNT = len(NAMES)
"""52."""

INDEX: dict[str, int] = {name: i for i, name in enumerate(NAMES)}


def _swapped(name: str) -> str:
    if "Left" in name:
        return name.replace("Left", "Right")
    return name.replace("Right", "Left")


MIRROR: tuple[int, ...] = tuple(INDEX[_swapped(name)] for name in NAMES)
"""MIRROR[i] is the index of the same shape on the other side of the face (itself when unsided)."""

LIVE_LINK: tuple[str, ...] = tuple(
    {"jawLeft": "jawRight", "jawRight": "jawLeft", "mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}.get(n, n)
    for n in NAMES
)
"""Column order of a Live Link Face CSV: as ours, with jaw and mouth right before left."""


def pascal(name: str) -> str:
    """`jawOpen` → `JawOpen`, as Live Link Face and NVIDIA write it."""
    return name[:1].upper() + name[1:]


EMOTIONS: tuple[str, ...] = (
    "amazement",
    "anger",
    "cheekiness",
    "disgust",
    "fear",
    "grief",
    "joy",
    "outofbreath",
    "pain",
    "sadness",
)
"""The ten explicit emotions, in the order of every emotion vector."""
