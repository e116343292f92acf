"""The arrays of the npz files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from a2f_server.arkit import NAMES
from a2f_server.arrays import AnyArray, Float32Array, Float64Array
from tools.fake_bundles import curves, point_clouds, poses
from tools.fake_bundles.configs import SHOTS
from tools.fake_bundles.sizes import MARKERS, Sizes

Arrays = dict[str, AnyArray]
GAINS = {"Claire": 0.95, "James": 1.0, "Mark": 1.05}
"""Range of movement of the identities; it differs so that tests can tell them apart."""
RIGS = {"Claire": b"v3.6", "James": b"v3.2", "Mark": b"v3.1"}
TEMPLATE = 53.4505028 / 53.18932296
"""Diagonal of the template that the strengths were tuned on, relative to the head's."""
UNIT = 3.0
"""Norm of a principal component."""


@dataclass(frozen=True)
class Head:
    """A face and the displacements of its curves, in cm. `skin` `[52, V, 3]` and `tongue` `[16, W, 3]` are deltas."""

    neutral: Float32Array
    neutral_tongue: Float32Array
    markers: Float32Array
    skin: Float32Array
    tongue: Float32Array
    moves: curves.Moves


def build(sizes: Sizes, gain: float = 1.0) -> Head:
    """Builds the head of an actor whose movements are `gain` times the usual ones."""
    points, tongue = point_clouds.head(sizes.skin), point_clouds.tongue(sizes.tongue)
    skin = (gain * poses.skin(points, tongue_out=sizes.kind == "regression")).astype(np.float32)
    tongues = (gain * poses.tongue(tongue)).astype(np.float32)
    markers = np.array([[x, 149.5 - abs(x) / 4, 11.0 - abs(x)] for x in np.linspace(-2, 2, MARKERS)], np.float32)
    moved = curves.moves(skin, tongues, markers)
    return Head(points.astype(np.float32), tongue.astype(np.float32), markers, skin, tongues, moved)


def shapes(sizes: Sizes, head: Head, actor: str) -> Arrays:
    """Returns `bs_skin*.npz`. Its neutral face differs a little from that of `model_data*.npz`, as NVIDIA's does."""
    points = head.neutral.astype(np.float64)
    settled = 0.9 * poses.bump(points, np.array([0.0, 171.0, 0.0]), 4.0)[:, None] * np.array([0.0, -1.0, 0.2])
    arrays: Arrays = {
        "poseNames": np.array(["neutral", *NAMES], "S19"),
        "neutral": (points + settled).astype(np.float32),
        **dict(zip(NAMES, head.skin, strict=True)),
        "frontalMask": point_clouds.frontal(points, sizes.mask),
    }
    return arrays if sizes.kind == "regression" else {**arrays, "rig_version": np.array(RIGS[actor])}


def tongue_shapes(sizes: Sizes, head: Head) -> Arrays:
    """`bs_tongue*.npz`."""
    arrays: Arrays = {
        "poseNames": np.array(["neutral", *poses.TONGUE_NAMES], "S15"),
        "neutral": head.neutral_tongue,
        **dict(zip(poses.TONGUE_NAMES, head.tongue, strict=True)),
    }
    return arrays if sizes.kind == "regression" else {**arrays, "rig_version": np.array(b"v1.0")}


def data(sizes: Sizes, head: Head, rng: np.random.Generator) -> Arrays:
    """`model_data*.npz`."""
    deltas = {
        "lip_open_pose_delta": head.skin[NAMES.index("mouthFunnel")] * np.float32(0.8),
        "eye_close_pose_delta": head.skin[NAMES.index("eyeBlinkLeft")] + head.skin[NAMES.index("eyeBlinkRight")],
        "saccade_rot_matrix": saccades(rng),
    }
    if sizes.kind == "diffusion":
        neutral = {"neutral_skin": head.neutral, "neutral_tongue": head.neutral_tongue, "neutral_jaw": head.markers}
        return {**neutral, **deltas}
    return {
        "shapes_matrix_skin": basis(head.moves.skin, head.skin, sizes.shapes, rng),
        "shapes_mean_skin": head.neutral,
        "shapes_matrix_tongue": basis(head.moves.tongue, head.tongue, sizes.tongue_shapes, rng),
        "shapes_mean_tongue": head.neutral_tongue,
        "neutral_jaw": head.markers,
        **deltas,
    }


def database(sizes: Sizes, rng: np.random.Generator) -> Arrays:
    """`implicit_emo_db.npz`."""
    counts = np.array([int(share * sizes.database) for _, share in SHOTS], np.int32)
    return {
        "emo_db": rng.standard_normal((int(counts.sum()), sizes.implicit), np.float32),
        "emo_spec_names": np.array([name for name, _ in SHOTS], "S32"),
        "emo_spec_start": (np.cumsum(counts) - counts).astype(np.int32),
        "emo_spec_size": counts,
    }


def basis(moves: Float32Array, poses_: Float32Array, count: int, rng: np.random.Generator) -> Any:
    """Returns orthogonal components `[count, V, 3]` of norm UNIT, for the curves, then the poses, then random ones."""
    flat = poses_.reshape(len(poses_), -1).astype(np.float64)
    first = _directions(moves.astype(np.float64), count)
    rest = _directions(flat - (flat @ first.T) @ first, count - len(first))
    found = np.concatenate([first, rest])
    chance = rng.standard_normal((count - len(found), found.shape[1]), np.float32) / np.sqrt(found.shape[1])
    out = UNIT * np.concatenate([found.astype(np.float32), chance], dtype=np.float32)
    return out.reshape(count, -1, 3)


def saccades(rng: np.random.Generator) -> Float32Array:
    """Returns saccades, `[5000, 2]` degrees at 30 rows per second."""
    rests = rng.integers(5, 40, 1000)
    looks = np.clip(1.16 * rng.standard_normal((1000, 2)), -3.75, 3.8)
    return np.repeat(looks, rests, axis=0)[:5000].astype(np.float32)


def diagonal(points: Float32Array) -> float:
    """Returns the diagonal of the points' bounding box, in cm."""
    return float(np.linalg.norm(points.max(0) - points.min(0)))


def _directions(rows: Float64Array, count: int) -> Float64Array:
    """Returns at most `count` orthonormal directions that span the rows, by falling singular value."""
    _, sizes, directions = np.linalg.svd(rows, full_matrices=False)
    out: Float64Array = directions[: min(count, int((sizes > 1e-4 * sizes[0]).sum()))]
    return out
