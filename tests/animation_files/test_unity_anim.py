"""Unity's animation clips are read back as YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from a2f_server import arkit
from a2f_server.animation_files import unity_anim
from a2f_server.clip import FaceClip
from a2f_server.timecode import NTSC


class Loader(yaml.SafeLoader):
    """Reads Unity's tags as plain mappings."""


Loader.add_multi_constructor("tag:unity3d.com,2011:", lambda loader, _, node: loader.construct_mapping(node, deep=True))


def written(clip: FaceClip, folder: Path, name: str = "speech", mesh: str = "Body/Face") -> dict[str, Any]:
    path = folder / "speech.anim"
    unity_anim.write(clip, path, name, mesh)
    text = path.read_text("utf-8")
    assert text.startswith("%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n--- !u!74 &7400000\nAnimationClip:\n")
    return dict(yaml.load(text, Loader)["AnimationClip"])


def keys(curve: dict[str, Any], field: str) -> list[float]:
    return [key[field] for key in curve["curve"]["m_Curve"]]


def speech(fps: Any = 30, length: int = 9) -> FaceClip:
    return FaceClip(np.random.default_rng(0).random((length, 52), np.float32), fps)


def test_each_shape_has_a_curve_in_percent(tmp_path: Path) -> None:
    clip = speech()
    found = written(clip, tmp_path)
    assert (found["m_Name"], found["m_SampleRate"]) == ("speech", 30)
    assert found["m_AnimationClipSettings"]["m_StopTime"] == pytest.approx(8 / 30)
    curves = found["m_FloatCurves"]
    assert [curve["attribute"] for curve in curves] == [f"blendShape.{name}" for name in arkit.NAMES]
    assert {(curve["path"], curve["classID"]) for curve in curves} == {("Body/Face", 137)}
    for curve, weights in zip(curves, clip.weights.T, strict=True):
        assert np.allclose(keys(curve, "time"), np.arange(9) / 30)
        assert np.allclose(keys(curve, "value"), weights * 100)
    assert found["m_EditorCurves"] == curves


def test_curves_are_linear_between_frames(tmp_path: Path) -> None:
    clip = speech()
    for curve, weights in zip(written(clip, tmp_path)["m_FloatCurves"], clip.weights.T, strict=True):
        slopes = np.diff(weights * 100) * 30
        assert np.allclose(keys(curve, "inSlope")[1:], slopes, rtol=1e-4)
        assert np.allclose(keys(curve, "outSlope")[:-1], slopes, rtol=1e-4)
        assert set(keys(curve, "tangentMode")) == {69}


def test_keys_that_change_nothing_are_left_out(tmp_path: Path) -> None:
    values = [0, 0, 0, 0.5, 0.5, 0.5, 0.25, 0, 0, 0]
    clip = FaceClip(np.repeat(np.array(values, np.float32)[:, None], 52, 1), 10)
    curve = written(clip, tmp_path)["m_FloatCurves"][0]
    assert keys(curve, "time") == [0, 0.2, 0.3, 0.5, 0.6, 0.7, 0.9]
    assert keys(curve, "value") == [0, 0, 50, 50, 25, 0, 0]


def test_one_frame(tmp_path: Path) -> None:
    found = written(speech(length=1), tmp_path)
    assert found["m_AnimationClipSettings"]["m_StopTime"] == 0
    assert keys(found["m_FloatCurves"][0], "outSlope") == [0]


def test_rates_of_ntsc(tmp_path: Path) -> None:
    found = written(speech(NTSC[30]), tmp_path)
    assert found["m_SampleRate"] == pytest.approx(29.97003)
    assert keys(found["m_FloatCurves"][0], "time")[-1] == pytest.approx(8 * 1.001 / 30)


def test_any_name_and_path_can_be_read_back(tmp_path: Path) -> None:
    clip = speech().rename({"あ": "jawOpen", 'smile: "L" #1': "mouthSmileLeft"})
    found = written(clip, tmp_path, "001: take", "Übung/Gesicht #2")
    assert found["m_Name"] == "001: take"
    attributes = [curve["attribute"] for curve in found["m_FloatCurves"]]
    assert attributes == ["blendShape.あ", 'blendShape.smile: "L" #1']
    assert found["m_FloatCurves"][0]["path"] == "Übung/Gesicht #2"
