"""The 52 ARKit blendshapes: names, order, left/right pairs, and the orders of other systems.

The last axis of every array of weights is in the order of `NAMES`: Apple's, which Azure's facial expressions use as
well. Other systems order the same names differently, so conversions go by name, never by index.
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

INDEX: dict[str, int] = {name: i for i, name in enumerate(NAMES)}


def _swapped(name: str) -> str:
    if "Left" in name:
        return name.replace("Left", "Right")
    return name.replace("Right", "Left")


MIRROR: tuple[int, ...] = tuple(INDEX[_swapped(name)] for name in NAMES)
"""MIRROR[i] is the index of the same shape on the other side of the face, or i for a shape in the middle."""

LIVE_LINK: tuple[str, ...] = tuple(
    {"jawLeft": "jawRight", "jawRight": "jawLeft", "mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}.get(n, n)
    for n in NAMES
)
"""Column order of a Live Link Face CSV: like NAMES, but with jaw and mouth right before left."""


ALPHABETICAL: tuple[str, ...] = tuple(sorted(NAMES))
"""Column order of EmoTalk and wav2arkit."""


def pascal(name: str) -> str:
    """Converts `jawOpen` to `JawOpen`, the spelling of Live Link Face and NVIDIA."""
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
