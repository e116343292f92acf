"""Finds the face at any position and rotation, and explains why a picture has no usable one."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from a2f_server.errors import NoFace
from a2f_server.portrait.faces import FaceFinder, yaw
from tests.support.pictures import noise, painting, side_by_side


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


def test_the_face_of_the_sample(finder: FaceFinder) -> None:
    face = finder.find(painting())
    assert face.others == 0
    assert face.warning is None
    assert 150 < face.width < 220
    assert -35 < yaw(face.landmarks) < -15


@pytest.mark.parametrize(
    "picture",
    [Image.new("RGB", (300, 300), "grey"), noise((300, 300)), painting().crop((200, 0, 512, 512))],
    ids=["grey", "noise", "half a face"],
)
def test_no_face(finder: FaceFinder, picture: Image.Image) -> None:
    with pytest.raises(NoFace, match=r"no face in this picture|only part"):
        finder.find(picture)


def test_a_small_face_in_a_large_picture(finder: FaceFinder) -> None:
    wide = Image.new("RGB", (1600, 1200), (60, 70, 80))
    wide.paste(painting().resize((220, 220)), (1300, 900))
    face = finder.find(wide)
    assert face.landmarks[:, 0].min() > 1300
    assert face.warning is not None
    assert "pixels wide" in face.warning


def test_a_face_that_is_too_small(finder: FaceFinder) -> None:
    small = Image.new("RGB", (128, 128), (60, 70, 80))
    small.paste(painting().resize((90, 90)), (20, 20))
    with pytest.raises(NoFace, match=r"only \d+ pixels wide; at least 40"):
        finder.find(small)


@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270])
def test_a_picture_on_its_side_is_turned_upright(finder: FaceFinder, turn: Image.Transpose) -> None:
    face = finder.find(painting().transpose(turn))
    assert np.abs(np.asarray(face.picture, float) - np.asarray(painting(), float)).mean() < 1
    assert face.landmarks[152, 1] > face.landmarks[10, 1] + 100


def test_a_tilted_face(finder: FaceFinder) -> None:
    face = finder.find(painting().rotate(25, fillcolor=(60, 50, 40)))
    across = face.landmarks[263] - face.landmarks[33]
    assert -35 < np.degrees(np.arctan2(across[1], across[0])) < -15


def test_the_largest_of_several_faces_or_the_chosen_one(finder: FaceFinder) -> None:
    both = side_by_side(painting().resize((360, 360)), painting())
    largest, other = finder.find(both), finder.find(both, 1)
    assert largest.others == other.others == 1
    assert largest.landmarks[:, 0].min() > 360 > other.landmarks[:, 0].max()
    assert largest.warning is not None
    assert "2 faces" in largest.warning
    with pytest.raises(NoFace, match="only 2 faces"):
        finder.find(both, 2)


@pytest.mark.parametrize("mode", ["grey", "dark", "mirrored"])
def test_other_pictures(finder: FaceFinder, mode: str) -> None:
    picture = {
        "grey": painting().convert("L").convert("RGB"),
        "dark": painting().point(lambda value: value * 0.4),
        "mirrored": painting().transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    }[mode]
    assert finder.find(picture).width > 150
