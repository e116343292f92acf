"""examples/talkinghead: the frames move an avatar of TalkingHead, beside its own animation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from a2f_server import arkit
from tests.browser.support.avatars import Document
from tests.examples.pages import READY, SPEAKS, press, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page

SPINE = ["Hips", "Spine", "Spine1", "Spine2", "Neck", "Head", "HeadTop_End", "LeftEye", "RightEye"]
FINGERS = [f"Hand{finger}{n}" for finger in ("Thumb", "Index", "Middle", "Ring", "Pinky") for n in (1, 2, 3, 4)]
LIMBS = ["Shoulder", "Arm", "ForeArm", "Hand", *FINGERS, "UpLeg", "Leg", "Foot", "ToeBase", "Toe_End"]
VISEMES = ["sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U"]


def avatar() -> bytes:
    """Returns a GLB with the bones that TalkingHead requires, each 2 cm above the one before, and a face."""
    document = Document()
    root = document.node("Armature")
    bones = [*SPINE, *(f"{side}{limb}" for side in ("Left", "Right") for limb in LIMBS)]
    parent = root
    for bone in bones[: len(SPINE)]:
        parent = document.node(bone, parent, translation=[0, 0.02, 0])
    for bone in bones[len(SPINE) :]:
        document.node(bone, root, translation=[0, 0.02, 0])
    document.node("Wolf3D_Head", root, mesh=document.face([*arkit.NAMES, *(f"viseme_{v}" for v in VISEMES)]))
    return document.write()


def test_it_speaks_beside_talkingheads_own_animation(visit: Callable[..., Page]) -> None:
    page = visit("talkinghead/", files={"https://cdn.jsdelivr.net/gh/**/*.glb": avatar()})
    wait_for(page, READY)
    press(page, "Speak")
    wait_for(page, SPEAKS)
    jaw = "head.morphs[0].morphTargetDictionary.jawOpen"
    wait_for(page, f"head.morphs[0].morphTargetInfluences[{jaw}] > 0.1")
    press(page, "Stop")
    wait_for(page, "!face.getDebugState().speaking && face.weights[17] < 0.05")
    assert page.evaluate("head.isRunning") is True
