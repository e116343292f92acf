"""The 52 names, their order, and the orders of other systems."""

from __future__ import annotations

from a2f_server import arkit

WRITTEN_OUT = """
eyeBlinkLeft eyeLookDownLeft eyeLookInLeft eyeLookOutLeft eyeLookUpLeft eyeSquintLeft eyeWideLeft
eyeBlinkRight eyeLookDownRight eyeLookInRight eyeLookOutRight eyeLookUpRight eyeSquintRight eyeWideRight
jawForward jawLeft jawRight jawOpen
mouthClose mouthFunnel mouthPucker mouthLeft mouthRight
mouthSmileLeft mouthSmileRight mouthFrownLeft mouthFrownRight mouthDimpleLeft mouthDimpleRight
mouthStretchLeft mouthStretchRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper
mouthPressLeft mouthPressRight mouthLowerDownLeft mouthLowerDownRight mouthUpperUpLeft mouthUpperUpRight
browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight
cheekPuff cheekSquintLeft cheekSquintRight noseSneerLeft noseSneerRight tongueOut
"""
"""Apple's order, which Azure's facial expressions follow."""


def test_the_names_are_apples_in_apples_order() -> None:
    written_out = WRITTEN_OUT.split()
    assert list(arkit.NAMES) == written_out
    assert arkit.COUNT == len(set(arkit.NAMES)) == 52


def test_index_finds_every_name() -> None:
    assert all(arkit.NAMES[i] == name for name, i in arkit.INDEX.items())
    assert len(arkit.INDEX) == 52


def test_the_mirror_of_the_mirror_is_the_face() -> None:
    assert sorted(arkit.MIRROR) == list(range(52))
    assert all(arkit.MIRROR[arkit.MIRROR[i]] == i for i in range(52))


def test_the_mirror_swaps_sides_and_nothing_else() -> None:
    mirrored = {name: arkit.NAMES[arkit.MIRROR[i]] for name, i in arkit.INDEX.items()}
    assert mirrored["eyeLookInLeft"] == "eyeLookInRight"
    assert mirrored["jawLeft"] == "jawRight"
    assert mirrored["mouthRight"] == "mouthLeft"
    unsided = {name for name, other in mirrored.items() if name == other}
    assert unsided == {name for name in arkit.NAMES if not name.endswith(("Left", "Right"))}


def test_live_link_puts_right_before_left_for_jaw_and_mouth() -> None:
    moved = [i for i, (ours, theirs) in enumerate(zip(arkit.NAMES, arkit.LIVE_LINK, strict=True)) if ours != theirs]
    assert [arkit.LIVE_LINK[i] for i in moved] == ["jawRight", "jawLeft", "mouthRight", "mouthLeft"]
    assert sorted(arkit.LIVE_LINK) == sorted(arkit.NAMES)


def test_pascal_case() -> None:
    assert arkit.pascal("jawOpen") == "JawOpen"
    assert len({arkit.pascal(name) for name in arkit.NAMES}) == 52


def test_the_ten_emotions_are_in_alphabetical_order() -> None:
    assert len(arkit.EMOTIONS) == 10
    assert list(arkit.EMOTIONS) == sorted(arkit.EMOTIONS)
