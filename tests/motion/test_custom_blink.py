"""CustomBlink: recorded curves at random intervals, for any split into calls."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.motion.contract import Context
from a2f_server.motion.custom_blink import CustomBlink
from a2f_server.motion.offset_names import OffsetNames
from tests.motion.acting import NEUTRAL, acted, column, context, faces, still

CURVE = [0.25, 0.5, 1.0, 0.5]
BLINKS = {"default": {"eyeBlink": CURVE}, "sadness": {"eyeBlink": [0.125, 0.125], "browInnerUp": [0.75, 0.75]}}


def begins(lid: np.ndarray) -> np.ndarray:
    return np.flatnonzero((lid[1:] > 0) & (lid[:-1] == 0)) + 1


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("lower", "upper"), [(60, 120), (30, 90), (5, 6)])
def test_intervals_run_from_the_end_of_the_last_blink(seed: int, lower: int, upper: int) -> None:
    made = CustomBlink(context(seed=seed), BLINKS, lower, upper)
    lid = column(acted(made, still(30 * 200)), "eyeBlinkLeft")
    starts = begins(lid)
    pauses = np.diff([0, *starts]) - np.array([0] + [len(CURVE)] * (len(starts) - 1))
    assert pauses.min() >= lower
    assert pauses.max() < upper
    for start in starts[:-1]:
        assert np.array_equal(lid[start : start + 4], np.float32(CURVE)), "the curve itself at 30 fps"


def test_shapes_are_replaced_during_a_blink_only() -> None:
    face = faces(600, 1) + 2
    made = acted(CustomBlink(context(), BLINKS), face)
    changed = made != face
    assert set(np.flatnonzero(changed.any(axis=0))) == {arkit.INDEX["eyeBlinkLeft"], arkit.INDEX["eyeBlinkRight"]}
    assert changed.any(axis=1).sum() % 4 == 0
    assert set(made[changed].tolist()) <= set(CURVE)


@pytest.mark.parametrize(("name", "slow"), [("sadness", True), ("anger", False), (None, False)])
def test_the_offset_name_chooses_the_blink(name: str | None, slow: bool) -> None:
    made = acted(CustomBlink(context(offset_name=name), BLINKS), still(900))
    assert (column(made, "eyeBlinkLeft").max() == 0.125) == slow
    assert (column(made, "browInnerUp").max() == 0.75) == slow


@settings(max_examples=50)
@given(
    st.integers(10, 60),
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 600), max_size=30),
    st.integers(0, 600),
    st.integers(0, 4),
)
def test_splitting_frames_into_calls_changes_nothing(
    fps: int, seed: int, cuts: list[int], change: int, lower: int
) -> None:
    names = OffsetNames()
    names.set("sadness", change)
    face = faces(600, 1)

    def made(cuts: list[int]) -> np.ndarray:
        return acted(CustomBlink(Context(fps, seed, NEUTRAL, offsets=names), BLINKS, lower, lower + 30), face, cuts)

    assert np.array_equal(made(cuts), made([]))
    assert np.array_equal(made([*range(600)]), made([]))


@pytest.mark.parametrize("fps", [10, 24, 60])
def test_other_frame_rates_show_the_same_blinks(fps: int) -> None:
    wanted, got = (
        column(acted(CustomBlink(context(rate), BLINKS), still(60 * rate)), "eyeBlinkLeft") for rate in (30, fps)
    )
    times = np.arange(len(got)) / fps
    slack = np.maximum(
        np.interp(times - 1 / 30, np.arange(1800) / 30, wanted), np.interp(times, np.arange(1800) / 30, wanted)
    )
    assert (got <= slack + 0.51).all()
    if fps == 60:
        assert np.array_equal(got[::2], wanted)


def test_no_pause_between_blinks() -> None:
    lid = column(acted(CustomBlink(context(), BLINKS, 0, 1), still(12)), "eyeBlinkLeft")
    assert np.array_equal(lid, np.float32(CURVE * 3))


def test_a_recording_in_their_form(tmp_path: Path) -> None:
    path = tmp_path / "neutral.json"
    rows = [[value, value] for value in CURVE]
    names = ["EyeBlinkLeft", "EyeBlinkRight"]
    path.write_text(json.dumps({"blendshape_names": names, "blendshape_values": rows}), "utf-8")
    theirs, ours = CustomBlink(context(), {"default": str(path)}), CustomBlink(context(), BLINKS)
    assert np.array_equal(acted(theirs, still(600)), acted(ours, still(600)))


def test_unknown_shapes_are_noted_and_ignored() -> None:
    made = context()
    face = faces(600, 1)
    assert np.array_equal(acted(CustomBlink(made, {"default": {"ear": CURVE}}), face), face)
    assert made.unknown == {"ear"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"blinks": {"sadness": {"eyeBlink": CURVE}}},
        {"blinks": {"default": {}}},
        {"blinks": {"default": {"eyeBlink": []}}},
        {"blinks": {"default": {"eyeBlink": [float("nan")]}}},
        {"blinks": {"default": {"eyeBlink": [1.0], "jawOpen": [1.0, 1.0]}}},
        {"blinks": {"default": {"blendshape_names": ["eyeBlink"], "blendshape_values": [[1, 2]]}}},
        {"blinks": {"default": {"blendshape_names": ["eyeBlink"]}}},
        {"blinks": BLINKS, "blink_interval_lowerbound": -1},
        {"blinks": BLINKS, "blink_interval_lowerbound": 60, "blink_interval_upperbound": 60},
    ],
    ids=str,
)
def test_parameters_out_of_range(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="blink"):
        CustomBlink(context(), **wrong)  # type: ignore[arg-type]
