"""Context: columns by the names that people write. Every shipped profile keeps the contract of processors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.motion import profiles
from a2f_server.motion.contract import VoiceFollower
from a2f_server.motion.offset_names import OffsetNames
from tests.motion.acting import context, faces, heard
from tests.support.voices import spoken

PROFILES = profiles.load()
VOICE = heard(spoken(24, movement=4, tempo=4))
"""A voice that is long enough for 240 frames at 10 fps."""


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("jawOpen", ["jawOpen"]),
        ("JawOpen", ["jawOpen"]),
        ("mouthSmile", ["mouthSmileLeft", "mouthSmileRight"]),
        ("EyeBlink", ["eyeBlinkLeft", "eyeBlinkRight"]),
        ("jaw", ["jawLeft", "jawRight"]),
    ],
)
def test_columns(name: str, wanted: list[str]) -> None:
    made = context()
    assert [arkit.NAMES[i] for i in made.columns(name)] == wanted
    assert not made.unknown


def test_unknown_names_are_collected() -> None:
    made = context()
    assert made.columns("ear") == made.columns("") == []
    assert made.unknown == {"ear", ""}


def test_names_of_other_columns() -> None:
    made = context(names=("あ", "い", "browLeft"))
    assert made.columns("い") == [1]
    assert made.columns("brow") == [2]
    assert made.columns("jawOpen") == []


@settings(max_examples=60)
@given(
    st.sampled_from(PROFILES.names),
    st.integers(10, 60),
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 240), max_size=20),
    st.integers(0, 240),
)
def test_profiles_are_finite_reproducible_and_independent_of_the_split(
    name: str, fps: int, seed: int, cuts: list[int], change: int
) -> None:
    face = np.clip(faces(240, seed), 0, 1)
    offsets = OffsetNames("anger_2")
    offsets.set("sadness_4", change)

    def made(cuts: list[int]) -> np.ndarray:
        steps = PROFILES.motion(name, fps, seed, offsets=offsets)
        for step in steps:
            if isinstance(step, VoiceFollower):
                step.voice = VOICE
        renaming, parts = PROFILES.renaming(name, fps, seed, offsets), []
        ends = [*sorted(cuts), len(face)]
        for begin, end in zip([0, *ends], ends, strict=False):
            weights = face[begin:end].copy()
            for step in steps:
                weights = step.process(weights, begin, None)
            parts.append(renaming.apply(weights, begin) if renaming else weights)
        return np.concatenate(parts)

    whole = made([])
    assert np.isfinite(whole).all()
    assert np.array_equal(made(cuts), whole)
    assert np.array_equal(made([*range(240)]), whole)
