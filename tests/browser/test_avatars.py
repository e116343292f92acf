"""One's own avatar: a GLB is chosen or dropped, framed, bound, and its mouth moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.demo import Demo
from tests.browser.glb import draco, glb, jaw, ktx2, quad, vrm

AVATARS = Path(__file__).parents[2].parent / "shared/data/avatars"
FACES = {
    "talkinghead_brunette-t.glb": "52 of 52",
    "talkinghead_vroid_meshopt.glb": "39 of 52",
    "rpm_irisaprime_arkit52.glb": "52 of 52",
    "rpm_646d9_r3f-lipsync.glb": "27 of 52",
}
FACELESS = {
    "cryptovoxels.vrm": "its expressions move nothing",
    "vrm0_custom_normal.vrm": "Nothing here moves the mouth",
    "vrm1_expr_isBinary.vrm": "Nothing here moves the mouth",
    "vrm1_expression_migration.vrm": "its expressions move nothing",
}
# Where the mouth is in the picture: left, top, width, height, as shares.
MOUTH = [0.35, 0.5, 0.3, 0.4]
# What three-vrm says of settings of VRM 0 that it does not have.
HARMLESS = "LookAtDegreeMap"


def file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "model/gltf-binary", "buffer": content}


def wear(demo: Demo, avatar: Path | dict[str, Any]) -> str:
    """Chooses a GLB; what the page says of it."""
    demo.choose("Choose GLB or VRM", avatar)
    status = demo.page.locator("#avatar-status", has_text="shapes found, on")
    name = avatar["name"] if isinstance(avatar, dict) else avatar.name
    status.filter(has_text=name).wait_for()
    return status.inner_text()


def opens(demo: Demo) -> float:
    """How much the picture of the mouth changes when the sample is spoken, as a mean of 0-255."""
    closed = demo.picture()
    demo.button("Play sample").click()
    # Where the server opens the jaw most; a big avatar is drawn too slowly to wait for it.
    widest = demo.page.evaluate(
        """async () => {
          const sound = await (await fetch("./page/sample.wav")).blob();
          const { fps, weights } = await (await fetch("./v1/animate", { method: "POST", body: sound })).json();
          const jaws = weights.map((frame) => frame[17]);
          return jaws.indexOf(Math.max(...jaws)) / fps;
        }"""
    )
    demo.page.wait_for_function("ticks.at(-1)?.heard > 0")
    demo.hold(widest)
    demo.page.wait_for_function("(time) => Math.abs(ticks.at(-1).time - time) < 0.1", arg=widest)
    return demo.difference(closed, demo.picture(), MOUTH)


def advice(demo: Demo) -> str:
    return demo.page.locator("#avatar-advice").text_content() or ""


@pytest.mark.parametrize(
    "names", [["jawOpen", "eyeBlinkLeft", "eyeBlinkRight"], ["JawOpen", "EyeBlinkLeft", "EyeBlinkRight"]]
)
def test_a_glb_is_bound_and_speaks(demo: Demo, names: list[str]) -> None:
    words = wear(demo, file("tiny.glb", quad(names)))
    assert words == "tiny.glb: 3 of 52 shapes found, on 1 mesh."
    demo.page.get_by_text("49 missing").click()
    assert "mouthFunnel" in demo.page.locator("#missing-names").inner_text()
    demo.button("Play sample").click()
    demo.until_shown(names[0], 0.3)
    assert demo.trouble == []


def test_the_built_in_head_comes_back_while_it_speaks(demo: Demo) -> None:
    wear(demo, file("tiny.glb", quad(["jawOpen"])))
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.3)
    demo.button("Built-in head").click()
    demo.page.locator("#avatar-status", has_text="52 of 52").wait_for()
    demo.until_shown("mouthLowerDownLeft", 0.1)
    assert demo.trouble == []


def test_a_dropped_glb_is_worn(demo: Demo) -> None:
    demo.page.evaluate(
        """(bytes) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([new Uint8Array(bytes)], "dropped.glb"));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        list(quad(["jawOpen"])),
    )
    demo.page.locator("#avatar-status", has_text="dropped.glb: 1 of 52").wait_for()


ASSET = {"asset": {"version": "2.0"}}
BAD = {
    "is not a GLB": b"no model at all, but long enough",
    "cut off or damaged": glb(ASSET)[:-20] + b"\0" * 20,
    "EXT_secret, which this page cannot read": glb({**ASSET, "extensionsRequired": ["EXT_secret"]}),
    "Try to export it again": glb({**ASSET, "scene": 0, "scenes": [{"nodes": [4]}]}),
}


def test_a_glb_that_cannot_be_shown_is_explained(demo: Demo) -> None:
    for words, content in BAD.items():
        demo.choose("Choose GLB or VRM", file("bad.glb", content))
        demo.alert(words)
        assert demo.page.locator("#avatar-status").inner_text() == "bad.glb was not loaded."
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.3)


def test_a_glb_without_a_face_is_shown_and_explained(demo: Demo) -> None:
    demo.choose("Choose GLB or VRM", file("chair.glb", quad(["broken"])))
    demo.alert("no face shapes")


@pytest.mark.parametrize("name", FACES)
def test_avatars_of_the_wild_move_their_mouths(demo: Demo, name: str) -> None:
    if not (AVATARS / name).exists():
        pytest.skip(f"the avatar is missing: {AVATARS / name}")
    assert f"{FACES[name]} shapes" in wear(demo, AVATARS / name)
    assert opens(demo) > 0.5
    assert demo.trouble == []


def test_avatars_without_a_mouth_are_shown_and_say_what_they_lack(demo: Demo) -> None:
    if not AVATARS.exists():
        pytest.skip(f"the avatars are missing: {AVATARS}")
    for name, words in FACELESS.items():
        assert "on a VRM." in wear(demo, AVATARS / name)
        assert words in advice(demo) + demo.page.locator("#alert-words").inner_text()
    assert [words for words in demo.trouble if HARMLESS not in words] == []


PRESETS = ["aa", "ih", "ou", "ee", "oh", "blink"]
VRMS = {
    "presets": (vrm(PRESETS), "Only the presets of VRM move the mouth"),
    "all or nothing": (vrm(PRESETS, binary=PRESETS), "Only the presets"),
    "perfect sync": (vrm(["JawOpen", "MouthFunnel", "EyeBlinkLeft", *PRESETS]), "cannot move"),
    "version 0": (vrm(["a", "i", "u", "e", "o", "blink_l"], version=0), "Only the presets"),
}


@pytest.mark.parametrize("kind", VRMS)
def test_a_vrm_speaks_by_its_expressions(demo: Demo, kind: str) -> None:
    content, words = VRMS[kind]
    wear(demo, file("tiny.vrm", content))
    assert words in advice(demo)
    assert opens(demo) > 5
    demo.button("Stop").click()
    demo.until_neutral()
    assert demo.trouble == []


def test_a_jaw_that_is_a_bone_opens_the_mouth(demo: Demo) -> None:
    wear(demo, file("plates.glb", jaw()))
    assert "the jaw bone opens the mouth" in advice(demo)
    assert opens(demo) > 0.5
    assert demo.trouble == []


@pytest.mark.parametrize("make", [ktx2, draco])
def test_decoders_come_when_a_file_needs_them(demo: Demo, make: Any) -> None:
    decoders = ("basis", "KTX2", "draco", "DRACO", "three-vrm")
    assert not [url for url in demo.requests if any(word in url for word in decoders)], "nothing before it is needed"
    wear(demo, file("packed.glb", make(["jawOpen"])))
    assert [url for url in demo.requests if url.endswith(".wasm")]
    assert opens(demo) > 5
    assert demo.trouble == []
