"""The built-in head: the contents of the file, and that lips seal, lids close and teeth stay inside."""

from __future__ import annotations

import json
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from a2f_server.arkit import NAMES
from tests.tools.reading import File, Part, read
from tools.head import head
from tools.head.face import face_mesh, jaw, openings
from tools.head.face.skull import BALL, EYE
from tools.head.geometry.mesh import other_side
from tools.head.parts import teeth

PATH = Path(__file__).parents[2] / "web/avatar/head.glb"
MM = 100
"""Steps of the file."""
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
BOTH = ("Left", "Right")


@pytest.fixture(scope="module")
def built() -> File:
    return File(head.build())


@pytest.fixture(scope="module")
def file() -> File:
    return read(PATH)


@pytest.fixture(scope="module")
def skin(file: File) -> Part:
    return file.parts["Face"]


@pytest.fixture(scope="module")
def rest() -> face_mesh.FaceMesh:
    return face_mesh.build()


@pytest.fixture(scope="module")
def lips(rest: face_mesh.FaceMesh) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the vertices at the line of contact: the upper lip's, and the lower lip's below them."""
    ring = rest.grid.mouth[openings.CONTACT]
    half = len(ring) // 2
    return ring[1:half], ring[:half:-1]


def test_the_file_is_up_to_date(built: File, file: File) -> None:
    """Allows a difference of one step, because rounding may differ between processors."""
    for key in ("meshes", "nodes", "materials"):
        assert json.dumps(built.json[key]) == json.dumps(file.json[key])
    for name, part in file.parts.items():
        mine = built.parts[name]
        assert np.array_equal(mine.triangles, part.triangles), name
        assert np.abs(mine.at - part.at).max() <= 1, name
        for shape, moves in part.morphs.items():
            assert np.abs(mine.morphs[shape] - moves).max() <= 1, f"{name} {shape}"


def test_the_script_is_deterministic() -> None:
    assert head.build() == head.build()


def test_the_file_is_small_and_quantised(file: File) -> None:
    assert PATH.stat().st_size <= 1.5e6
    assert file.json["extensionsRequired"] == ["KHR_mesh_quantization"]
    assert all(accessor["componentType"] in {5120, 5122, 5123} for accessor in file.json["accessors"])
    assert sum(len(part.triangles) for part in file.parts.values()) <= 25000
    assert len(file.parts) <= 8


def test_the_rig_has_a_head_on_a_neck_on_a_body(file: File) -> None:
    nodes = file.json["nodes"]
    children = {node["name"]: {nodes[i]["name"] for i in node.get("children", [])} for node in nodes}
    assert children["Body"] >= {"Neck"}
    assert children["Neck"] >= {"Head"}
    assert children["Head"] >= {"Face", "Eyes", "Mouth", "Brows", "Hair"}


def test_each_shape_moves_something_that_is_seen(file: File) -> None:
    for name in NAMES:
        furthest = max(np.abs(p.morphs[name]).max() for p in file.parts.values() if name in p.morphs)
        assert 3 * MM <= furthest <= 80 * MM, name


def test_a_mesh_has_the_shapes_that_move_it_and_no_other(file: File) -> None:
    assert {shape for part in file.parts.values() for shape in part.morphs} == set(NAMES)
    for name, part in file.parts.items():
        assert all(moves.any() for moves in part.morphs.values()), name


@pytest.mark.parametrize("shape", NAMES)
def test_the_other_sides_shape_is_the_mirror_image(file: File, shape: str) -> None:
    """Checks that each vertex with its move has a mirror image."""
    for name, part in file.parts.items():
        if shape not in part.morphs:
            continue
        mine = np.concatenate([part.at, part.morphs[shape]], axis=1)
        theirs = np.concatenate([part.at, part.morphs[other_side(shape)]], axis=1) * [-1, 1, 1, -1, 1, 1]
        mine, theirs = (rows[rows[:, 3:].any(axis=1)] for rows in (mine, theirs))
        assert np.array_equal(np.unique(mine, axis=0), np.unique(theirs, axis=0)), f"{name} {shape}"


def test_left_is_the_characters_left(skin: Part) -> None:
    for shape in ("mouthLeft", "jawLeft", "mouthSmileLeft", "mouthStretchLeft"):
        assert skin.morphs[shape][:, 0].max() > 5 * MM, shape
    for shape in ("eyeBlinkLeft", "browDownLeft", "cheekSquintLeft", "noseSneerLeft"):
        moved = np.abs(skin.morphs[shape]).max(axis=1) > 2 * MM
        assert skin.at[moved, 0].min() > -8 * MM, shape


def sided(*stems: str) -> dict[str, float]:
    return {stem + side: 1.0 for stem in stems for side in BOTH}


CLOSED: list[dict[str, float]] = [
    {},
    *({"jawOpen": x, "mouthClose": x} for x in WEIGHTS[1:]),
    *(
        {name: x}
        for name in ("mouthRollLower", "mouthRollUpper", "mouthPucker", "jawForward", "jawLeft")
        for x in (0.5, 1)
    ),
    *({name: 1.0} for name in ("mouthShrugLower", "mouthShrugUpper", "cheekPuff", "mouthLeft")),
    *(sided(stem) for stem in ("mouthPress", "mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch", "noseSneer")),
    {"mouthRollLower": 1, "mouthRollUpper": 1, **sided("mouthPress")},
    {"jawOpen": 1, "mouthClose": 1, "mouthPucker": 1, **sided("mouthSmile")},
]


@pytest.mark.parametrize("weights", CLOSED, ids=lambda w: "+".join(w) or "rest")
def test_closed_lips_meet(
    skin: Part, lips: tuple[NDArray[np.int64], NDArray[np.int64]], weights: dict[str, float]
) -> None:
    at = skin.posed(weights)
    gap = np.abs(at[lips[0]] - at[lips[1]]).max()
    assert gap <= 0.1 * MM, f"{gap / MM:.2f} mm"


def test_an_open_jaw_opens_the_lips(skin: Part, lips: tuple[NDArray[np.int64], NDArray[np.int64]]) -> None:
    at = skin.posed({"jawOpen": 1})
    assert (at[lips[0]] - at[lips[1]])[:, 1].max() > 20 * MM


def lid_rings(rest: face_mesh.FaceMesh) -> NDArray[np.int64]:
    return rest.grid.eyes[0][openings.LID_START : openings.EDGE + 1]


def from_eye(skin: Part, rings: NDArray[np.int64], weights: dict[str, float]) -> NDArray[np.float64]:
    """Returns positions relative to the centre of the left eyeball, in eyeballs."""
    return (skin.posed(weights)[rings] / (100 * MM) - EYE) / BALL


LIDS = ("eyeBlinkLeft", "eyeSquintLeft", "eyeLookDownLeft", "eyeWideLeft")


@pytest.mark.parametrize(("blink", "other", "weight"), list(product(WEIGHTS, LIDS[1:], (0.0, 0.5, 1.0))))
def test_lids_stay_outside_the_eyeball(
    skin: Part, rest: face_mesh.FaceMesh, blink: float, other: str, weight: float
) -> None:
    at = from_eye(skin, lid_rings(rest), {"eyeBlinkLeft": blink, other: weight})
    assert np.sqrt((at**2).sum(axis=-1)).min() >= 1.0
    between = (at + np.roll(at, -1, axis=1)) / 2
    assert np.sqrt((between**2).sum(axis=-1)).min() >= 0.99


def edges(at: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns the edge of the upper lid, and that of the lower lid below it."""
    half = at.shape[1] // 2
    return at[-1, 1:half], at[-1, :half:-1]


def test_a_blink_closes_the_eye(skin: Part, rest: face_mesh.FaceMesh) -> None:
    rings = lid_rings(rest)
    upper, lower = edges(from_eye(skin, rings, {}))
    assert (upper - lower)[:, 1].max() > 0.6
    upper, lower = edges(from_eye(skin, rings, {"eyeBlinkLeft": 1}))
    pitch = [np.degrees(np.arctan2(e[:, 1], np.hypot(e[:, 0], e[:, 2]))) for e in (upper, lower)]
    assert np.abs(pitch[0] - pitch[1]).max() < 0.1


@pytest.mark.parametrize("other", ["eyeSquintLeft", "cheekSquintLeft", "eyeLookDownLeft"])
def test_a_lid_that_overshoots_slips_behind_the_other(skin: Part, rest: face_mesh.FaceMesh, other: str) -> None:
    upper, lower = edges(from_eye(skin, lid_rings(rest), {"eyeBlinkLeft": 1, other: 1}))
    inner = slice(4, -4)
    assert (np.linalg.norm(upper, axis=1) >= np.linalg.norm(lower, axis=1))[inner].all()


COMBINED: list[dict[str, float]] = [
    {},
    {"jawOpen": 1, "mouthClose": 1},
    {"jawOpen": 0.5, "mouthClose": 0.5},
    {"jawOpen": 1, **sided("mouthSmile")},
    {"mouthFunnel": 1, **sided("mouthSmile")},
    {"jawOpen": 1, "mouthPucker": 1},
    {"mouthRollLower": 1, **sided("mouthPress")},
    {"mouthRollLower": 1, "mouthRollUpper": 1},
    sided("mouthStretch", "mouthDimple"),
    sided("mouthLowerDown", "mouthUpperUp"),
]


@pytest.mark.parametrize("weights", COMBINED, ids=lambda w: "+".join(w) or "rest")
def test_teeth_stay_behind_the_lips(
    file: File, skin: Part, rest: face_mesh.FaceMesh, weights: dict[str, float]
) -> None:
    """Checks that no tooth or gum pokes through the lips, seen from the front."""
    at, inside = skin.posed(weights), file.parts["Mouth"].posed(weights)
    for outer, inner in pairwise(rest.grid.mouth[openings.BORDER : openings.CONTACT + 1]):
        for corners in (
            np.stack([outer, np.roll(outer, -1), inner]),
            np.stack([np.roll(outer, -1), np.roll(inner, -1), inner]),
        ):
            assert deepest(at[corners], inside) <= 0.2 * MM


def test_the_sides_of_the_lower_teeth_are_no_fangs() -> None:
    """With a slightly open jaw, no tooth at the sides stands higher than those in front."""
    lower = teeth.lower(np.array([0.0, -0.53, 0.7]))
    at = lower.at + jaw.moved(lower.at, "jawOpen", np.full(len(lower.at), 0.25))
    in_front = np.abs(at[:, 0]) < 0.5 * teeth.WIDE
    assert at[~in_front, 1].max() < at[in_front, 1].max()


def deepest(triangles: NDArray[np.float64], points: NDArray[np.float64]) -> float:
    """Returns how far any point `[n, 3]` is in front of the triangles `[3, t, 3]` that cover it from the front."""
    a, b, c = triangles[:, :, None]
    area = cross(b - a, c - a)
    with np.errstate(divide="ignore", invalid="ignore"):
        v, w = cross(points - a, c - a) / area, cross(b - a, points - a) / area
        depth = a[..., 2] + v * (b - a)[..., 2] + w * (c - a)[..., 2]
    covered = (area > 1) & (v >= 0) & (w >= 0) & (v + w <= 1)
    return float(np.where(covered, points[:, 2] - depth, -np.inf).max())


def cross(u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the z component of the cross product."""
    return np.asarray(u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0])
