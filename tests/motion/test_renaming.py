"""Renaming: the shipped profiles with other names, and the same frames for any split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.motion import profiles
from a2f_server.motion.offset_names import OffsetNames
from a2f_server.motion.renaming import Renaming
from tests.motion.acting import column, faces, speaking, still

PROFILES = profiles.load()
THEIRS = ["KQ-default", "Ani-default", "HT-default", "FNN-default", "KL-default", "NXD-default"]


def renamed(
    face: np.ndarray, name: str = "mmd", offset: str | None = None, cuts: list[int] | None = None
) -> np.ndarray:
    renaming = PROFILES.renaming(name, 30, 7, OffsetNames(offset))
    assert renaming is not None
    ends = [*sorted(min(cut, len(face)) for cut in cuts or []), len(face)]
    parts = [renaming.apply(face[a:b], a) for a, b in zip([0, *ends], ends, strict=False)]
    return np.concatenate(parts)


def names(profile: str) -> tuple[str, ...]:
    renaming = PROFILES.renaming(profile, 30, 0)
    assert isinstance(renaming, Renaming)
    return renaming.names


@pytest.mark.parametrize("profile", ["default", "calm", "raw", "smooth", "dlp3d", None])
def test_most_profiles_keep_the_52_names(profile: str | None) -> None:
    assert PROFILES.renaming(profile, 30, 0) is None


@pytest.mark.parametrize("profile", ["mmd", *THEIRS])
def test_mmd_names(profile: str) -> None:
    assert {"あ", "い", "う", "え", "お", "ワ", "まばたき"} <= set(names(profile))
    assert len(set(names(profile))) == len(names(profile))


def test_unitalker_has_51_names() -> None:
    assert len(names("unitalker")) == 51
    assert set(names("unitalker")) == {arkit.pascal(name) for name in arkit.NAMES if name != "tongueOut"}
    assert names("unitalker")[45] == "MouthShrugUpper"
    face = np.clip(faces(9, 1), 0, 1)
    assert np.array_equal(renamed(face, "unitalker")[:, 18 + 1], column(face, "jawOpen"))


@settings(max_examples=50)
@given(
    st.integers(0, 10**6), st.sampled_from([None, "anger_1", "sadness_4"]), st.lists(st.integers(0, 300), max_size=20)
)
def test_splitting_frames_into_calls_changes_nothing(seed: int, offset: str | None, cuts: list[int]) -> None:
    face = np.clip(faces(300, seed), 0, 1)
    before = face.copy()
    made = renamed(face, "mmd", offset, cuts)
    assert np.array_equal(made, renamed(face, "mmd", offset))
    assert made.dtype == np.float32
    assert made.min() >= 0
    assert made.max() <= 1
    assert np.array_equal(face, before), "the frames given stay as they are"


def test_the_jaw_opens_mmds_mouth_and_lids_blink() -> None:
    at = {name: i for i, name in enumerate(names("mmd"))}
    made = renamed(speaking(10))
    assert made[:, at["あ"]].max() > 0.3
    assert made[:, at["まばたき"]].max() == 1
    closed = still(30)
    closed[:, arkit.INDEX["jawOpen"]] = 0.1
    assert renamed(closed)[:, at["あ"]].max() < 1e-6, "a jaw that is almost shut"


@pytest.mark.parametrize("emotion", ["anger", "disgust", "fear", "happiness", "sadness", "shyness", "surprise"])
@pytest.mark.parametrize("profile", ["mmd", "dlp3d"])
def test_their_emotions_at_four_levels(profile: str, emotion: str) -> None:
    def added(level: int) -> float:
        face, offsets = still(1), OffsetNames(f"{emotion}_{level}")
        for step in PROFILES.motion(profile, 30, 0, without={"gaze"}, offsets=offsets):
            face = step.process(face, 0, None)
        renaming = PROFILES.renaming(profile, 30, 0, offsets)
        return float((renaming.apply(face, 0) if renaming else face).sum())

    levels = [added(level) for level in (1, 2, 3, 4)]
    assert levels == sorted(levels)
    assert levels[3] == pytest.approx(4 * levels[0], rel=0.01)
    assert levels[0] > 0
    assert added(5) == 0
