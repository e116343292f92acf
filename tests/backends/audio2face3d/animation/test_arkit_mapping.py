from __future__ import annotations

import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.backends.audio2face3d.animation.arkit_mapping import ArkitMapping

AHEAD = np.zeros(4)


def test_weights_are_mapped_by_name() -> None:
    names = arkit.NAMES[::-1]
    solved = np.arange(52.0) / 64
    weights = ArkitMapping.of(names).weights(solved, AHEAD)
    assert weights.dtype == np.float32
    assert all(weights[arkit.INDEX[name]] == value for name, value in zip(names, solved, strict=True))


def test_missing_poses_stay_at_zero() -> None:
    weights = ArkitMapping.of(["jawOpen", "eyeBlinkLeft"]).weights(np.array([0.5, 0.25]), AHEAD)
    assert weights.sum() == 0.75
    assert weights[arkit.INDEX["jawOpen"]] == 0.5


def test_eyes_set_poses_that_are_not_solved_for() -> None:
    weights = ArkitMapping.of(arkit.NAMES).weights(np.zeros(52), np.array([-3.0, 6.0, -3.0, 6.0]))
    turned = {name: float(weights[i]) for i, name in enumerate(arkit.NAMES) if weights[i]}
    expected = {"eyeLookUpLeft": 0.1, "eyeLookUpRight": 0.1, "eyeLookOutLeft": 0.2, "eyeLookInRight": 0.2}
    assert turned == pytest.approx(expected)


def test_eyes_are_added_to_solved_poses() -> None:
    weights = ArkitMapping.of(["eyeLookDownLeft"]).weights(np.array([0.5]), np.array([0.0, 0.0, 7.5, 0.0]))
    assert weights[arkit.INDEX["eyeLookDownLeft"]] == 0.75


def test_nothing_is_clamped() -> None:
    weights = ArkitMapping.of(["jawOpen", "jawLeft"]).weights(np.array([1.5, -0.5]), AHEAD)
    assert (weights[arkit.INDEX["jawOpen"]], weights[arkit.INDEX["jawLeft"]]) == (1.5, -0.5)


def test_any_number_of_frames() -> None:
    chance = np.random.default_rng(0)
    face, solved, eyes = ArkitMapping.of(arkit.NAMES), chance.random((3, 5, 52)), chance.normal(0, 9, (3, 5, 4))
    weights = face.weights(solved, eyes)
    assert weights.shape == (3, 5, 52)
    assert np.array_equal(weights[2, 4], face.weights(solved[2, 4], eyes[2, 4]))


def test_an_unknown_pose_is_named_in_the_error() -> None:
    with pytest.raises(ValueError, match=r"not among ARKit's 52: EyeBlinkLeft, smirk"):
        ArkitMapping.of(["jawOpen", "smirk", "EyeBlinkLeft"])
    with pytest.raises(ValueError, match="two poses of one name"):
        ArkitMapping.of(["jawOpen", "jawOpen"])
