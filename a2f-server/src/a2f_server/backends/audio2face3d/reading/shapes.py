"""`bs_*.npz` and `bs_*_config.json`: the poses of skin or tongue, and how their weights are solved for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from a2f_server.arkit import NAMES
from a2f_server.backends.audio2face3d.parts import Part, Shapes, Solving
from a2f_server.backends.audio2face3d.reading.archives import Archive
from a2f_server.backends.audio2face3d.reading.documents import Document

NEUTRAL = "neutral"


def part(data: Path, config: Path, vertices: int) -> Part:
    """One part, whose mesh has so many vertices in the rest of the bundle, too. Raises ValueError."""
    with Archive(data) as archive:
        found = _shapes(archive, vertices)
    return Part(found, _solving(Document.read(config).section("blendshape_params"), len(found.names)))


def skin(data: Path, config: Path, vertices: int) -> Part:
    """The same for the skin, whose poses must be ARKit's."""
    found = part(data, config, vertices)
    strangers = [name for name in found.shapes.names if name not in NAMES]
    if strangers:
        raise ValueError(f"{data}: poseNames has {', '.join(strangers)}; expected names of ARKit's 52 shapes")
    return found


def _shapes(archive: Archive, vertices: int) -> Shapes:
    names = archive.texts("poseNames")
    if len(names) < 2 or names[0] != NEUTRAL or len(set(names)) < len(names):
        raise archive.fault("poseNames", f"is {', '.join(names)}", f"{NEUTRAL} and then poses, each of them once")
    neutral = archive.floats(NEUTRAL, vertices, 3)
    deltas = np.stack([archive.floats(name, vertices, 3) for name in names[1:]])
    return Shapes(names[1:], neutral, deltas, _mask(archive, vertices))


def _mask(archive: Archive, vertices: int) -> NDArray[np.int64] | None:
    if "frontalMask" not in archive:
        return None
    mask = archive.wholes("frontalMask", None)
    if not len(mask) or mask.min() < 0 or mask.max() >= vertices:
        found = f"goes from {mask.min()} to {mask.max()}" if len(mask) else "is empty"
        raise archive.fault("frontalMask", found, f"vertices from 0 to {vertices - 1}")
    return mask


def _solving(params: Document, poses: int) -> Solving:
    if (count := params.whole("numPoses", 1)) != poses:
        raise params.fault("numPoses", f"{poses}, as many as the poses of the npz file (found {count})")
    sizes = {"template_size": _template(params)} if "templateBBSize" in params else {}
    return Solving(
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


def _active(params: Document, poses: int) -> NDArray[np.bool_]:
    active = params.flags("bsSolveActivePoses", poses)
    if not active.any():
        raise params.fault("bsSolveActivePoses", "at least one 1: without an active pose nothing moves")
    return active


def _strength(params: Document, key: str) -> float:
    if (value := params.number(key)) < 0:
        raise params.fault(key, "0 or more")
    return value


def _template(params: Document) -> float:
    if (value := params.number("templateBBSize")) <= 0:
        raise params.fault("templateBBSize", "a length in centimetres, more than 0")
    return value
