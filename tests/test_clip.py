"""Clips are sliced, joined, renamed, and written and read without loss."""

from __future__ import annotations

import csv
import io
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.clip import FULL, FaceClip, named, quantise, rounded, timecode
from a2f_server.errors import BadMessage

LIVE_LINK_FACE = (
    "Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft,EyeLookInLeft,EyeLookOutLeft,EyeLookUpLeft,EyeSquintLeft,"
    "EyeWideLeft,EyeBlinkRight,EyeLookDownRight,EyeLookInRight,EyeLookOutRight,EyeLookUpRight,EyeSquintRight,"
    "EyeWideRight,JawForward,JawRight,JawLeft,JawOpen,MouthClose,MouthFunnel,MouthPucker,MouthRight,MouthLeft,"
    "MouthSmileLeft,MouthSmileRight,MouthFrownLeft,MouthFrownRight,MouthDimpleLeft,MouthDimpleRight,MouthStretchLeft,"
    "MouthStretchRight,MouthRollLower,MouthRollUpper,MouthShrugLower,MouthShrugUpper,MouthPressLeft,MouthPressRight,"
    "MouthLowerDownLeft,MouthLowerDownRight,MouthUpperUpLeft,MouthUpperUpRight,BrowDownLeft,BrowDownRight,BrowInnerUp,"
    "BrowOuterUpLeft,BrowOuterUpRight,CheekPuff,CheekSquintLeft,CheekSquintRight,NoseSneerLeft,NoseSneerRight,"
    "TongueOut,HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll"
)
"""The first line of a file written by the app."""


def face(frames: int = 10, seed: int = 0, first: int = 0) -> FaceClip:
    values = np.random.default_rng(seed).integers(0, FULL + 1, (frames, 52)).astype(np.uint16)
    return FaceClip.from_u16(values, 30, first)


def test_slices_keep_their_times() -> None:
    clip = face(first=100)
    part = clip.slice(3, 7)
    assert (len(part), part.first, part.fps) == (4, 103, 30)
    assert np.array_equal(part.weights, clip.weights[3:7])
    assert len(clip.slice(8, 99)) == 2
    assert clip.slice(-2, 10).first == 108
    assert len(clip.slice(5, 5)) == 0


@given(st.lists(st.integers(0, 10), max_size=6))
def test_joined_slices_equal_the_clip(cuts: list[int]) -> None:
    clip, bounds = face(first=7), [0, *sorted(cuts), 10]
    joined = FaceClip.concat(clip.slice(a, b) for a, b in pairwise(bounds))
    assert np.array_equal(joined.weights, clip.weights)
    assert joined.first == 7


@pytest.mark.parametrize(
    "after",
    [
        face(first=11),
        face(first=9),
        FaceClip(face().weights, 60, first=10),
        FaceClip(face().weights, 30, arkit.LIVE_LINK, first=10),
    ],
    ids=["a gap", "an overlap", "another rate", "other names"],
)
def test_clips_with_gaps_are_not_joined(after: FaceClip) -> None:
    with pytest.raises(BadMessage, match="follow one another"):
        FaceClip.concat([face(), after])


def test_joining_no_clips_is_an_error() -> None:
    with pytest.raises(BadMessage, match="at least one"):
        FaceClip.concat([])


def test_weights_must_fit_the_names() -> None:
    for shape in ((3, 51), (52,), (1, 3, 52)):
        with pytest.raises(BadMessage, match="52 shapes"):
            FaceClip(np.zeros(shape, np.float32), 30)


def test_duration() -> None:
    assert face(45).duration == 1.5


def test_renamed_columns_come_from_their_sources() -> None:
    clip = face(first=4)
    own = clip.rename({"A": "jawOpen", "B": None, "C": "eyeBlinkLeft", "D": "no such shape"})
    assert own.names == ("A", "B", "C", "D")
    assert own.first == 4
    assert np.array_equal(own.weights[:, 0], clip.weights[:, arkit.INDEX["jawOpen"]])
    assert np.array_equal(own.weights[:, 2], clip.weights[:, 0])
    assert not own.weights[:, [1, 3]].any()


def test_renaming_round_trips() -> None:
    clip = face()
    back = clip.rename({n: n for n in arkit.LIVE_LINK}).rename({n: n for n in arkit.NAMES})
    assert np.array_equal(back.weights, clip.weights)


def test_csv_has_the_columns_of_live_link_face() -> None:
    header, *rows = csv.reader(io.StringIO(face(3, first=31).to_csv()))
    assert header == LIVE_LINK_FACE.split(",")
    assert len(header) == 61 + 2
    assert [row[:2] for row in rows] == [[f"00:00:01:0{k}.000", "61"] for k in (1, 2, 3)]
    assert {cell for row in rows for cell in row[-9:]} == {"0.0000000000"}


def test_csv_puts_each_weight_under_its_name() -> None:
    clip = face(2)
    row = list(csv.DictReader(io.StringIO(clip.to_csv())))[1]
    for name, i in arkit.INDEX.items():
        assert float(row[arkit.pascal(name)]) == pytest.approx(clip.weights[1, i], abs=1e-9)


def test_csv_round_trips() -> None:
    clip = face()
    back = FaceClip.from_csv(clip.to_csv(), 30)
    assert np.array_equal(quantise(back.weights), quantise(clip.weights))
    assert np.allclose(back.weights, clip.weights, rtol=0, atol=1e-7)


@pytest.mark.parametrize("spelling", ["BlendShapeCount", "BlendshapeCount"])
def test_either_spelling_of_the_count_is_read(spelling: str) -> None:
    """The app writes the first one; earlier versions of ours the second."""
    clip = face()
    text = clip.to_csv().replace("BlendShapeCount", spelling)
    assert np.array_equal(quantise(FaceClip.from_csv(text, 30).weights), quantise(clip.weights))


def test_nvidias_csv_is_read() -> None:
    text = "timeCode,blendShapes.EyeBlinkLeft,blendShapes.JawOpen,blendShapes.Unknown\n0.0,0.25,0.5,9\n0.033,0.75,1,9\n"
    clip = FaceClip.from_csv(text, 30)
    assert clip.weights[:, 0].tolist() == [0.25, 0.75]
    assert clip.weights[:, arkit.INDEX["jawOpen"]].tolist() == [0.5, 1]
    assert clip.weights.sum() == 2.5, "shapes that the file lacks are zero"


def test_a_csv_in_arkits_spelling_is_read() -> None:
    assert FaceClip.from_csv("jawOpen,tongueOut\n1,0\n", 25).weights[0, arkit.INDEX["jawOpen"]] == 1


@pytest.mark.parametrize("text", ["", "jawOpen\n", "a,b\n1,2\n"], ids=["empty", "a header alone", "other columns"])
def test_a_csv_without_shapes_is_refused(text: str) -> None:
    with pytest.raises(BadMessage, match="no column"):
        FaceClip.from_csv(text, 30)


@pytest.mark.parametrize("text", ["jawOpen\nwide\n", "jawOpen,tongueOut\n1\n"], ids=["a word", "a missing cell"])
def test_a_csv_cell_that_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(BadMessage, match="not a number"):
        FaceClip.from_csv(text, 30)


def test_npz_round_trips() -> None:
    clip, file = face(first=12).rename({"x": "jawOpen", "y": "tongueOut"}), io.BytesIO()
    clip.save(file)
    file.seek(0)
    back = FaceClip.load(file)
    assert (back.names, back.fps, back.first) == (("x", "y"), 30, 12)
    assert back.weights.dtype == np.float32
    assert np.array_equal(back.weights, clip.weights)


def test_npz_files_with_pickles_are_refused() -> None:
    file, bad = io.BytesIO(), io.BytesIO()
    face().save(file)
    with np.load(io.BytesIO(file.getvalue()), allow_pickle=False) as data:
        assert sorted(data) == ["first", "fps", "names", "weights"]
    np.savez(bad, names=np.array(["a"], object), weights=np.zeros((1, 1)), fps=30, first=0)
    with pytest.raises(ValueError, match="allow_pickle"):
        FaceClip.load(io.BytesIO(bad.getvalue()))


@pytest.mark.parametrize(
    ("frame", "fps", "text"),
    [
        (0, 30, "00:00:00:00.000"),
        (29, 30, "00:00:00:29.000"),
        (30, 30, "00:00:01:00.000"),
        (59, 60, "00:00:00:59.000"),
        (30 * 3599 + 29, 30, "00:59:59:29.000"),
        (30 * 3661, 30, "01:01:01:00.000"),
    ],
)
def test_timecode(frame: int, fps: int, text: str) -> None:
    assert timecode(frame, fps) == text


def test_halves_round_to_even() -> None:
    halves = np.array([0.5, 1.5, 2.5, 32766.5, 32767.5], np.float32)
    scaled = (halves / np.float32(FULL)).astype(np.float32)
    exact = scaled * np.float32(FULL) == halves
    assert exact.any(), "some halves survive the division"
    assert np.array_equal(quantise(scaled)[exact], np.array([0, 2, 2, 32766, 32768])[exact])


def test_the_ends_of_the_range() -> None:
    assert quantise(np.array([0, 1], np.float32)).tolist() == [0, FULL]


def test_every_u16_value_survives() -> None:
    values = np.arange(52 * 1261, dtype=np.uint32).clip(max=FULL).astype(np.uint16).reshape(-1, 52)
    clip = FaceClip.from_u16(values, 30)
    assert clip.weights.dtype == np.float32
    assert np.array_equal(quantise(clip.weights), values)


def test_json_has_four_decimals() -> None:
    clip = face(2)
    answer = clip.to_json()
    assert answer["fps"] == 30
    assert answer["blendshapes"] == list(arkit.NAMES)
    assert answer["weights"] == rounded(clip.weights) == [[round(w, 4) for w in row] for row in clip.weights.tolist()]


def test_json_has_the_decimals_nearest_to_the_u16_values() -> None:
    every = np.arange(FULL + 1).astype(np.uint16)
    rows = np.concatenate([every, np.zeros(-len(every) % 52, np.uint16)]).reshape(-1, 52)
    written = np.array(rounded(FaceClip.from_u16(rows, 30).weights)).ravel()[: len(every)]
    wanted = np.array([round(int(value) / FULL, 4) for value in every])
    assert every[written != wanted].tolist() == []


def test_named_frames() -> None:
    assert named(["a", "b"], [0.5, 1.0]) == {"a": 0.5, "b": 1.0}
    with pytest.raises(ValueError, match="zip"):
        named(["a"], [1.0, 2.0])
