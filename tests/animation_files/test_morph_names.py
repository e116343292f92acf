"""Names of morph targets: the spellings of common programs mean the same shapes as in the browser client."""

from __future__ import annotations

import pytest

from a2f_server import arkit
from a2f_server.animation_files.morph_names import match_shape


@pytest.mark.parametrize("name", arkit.NAMES)
def test_every_shape_is_found_in_common_spellings(name: str) -> None:
    side = name.replace("Left", "_L").replace("Right", "_R")
    for spelling in (name, name.upper()[:1] + name[1:], f"blendShape1.{side}", f"head_{name}", side, f"{name}.001"):
        found = match_shape(spelling)
        assert found is not None, spelling
        assert (arkit.NAMES[found.shape], found.part) == (name, "")


@pytest.mark.parametrize(
    ("name", "shape", "part"),
    [
        ("A14_Eye_Blink_Left", "eyeBlinkLeft", ""),
        ("CTRL_expressions_jawOpen", "jawOpen", ""),
        ("AK_09_EyeBlinkLeft", "eyeBlinkLeft", ""),
        ("Mouth_Funnel_Up_L", "mouthFunnel", "upl"),
        ("eyeLookLeft_L", "eyeLookOutLeft", ""),
        ("eyeLookLeft_R", "eyeLookInRight", ""),
    ],
)
def test_names_of_other_programs_are_known(name: str, shape: str, part: str) -> None:
    found = match_shape(name)
    assert found is not None
    assert (arkit.NAMES[found.shape], found.part) == (shape, part)


@pytest.mark.parametrize("name", ["", "viseme_aa", "Fcl_MTH_A", "sleeve", "jawOpenness", "Left", "口", "123"])
def test_other_names_are_not_shapes(name: str) -> None:
    assert match_shape(name) is None


def test_a_name_of_any_length_is_compared_in_no_time() -> None:
    assert match_shape("jaw_open_" + "1_" * 100_000) is None
