"""Quality of the mesh: lips seal, lids close, nothing folds over, and the background stands still."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from a2f_server.arkit import NAMES
from a2f_server.portrait import layout
from a2f_server.portrait.mouth_shapes import ACROSS_COLUMN
from a2f_server.portrait.part import MeshPart
from a2f_server.portrait.portrait import PortraitMaker
from tests.support.pictures import painting

CLOSURES: list[dict[str, float]] = [
    {},
    {"jawOpen": 1, "mouthClose": 1},
    {"jawOpen": 0.4, "mouthClose": 0.4, "mouthPressLeft": 0.5, "mouthPressRight": 0.5},
    {"mouthPressLeft": 1, "mouthPressRight": 1},
    {"mouthPucker": 1},
    {"mouthRollLower": 1},
    {"mouthRollUpper": 1},
    {"mouthRollLower": 0.6, "mouthRollUpper": 0.6},
    {"mouthShrugLower": 1},
    {"mouthSmileLeft": 1, "mouthSmileRight": 1},
    {"mouthFrownLeft": 1, "mouthFrownRight": 1},
    {"mouthDimpleLeft": 1, "mouthStretchRight": 1},
    {"jawForward": 1},
    {"jawLeft": 1},
    {"mouthLeft": 1, "cheekPuff": 1},
]
SPEECH: list[dict[str, float]] = [
    {"jawOpen": 0.6, "mouthLowerDownLeft": 0.3, "mouthLowerDownRight": 0.3, "mouthStretchLeft": 0.2},
    {"jawOpen": 0.2, "mouthPucker": 0.75, "mouthFunnel": 0.4},
    {"jawOpen": 0.15, "mouthClose": 0.15, "mouthPressLeft": 0.5, "mouthPressRight": 0.5, "mouthRollLower": 0.3},
    {"jawOpen": 0.1, "mouthRollLower": 0.6, "mouthUpperUpLeft": 0.3, "mouthUpperUpRight": 0.3},
    {"jawOpen": 0.2, "mouthSmileLeft": 0.5, "mouthSmileRight": 0.5, "mouthStretchLeft": 0.3},
]


def gaping() -> Image.Image:
    """Returns the sample with an open mouth: an ellipse with teeth."""
    picture = painting()
    drawing = ImageDraw.Draw(picture)
    drawing.ellipse((196, 268, 240, 300), fill=(60, 15, 15))
    drawing.ellipse((200, 270, 236, 282), fill=(225, 215, 200))
    return picture


@pytest.fixture(scope="module", params=["closed", "open", "mirrored"])
def face(request: pytest.FixtureRequest, maker: PortraitMaker) -> MeshPart:
    picture = {
        "closed": painting,
        "open": gaping,
        "mirrored": lambda: painting().transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    }[request.param]()
    found = maker.finder.find(picture)
    return maker.parts(maker.sitter(picture, found.landmarks))[0]["Face"]


def posed(part: MeshPart, weights: Mapping[str, float]) -> NDArray[np.float64]:
    at = part.at.copy()
    for name, weight in weights.items():
        at += weight * part.moves.get(name, np.zeros_like(at))
    return at


def area(at: NDArray[np.float64], triangles: NDArray[np.int64]) -> NDArray[np.float64]:
    a, b, c = (at[triangles[:, corner], :2] for corner in range(3))
    twice = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return np.asarray(twice / 2)


@pytest.mark.parametrize("weights", CLOSURES, ids=lambda weights: "+".join(weights) or "rest")
def test_lips_seal(face: MeshPart, weights: dict[str, float]) -> None:
    at = posed(face, weights)
    line = at[layout.RED[-1]]
    width = np.ptp(face.at[layout.RED[0], 0])
    assert np.linalg.norm(line - line[ACROSS_COLUMN], axis=1).max() < 0.005 * width


def test_the_jaw_opens_the_lips(face: MeshPart) -> None:
    line = posed(face, {"jawOpen": 1})[layout.RED[-1]]
    assert (line - line[ACROSS_COLUMN])[16, 1] > 0.12
    assert np.abs((line - line[ACROSS_COLUMN])[0, 1]) < 1e-9


@pytest.mark.parametrize("side", ["Left", "Right"])
@pytest.mark.parametrize("more", [{}, {"eyeLookDown": 0.6}, {"eyeSquint": 0.7}], ids=["alone", "down", "squint"])
def test_a_blink_covers_the_eye(face: MeshPart, side: str, more: dict[str, float]) -> None:
    weights = {f"eyeBlink{side}": 1.0} | {f"{name}{side}": value for name, value in more.items()}
    edge = posed(face, weights)[layout.LIDS[side][0]]
    gap = edge[1:16, 1] - edge[:16:-1, 1]
    assert gap.max() <= 1e-9
    assert edge[1:16, 2].min() > edge[:16:-1, 2].min()


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_half_a_blink_covers_half_of_the_eye(face: MeshPart, side: str) -> None:
    rings = layout.LIDS[side]
    heights = [np.subtract(*posed(face, {f"eyeBlink{side}": w})[rings[0, [8, 24]], 1]) for w in (0, 0.5, 1)]
    assert heights[1] / heights[0] == pytest.approx(0.47, abs=0.05)


def test_nothing_folds_over(face: MeshPart) -> None:
    """Checks skin on the near half of the face, without the neck and the underside of the chin, which may be hidden."""
    far = np.sign(face.at[layout.OVAL[[16, 56]]].mean(axis=0)[0] - face.at[layout.RED[-1, 16], 0])
    middle = face.at[face.triangles].mean(axis=1)
    near = (middle[:, 0] - face.at[layout.RED[-1, 16], 0]) * far > 0
    skin = np.isin(face.triangles, np.concatenate([np.arange(layout.SKIN_START, len(face.at)), layout.OVAL]))
    above = middle[:, 1] > face.at[layout.OVAL, 1].min() + 0.12
    triangles = face.triangles[skin.all(axis=1) & near & above]
    assert len(triangles) > 450
    assert area(face.at, triangles).min() > 0
    for weights in [*({name: 1.0} for name in NAMES), *SPEECH]:
        assert area(posed(face, weights), triangles).min() > -2e-5, weights


def test_the_background_stands_still(face: MeshPart) -> None:
    rim = layout.AROUND[-1]
    assert not face.head[rim].any()
    for name, moves in face.moves.items():
        assert np.abs(moves[rim]).max() < 1e-9, name
        assert np.abs(moves[layout.AROUND[4:]]).max() < 0.02, name


def test_the_whole_face_follows_the_head(face: MeshPart) -> None:
    assert face.head[layout.SKIN_START :].min() > 0.99
    assert face.head[layout.RED].min() == face.head[layout.BACK].min() == 1


def test_each_shape_moves_something_visible(face: MeshPart) -> None:
    for name in NAMES:
        if name.startswith("eyeLookIn") or name.startswith("eyeLookOut"):
            continue
        assert np.abs(face.moves[name]).max() > 0.008, name


def test_shapes_of_one_side_leave_the_other_one_alone(face: MeshPart) -> None:
    middle = face.at[layout.RED[-1, 16], 0]
    for name in NAMES:
        if name.startswith(("eyeBlink", "eyeWide", "eyeSquint", "cheekSquint", "browDown", "browOuter")):
            moved = np.abs(face.moves[name]).max(axis=1) > 0.02
            sides = np.sign(face.at[moved, 0] - middle)
            assert (sides == (1 if name.endswith("Left") else -1)).mean() > 0.85, name


def test_eyes_turn_under_the_lids(maker: PortraitMaker) -> None:
    found = maker.finder.find(painting())
    eyes = maker.parts(maker.sitter(painting(), found.landmarks))[0]["Eyes"]
    for name in NAMES:
        if name.startswith("eyeLook"):
            assert 0.02 < np.abs(eyes.moves[name]).max() < 0.12, name
    assert eyes.moves["eyeLookOutLeft"][:, 0].max() > 0 > eyes.moves["eyeLookInLeft"][:, 0].min()
    assert eyes.moves["eyeLookUpRight"][:, 1].max() > 0
