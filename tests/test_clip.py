"""Clips are sliced, joined, renamed, and written and read without loss."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.clip import FULL, FaceClip, named, quantise, rounded
from a2f_server.errors import BadMessage
from a2f_server.timecode import NTSC, StartTimecode, parse_start

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


def test_npz_keeps_the_rates_of_ntsc() -> None:
    file = io.BytesIO()
    FaceClip(face(2).weights, NTSC[30]).save(file)
    file.seek(0)
    assert FaceClip.load(file).fps == NTSC[30]


def test_npz_files_with_pickles_are_refused() -> None:
    file, bad = io.BytesIO(), io.BytesIO()
    face().save(file)
    with np.load(io.BytesIO(file.getvalue()), allow_pickle=False) as data:
        assert sorted(data) == ["first", "fps", "names", "weights"]
    np.savez(bad, names=np.array(["a"], object), weights=np.zeros((1, 1)), fps=30, first=0)
    with pytest.raises(ValueError, match="allow_pickle"):
        FaceClip.load(io.BytesIO(bad.getvalue()))


def test_the_start_time_code_and_dropped_numbers_are_written() -> None:
    clip = FaceClip(face(3).weights, NTSC[30], first=1)
    lines = clip.to_csv(parse_start("00:00:59;28", NTSC[30])).splitlines()
    assert [line[:15] for line in lines[1:]] == ["00:00:59;29.000", "00:01:00;02.000", "00:01:00;03.000"]
    assert face(1).to_csv(StartTimecode(5)).splitlines()[1].startswith("00:00:00:05.000,61,")


def test_columns_by_name() -> None:
    clip = face()
    assert np.array_equal(clip["jawOpen"], clip.weights[:, arkit.INDEX["jawOpen"]])
    assert clip["jawOpen"].base is not None, "a view"
    with pytest.raises(KeyError):
        clip["JawOpen"]


def test_times_and_spans() -> None:
    clip = face(60, first=30)
    assert (clip.start, clip.duration) == (1.0, 2.0)
    assert clip.times.tolist() == [i / 30 for i in range(30, 90)]
    assert FaceClip(face(2).weights, NTSC[30]).times[1] == 1001 / 30000
    part = clip.between(1.5, 2)
    assert (part.start, len(part)) == (1.5, 15)
    assert len(clip.between(0, 1)) == 0
    assert len(clip.between(0, 1.01)) == 1
    assert part.moved().first == 0
    assert np.array_equal(part.moved().weights, part.weights)


@pytest.mark.parametrize("fps", [10, 24, 25, 60, *NTSC.values()])
def test_resampled_frames_lie_between_their_neighbours(fps: int) -> None:
    ramp = FaceClip(np.repeat(np.linspace(0, 1, 91, dtype=np.float32)[:, None], 52, axis=1), 30)
    other = ramp.resample(fps)
    inside = other.times <= 3
    assert np.allclose(other["jawOpen"][inside], other.times[inside] / 3, atol=1e-6)
    assert (other["jawOpen"][~inside] == 1).all(), "the last frame is held"
    assert abs(other.duration - ramp.duration) < 1 / fps
    assert (other.fps, other.first) == (fps, 0)


def test_resampling_keeps_times_and_exact_frames() -> None:
    clip = face(60, first=30)
    double = clip.resample(60)
    assert (double.first, len(double)) == (60, 120)
    assert np.array_equal(double.weights[::2], clip.weights)
    assert np.array_equal(double.resample(30).weights, clip.weights)
    assert clip.resample(30).weights is clip.weights
    assert len(clip.slice(0, 0).resample(60)) == 0


@pytest.mark.parametrize("fps", [30, NTSC[60]])
def test_json_round_trips(fps: int) -> None:
    clip = FaceClip(face(4, first=3).weights, fps)
    for document in (clip.to_json(), json.dumps(clip.to_json()), json.dumps(clip.to_json()).encode()):
        back = FaceClip.from_json(document)
        assert (back.fps, back.names, back.first) == (fps, clip.names, 0)
        assert np.allclose(back.weights, clip.weights, rtol=0, atol=6e-5)
    empty = FaceClip.from_json({"fps": 30, "blendshapes": ["a"], "weights": []})
    assert empty.weights.shape == (0, 1)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"fps": 30, "blendshapes": ["a", "b"], "weights": [[1], [2, 3]]}', "[" * 10**5],
)
def test_json_without_an_animation_is_refused(text: str) -> None:
    with pytest.raises(BadMessage, match="animation"):
        FaceClip.from_json(text)


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
