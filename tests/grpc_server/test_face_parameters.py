"""Face parameters act on the shapes that they are named after, however frames are split."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.grpc_server.face_parameters import RANGES, FaceMotion

FRAMES = np.random.default_rng(1).uniform(0, 0.4, (20, arkit.COUNT)).astype(np.float32)


def changed(name: str, value: float) -> set[str]:
    out = FaceMotion({name: value}, 30).process(FRAMES.copy())
    return {arkit.NAMES[i] for i in np.flatnonzero(np.abs(out - FRAMES).max(axis=0) > 1e-6)}


def test_without_parameters_nothing_changes() -> None:
    assert FaceMotion({}, 30).process(FRAMES) is FRAMES


@pytest.mark.parametrize("name", RANGES)
def test_neutral_values_change_nothing(name: str) -> None:
    assert changed(name, float(name.endswith("Strength"))) == set()


@pytest.mark.parametrize(
    ("name", "value", "some", "none"),
    [
        ("upperFaceStrength", 0.5, "browInnerUp", "jawOpen"),
        ("lowerFaceStrength", 0.5, "jawOpen", "browInnerUp"),
        ("skinStrength", 0.5, "eyeBlinkLeft", "eyeLookUpLeft"),
        ("blinkStrength", 2.0, "eyeBlinkRight", "eyeWideLeft"),
        ("tongueStrength", 3.0, "tongueOut", "jawOpen"),
        ("upperFaceSmoothing", 0.1, "browInnerUp", "jawOpen"),
        ("lowerFaceSmoothing", 0.1, "jawOpen", "browInnerUp"),
        ("eyelidOpenOffset", 0.5, "eyeWideLeft", "jawOpen"),
        ("lipOpenOffset", 0.2, "mouthUpperUpLeft", "jawOpen"),
        ("blinkOffset", 0.3, "eyeBlinkLeft", "eyeWideLeft"),
    ],
)
def test_each_acts_on_its_shapes(name: str, value: float, some: str, none: str) -> None:
    found = changed(name, value)
    assert some in found
    assert none not in found


def test_splitting_changes_no_bit() -> None:
    parameters = {name: most for name, (_, most) in RANGES.items()}
    whole = FaceMotion(parameters, 30).process(FRAMES.copy())
    motion = FaceMotion(parameters, 30)
    parts = [motion.process(FRAMES[i : i + 3].copy()) for i in range(0, len(FRAMES), 3)]
    assert np.array_equal(whole, np.concatenate(parts))
    assert whole.min() >= 0
    assert whole.max() <= 1
