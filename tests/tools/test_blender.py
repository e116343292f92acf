"""The importer for Blender, with a stand-in for Blender's own module."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from a2f_server.clip import FaceClip
from tools.blender import import_animation
from tools.blender.import_animation import main, matched


def speech() -> FaceClip:
    return FaceClip(np.random.default_rng(0).random((4, 52), np.float32), 30)


class Key:
    def __init__(self) -> None:
        self.value = 0.0
        self.frames: dict[float, float] = {}

    def keyframe_insert(self, path: str, frame: float) -> None:
        assert path == "value"
        self.frames[frame] = self.value


def blender(monkeypatch: pytest.MonkeyPatch, names: list[str], fps: int = 30) -> dict[str, Key]:
    keys = {name: Key() for name in names}
    mesh = SimpleNamespace(type="MESH", data=SimpleNamespace(shape_keys=SimpleNamespace(key_blocks=keys)))
    others = [SimpleNamespace(type="CAMERA"), SimpleNamespace(type="MESH", data=SimpleNamespace(shape_keys=None))]
    scene = SimpleNamespace(render=SimpleNamespace(fps=fps, fps_base=1.0), frame_end=1)
    module: Any = ModuleType("bpy")
    module.context = SimpleNamespace(scene=scene, selected_objects=[])
    module.data = SimpleNamespace(objects=[mesh, *others])
    monkeypatch.setitem(sys.modules, "bpy", module)
    return keys


def test_a_csv_becomes_keyframes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip, path = speech(), tmp_path / "speech.csv"
    path.write_text(clip.to_csv())
    keys = blender(monkeypatch, ["Basis", "jawOpen", "eyeBlink_L", "head.MouthSmileRight", "smirk"])
    main([str(path)])
    assert keys["jawOpen"].frames == pytest.approx({1 + i: float(clip["jawOpen"][i]) for i in range(4)})
    assert list(keys["eyeBlink_L"].frames.values()) == pytest.approx(clip["eyeBlinkLeft"].tolist())
    assert list(keys["head.MouthSmileRight"].frames.values()) == pytest.approx(clip["mouthSmileRight"].tolist())
    assert not keys["smirk"].frames
    assert not keys["Basis"].frames


def test_json_keeps_its_own_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "speech.json"
    path.write_text(__import__("json").dumps(speech().to_json()))
    keys = blender(monkeypatch, ["jawOpen"], fps=24)
    main([str(path)])
    assert list(keys["jawOpen"].frames) == pytest.approx([1, 1.8, 2.6, 3.4])


def test_a_face_without_known_names_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "speech.csv"
    path.write_text(speech().to_csv())
    blender(monkeypatch, ["smirk"])
    with pytest.raises(SystemExit, match="select the face"):
        main([str(path)])


def test_a_file_without_an_animation(tmp_path: Path) -> None:
    path = tmp_path / "speech.csv"
    path.write_text("Timecode\n")
    with pytest.raises(ValueError, match="no animation"):
        import_animation.read(path, 30)


def test_the_longest_name_wins() -> None:
    curves = {"JawOpen": [0.0], "Open": [0.0], "MouthLeft": [0.0], "EyeBlinkLeft": [0.0]}
    assert matched(["face_jaw_open", "mouth_L", "EYEBLINKLEFT"], curves) == {
        "face_jaw_open": "JawOpen",
        "mouth_L": "MouthLeft",
        "EYEBLINKLEFT": "EyeBlinkLeft",
    }
