"""The colour of the skin, and whether a picture is grey."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.portrait.light import Light, light
from a2f_server.portrait.portrait import PortraitMaker
from tests.support.pictures import painting


def test_a_painting_is_colorful_and_its_grey_copy_is_not(maker: PortraitMaker) -> None:
    landmarks = maker.finder.find(painting()).landmarks
    found = light(painting(), landmarks)
    assert found.colorful == 1
    assert found.skin[0] > found.skin[1] > found.skin[2] > 0.2
    grey = light(painting().convert("L").convert("RGB"), landmarks)
    assert grey.colorful == 0
    assert np.ptp(grey.skin) == 0


def test_factors_are_nearer_to_one_in_a_grey_picture() -> None:
    factors = np.array([0.5, 1.0, 1.5])
    assert Light(np.ones(3), 0.0).tinted(factors).tolist() == [1, 1, 1]
    assert Light(np.ones(3), 0.5).tinted(factors).tolist() == pytest.approx([0.75, 1, 1.25])


def test_a_face_at_the_border(maker: PortraitMaker) -> None:
    landmarks = maker.finder.find(painting()).landmarks - [400, 400, 0]
    assert light(painting(), landmarks).skin.shape == (3,)
