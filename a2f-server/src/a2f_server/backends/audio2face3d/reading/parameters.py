"""`model_config*.json`: the animator's parameters, and what may be changed about them.

Ranges are those of the sliders in NVIDIA's Audio2Face-3D SDK (animator.h); a bundle's own file may go beyond them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from a2f_server.backends.audio2face3d.parts import Face, Kind
from a2f_server.backends.audio2face3d.reading.documents import Document

_SMOOTHING, _STRENGTH, _DEGREES, _SHIFT = (0.0, 0.1), (0.0, 2.0), (-10.0, 10.0), (-3.0, 3.0)
RANGES: dict[str, tuple[float, float]] = {
    "input_strength": _STRENGTH,
    "upper_face_smoothing": _SMOOTHING,
    "lower_face_smoothing": _SMOOTHING,
    "upper_face_strength": _STRENGTH,
    "lower_face_strength": _STRENGTH,
    "face_mask_level": (0.0, 1.0),
    "face_mask_softness": (0.001, 0.5),
    "skin_strength": _STRENGTH,
    "blink_strength": _STRENGTH,
    "eyelid_open_offset": (-1.0, 1.0),
    "lip_open_offset": (-0.2, 0.2),
    "lower_teeth_strength": _STRENGTH,
    "lower_teeth_height_offset": _SHIFT,
    "lower_teeth_depth_offset": _SHIFT,
    "tongue_strength": (0.0, 3.0),
    "tongue_height_offset": _SHIFT,
    "tongue_depth_offset": _SHIFT,
    "eyeballs_strength": _STRENGTH,
    "saccade_strength": _STRENGTH,
    "right_eye_rot_x_offset": _DEGREES,
    "right_eye_rot_y_offset": _DEGREES,
    "left_eye_rot_x_offset": _DEGREES,
    "left_eye_rot_y_offset": _DEGREES,
    "eye_saccade_seed": (0.0, 4999.0),
}
"""The least and the most that each parameter may be set to."""


def face(config: Document, kind: Kind, changes: Mapping[str, float]) -> Face:
    """The file's parameters with some of them changed. What the file leaves out keeps its default.

    Diffusion takes no notice of the file's `input_strength`: NVIDIA's SDK reads it and runs with 1.0
    (executor_diffusion_core.cpp). Whoever wants another one sets it. Raises ValueError.
    """
    values = {f.name: config.number(f.name) for f in fields(Face) if f.name in config}
    if values.get("face_mask_softness", 1.0) <= 0:
        raise config.fault("face_mask_softness", "more than 0")
    if kind == "diffusion":
        values.pop("input_strength", None)
    return replace(Face(**values), **{name: _allowed(name, value) for name, value in changes.items()})


def _allowed(name: str, value: float) -> float:
    if name not in RANGES:
        raise ValueError(f"there is no face parameter {name!r}; there are {', '.join(sorted(RANGES))}")
    least, most = RANGES[name]
    if not least <= value <= most:
        raise ValueError(f"the face parameter {name} is {value:g}; it takes {least:g} to {most:g}")
    return float(value)
