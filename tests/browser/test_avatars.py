"""One's own avatar: a GLB is chosen or dropped, framed, bound, and its mouth moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.demo import Demo
from tests.browser.glb import glb, quad

AVATARS = Path(__file__).parents[2].parent / "shared/data/avatars"
FACES = {
    "talkinghead_brunette-t.glb": ("52 of 52", "jawOpen"),
    "talkinghead_vroid_meshopt.glb": ("52 of 52", "jawOpen"),
    "rpm_irisaprime_arkit52.glb": ("52 of 52", "jawOpen"),
    "rpm_646d9_r3f-lipsync.glb": ("13 of 52", "viseme_aa"),
}


def file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "model/gltf-binary", "buffer": content}


def wear(demo: Demo, avatar: Path | dict[str, Any]) -> str:
    """Chooses a GLB; what the page says of it."""
    demo.choose("Choose GLB", avatar)
    status = demo.page.locator("#avatar-status", has_text="shapes found, on")
    name = avatar["name"] if isinstance(avatar, dict) else avatar.name
    status.filter(has_text=name).wait_for()
    return status.inner_text()


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
    "KTX2": glb({**ASSET, "extensionsRequired": ["KHR_texture_basisu"]}),
    "Draco": glb({**ASSET, "extensionsUsed": ["KHR_draco_mesh_compression"]}),
    "Try to export it again": glb({**ASSET, "scene": 0, "scenes": [{"nodes": [4]}]}),
}


def test_a_glb_that_cannot_be_shown_is_explained(demo: Demo) -> None:
    for words, content in BAD.items():
        demo.choose("Choose GLB", file("bad.glb", content))
        demo.alert(words)
        assert demo.page.locator("#avatar-status").inner_text() == "bad.glb was not loaded."
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.3)


def test_a_glb_without_a_face_is_shown_and_explained(demo: Demo) -> None:
    demo.choose("Choose GLB", file("chair.glb", quad(["broken"])))
    demo.alert("no face shapes")


@pytest.mark.parametrize("name", FACES)
def test_avatars_of_the_wild_move_their_mouths(demo: Demo, name: str) -> None:
    if not (AVATARS / name).exists():
        pytest.skip(f"the avatar is missing: {AVATARS / name}")
    shapes, shape = FACES[name]
    assert f"{shapes} shapes" in wear(demo, AVATARS / name)
    demo.button("Play sample").click()
    demo.until_shown(shape, 0.15)
    assert demo.trouble == []
