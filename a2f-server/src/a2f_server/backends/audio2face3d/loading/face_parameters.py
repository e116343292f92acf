"""Loads `model_config*.json`: the animator's parameters, and overrides of them.

The ranges are those of the sliders in NVIDIA's Audio2Face-3D SDK (animator.h); a bundle's own file may exceed them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from a2f_server.backends.audio2face3d.bundle import FaceParameters, NetworkKind
from a2f_server.backends.audio2face3d.loading.json_document import JsonDocument

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
"""Minimum and maximum of an override."""


def load(config: JsonDocument, kind: NetworkKind, changes: Mapping[str, float]) -> FaceParameters:
    """Returns the file's parameters with some overridden; parameters that are not in the file keep their defaults.

    A diffusion network ignores the file's `input_strength`, like NVIDIA's SDK, which reads it but runs with 1.0
    (executor_diffusion_core.cpp). Override it to use another one. Raises ValueError if a value is invalid.
    """
    values = {f.name: config.number(f.name) for f in fields(FaceParameters) if f.name in config}
    if values.get("face_mask_softness", 1.0) <= 0:
        raise config.fault("face_mask_softness", "more than 0")
    if kind == "diffusion":
        values.pop("input_strength", None)
    return replace(FaceParameters(**values), **{name: _allowed(name, value) for name, value in changes.items()})


def _allowed(name: str, value: float) -> float:
    if name not in RANGES:
        raise ValueError(f"there is no face parameter {name!r}; there are {', '.join(sorted(RANGES))}")
    least, most = RANGES[name]
    if not least <= value <= most:
        raise ValueError(f"the face parameter {name} is {value:g}; it takes {least:g} to {most:g}")
    return float(value)
