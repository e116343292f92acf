"""USD stages are read back with Pixar's library."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from pxr import Usd, UsdSkel

from a2f_server import arkit
from a2f_server.animation_files import usd
from a2f_server.clip import FaceClip
from a2f_server.errors import NotInstalled
from a2f_server.timecode import NTSC


def speech(fps: int = 30) -> FaceClip:
    return FaceClip(np.random.default_rng(0).random((9, 52), np.float32), fps)


@pytest.mark.parametrize("suffix", [".usd", ".usda", ".usdc"])
def test_weights_are_time_samples(tmp_path: Path, suffix: str) -> None:
    clip, path = speech(), tmp_path / f"speech{suffix}"
    usd.write(clip, path, first=100)
    stage = Usd.Stage.Open(str(path))
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (100, 108)
    assert (stage.GetTimeCodesPerSecond(), stage.GetFramesPerSecond()) == (30, 30)
    animation = UsdSkel.Animation(stage.GetDefaultPrim())
    assert tuple(animation.GetBlendShapesAttr().Get()) == arkit.NAMES
    weights = animation.GetBlendShapeWeightsAttr()
    assert weights.GetTimeSamples() == list(range(100, 109))
    assert np.array_equal([weights.Get(i) for i in range(100, 109)], clip.weights)
    halfway = np.array(weights.Get(100.5))
    assert np.allclose(halfway, (clip.weights[0] + clip.weights[1]) / 2, atol=1e-6), "interpolated"


def test_rates_of_ntsc(tmp_path: Path) -> None:
    usd.write(FaceClip(speech().weights, NTSC[30]), tmp_path / "speech.usda")
    stage = Usd.Stage.Open(str(tmp_path / "speech.usda"))
    assert stage.GetTimeCodesPerSecond() == pytest.approx(29.97003)


def test_other_names(tmp_path: Path) -> None:
    usd.write(speech().rename({"あ": "jawOpen", "smile L": "mouthSmileLeft"}), tmp_path / "speech.usd")
    stage = Usd.Stage.Open(str(tmp_path / "speech.usd"))
    assert list(UsdSkel.Animation(stage.GetDefaultPrim()).GetBlendShapesAttr().Get()) == ["あ", "smile L"]


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="USD"):
        usd.write(speech(), tmp_path / "file" / "speech.usd")


def test_a_full_disk_is_recognised_in_the_words_of_usd() -> None:
    """`animate` stops then; USD itself only says it in a text."""
    error = usd._failure("\n\tError in 'Write' : 'No space left on device'\n\tError in 'Flush' : 'Failed'\n")
    assert (error.errno, error.strerror) == (errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert len(str(usd._failure("\n\tError in 'Write'\n\tError in 'Flush'\n")).splitlines()) == 1


def test_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pxr", None)
    monkeypatch.setitem(__import__("sys").modules, "pxr.UsdSkel", None)
    with pytest.raises(NotInstalled, match=r"a2f-server\[usd\]"):
        usd.require()
