"""The arrays of the npz files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from a2f_server.arkit import NAMES
from tools.bundles import acting, cloud, poses
from tools.bundles.configs import SHOTS
from tools.bundles.sizes import MARKERS, Sizes

Arrays = dict[str, NDArray[Any]]
GAINS = {"Claire": 0.95, "James": 1.0, "Mark": 1.05}
"""How far the faces of the identities move, so that one is not taken for another."""
RIGS = {"Claire": b"v3.6", "James": b"v3.2", "Mark": b"v3.1"}
TEMPLATE = 53.4505028 / 53.18932296
"""The diagonal that the strengths were tuned on, in diagonals of the head."""
UNIT = 3.0
"""Length of a principal component."""


@dataclass(frozen=True)
class Head:
    """A face and what its curves move, cm. `skin` `[52, V, 3]` and `tongue` `[16, W, 3]` from neutral."""

    neutral: NDArray[np.float32]
    neutral_tongue: NDArray[np.float32]
    markers: NDArray[np.float32]
    skin: NDArray[np.float32]
    tongue: NDArray[np.float32]
    moves: acting.Moves


def build(sizes: Sizes, gain: float = 1.0) -> Head:
    """The head of an actor who moves `gain` times as far as usual."""
    points, tongue = cloud.head(sizes.skin), cloud.tongue(sizes.tongue)
    skin = (gain * poses.skin(points, tongue_out=sizes.kind == "regression")).astype(np.float32)
    tongues = (gain * poses.tongue(tongue)).astype(np.float32)
    markers = np.array([[x, 149.5 - abs(x) / 4, 11.0 - abs(x)] for x in np.linspace(-2, 2, MARKERS)], np.float32)
    moved = acting.moves(skin, tongues, markers)
    return Head(points.astype(np.float32), tongue.astype(np.float32), markers, skin, tongues, moved)


def shapes(sizes: Sizes, head: Head, actor: str) -> Arrays:
    """`bs_skin*.npz`. Its neutral face is not quite that of the model's data."""
    points = head.neutral.astype(np.float64)
    settled = 0.9 * poses.bump(points, np.array([0.0, 171.0, 0.0]), 4.0)[:, None] * np.array([0.0, -1.0, 0.2])
    arrays: Arrays = {
        "poseNames": np.array(["neutral", *NAMES], "S19"),
        "neutral": (points + settled).astype(np.float32),
        **dict(zip(NAMES, head.skin, strict=True)),
        "frontalMask": cloud.frontal(points, sizes.mask),
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


def basis(moves: NDArray[np.float32], poses_: NDArray[np.float32], count: int, rng: np.random.Generator) -> Any:
    """`[count, V, 3]` at right angles, UNIT long: first what the curves need, then what the poses add, then chance."""
    flat = poses_.reshape(len(poses_), -1).astype(np.float64)
    first = _directions(moves.astype(np.float64), count)
    rest = _directions(flat - (flat @ first.T) @ first, count - len(first))
    found = np.concatenate([first, rest])
    chance = rng.standard_normal((count - len(found), found.shape[1]), np.float32) / np.sqrt(found.shape[1])
    out = UNIT * np.concatenate([found.astype(np.float32), chance], dtype=np.float32)
    return out.reshape(count, -1, 3)


def saccades(rng: np.random.Generator) -> NDArray[np.float32]:
    """`[5000, 2]` degrees at 30 rows a second: the eyes rest, and jump."""
    rests = rng.integers(5, 40, 1000)
    looks = np.clip(1.16 * rng.standard_normal((1000, 2)), -3.75, 3.8)
    return np.repeat(looks, rests, axis=0)[:5000].astype(np.float32)


def diagonal(points: NDArray[np.float32]) -> float:
    """Of the box around points, cm."""
    return float(np.linalg.norm(points.max(0) - points.min(0)))


def _directions(rows: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """At most `count` directions at right angles that the rows are made of, the widest first."""
    _, sizes, directions = np.linalg.svd(rows, full_matrices=False)
    out: NDArray[np.float64] = directions[: min(count, int((sizes > 1e-4 * sizes[0]).sum()))]
    return out
