"""Loads `bs_*.npz` and `bs_*_config.json`: the blendshapes of skin or tongue, and the solver's parameters for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from a2f_server.arkit import NAMES
from a2f_server.arrays import BoolArray, Int64Array
from a2f_server.backends.audio2face3d.bundle import BlendshapeSet, FacePart, SolverConfig
from a2f_server.backends.audio2face3d.loading.json_document import JsonDocument
from a2f_server.backends.audio2face3d.loading.npz_archive import NpzArchive

NEUTRAL = "neutral"


def part(data: Path, config: Path, vertices: int) -> FacePart:
    """Loads one part. Raises ValueError if it is invalid, or its mesh does not have `vertices` vertices."""
    with NpzArchive(data) as archive:
        found = _shapes(archive, vertices)
    return FacePart(found, _solving(JsonDocument.read(config).section("blendshape_params"), len(found.names)))


def skin(data: Path, config: Path, vertices: int) -> FacePart:
    """Loads the skin. Raises ValueError if it is invalid, or its poses are not named like ARKit's shapes."""
    found = part(data, config, vertices)
    strangers = [name for name in found.shapes.names if name not in NAMES]
    if strangers:
        raise ValueError(f"{data}: poseNames has {', '.join(strangers)}; expected names of ARKit's 52 shapes")
    return found


def _shapes(archive: NpzArchive, vertices: int) -> BlendshapeSet:
    names = archive.texts("poseNames")
    if len(names) < 2 or names[0] != NEUTRAL or len(set(names)) < len(names):
        raise archive.fault("poseNames", f"is {', '.join(names)}", f"{NEUTRAL} and then poses, each of them once")
    neutral = archive.floats(NEUTRAL, vertices, 3)
    deltas = np.stack([archive.floats(name, vertices, 3) for name in names[1:]])
    return BlendshapeSet(names[1:], neutral, deltas, _mask(archive, vertices))


def _mask(archive: NpzArchive, vertices: int) -> Int64Array | None:
    if "frontalMask" not in archive:
        return None
    mask = archive.wholes("frontalMask", None)
    if not len(mask) or mask.min() < 0 or mask.max() >= vertices:
        found = f"goes from {mask.min()} to {mask.max()}" if len(mask) else "is empty"
        raise archive.fault("frontalMask", found, f"vertices from 0 to {vertices - 1}")
    return mask


def _solving(params: JsonDocument, poses: int) -> SolverConfig:
    if (count := params.whole("numPoses", 1)) != poses:
        raise params.fault("numPoses", f"{poses}, as many as the poses of the npz file (found {count})")
    sizes = {"template_size": _template(params)} if "templateBBSize" in params else {}
    return SolverConfig(
        l1=_strength(params, "strengthL1regularization"),
        l2=_strength(params, "strengthL2regularization"),
        temporal=_strength(params, "strengthTemporalSmoothing"),
        symmetry=_strength(params, "strengthSymmetry"),
        active=_active(params, poses),
        cancel=params.wholes("bsSolveCancelPoses", poses),
        mirror=params.wholes("bsSolveSymmetryPoses", poses),
        multipliers=params.numbers("bsWeightMultipliers", poses),
        offsets=params.numbers("bsWeightOffsets", poses),
        **sizes,
    )


def _active(params: JsonDocument, poses: int) -> BoolArray:
    active = params.flags("bsSolveActivePoses", poses)
    if not active.any():
        raise params.fault("bsSolveActivePoses", "at least one 1: without an active pose nothing moves")
    return active


def _strength(params: JsonDocument, key: str) -> float:
    if (value := params.number(key)) < 0:
        raise params.fault(key, "0 or more")
    return value


def _template(params: JsonDocument) -> float:
    if (value := params.number("templateBBSize")) <= 0:
        raise params.fault("templateBBSize", "a length in centimetres, more than 0")
    return value
