"""Avatars that the visitor loads: a GLB or VRM is framed and bound, and its mouth moves."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.support.avatars import draco, glb, jaw, ktx2, quad, skinned, vrm
from tests.browser.support.demo_page import Demo
from tests.browser.support.mouth import mouth_difference
from tests.browser.support.paths import AVATARS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOUND = {
    "talkinghead_brunette-t.glb": "52 of 52",
    "talkinghead_vroid_meshopt.glb": "39 of 52",
    "rpm_irisaprime_arkit52.glb": "52 of 52",
    "rpm_646d9_r3f-lipsync.glb": "27 of 52",
}
WITHOUT_MOUTH = {
    "cryptovoxels.vrm": "its expressions move nothing",
    "vrm0_custom_normal.vrm": "Nothing here moves the mouth",
    "vrm1_expr_isBinary.vrm": "Nothing here moves the mouth",
    "vrm1_expression_migration.vrm": "its expressions move nothing",
}
# A warning of three-vrm about settings of VRM 0 that it does not support.
HARMLESS = "LookAtDegreeMap"


def file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "model/gltf-binary", "buffer": content}


def load(demo: Demo, avatar: Path | dict[str, Any]) -> str:
    """Chooses a GLB or VRM. Returns the status that the page shows."""
    demo.choose_file("Your GLB or VRM", avatar)
    status = demo.page.locator("#avatar-status", has_text="of 52 face shapes")
    name = avatar["name"] if isinstance(avatar, dict) else avatar.name
    status.filter(has_text=name).wait_for()
    return status.inner_text()


def advice(demo: Demo) -> str:
    return demo.page.locator("#avatar-advice").text_content() or ""


@pytest.mark.parametrize(
    "names", [["jawOpen", "eyeBlinkLeft", "eyeBlinkRight"], ["JawOpen", "EyeBlinkLeft", "EyeBlinkRight"]]
)
def test_a_glb_is_bound_and_moves(demo: Demo, names: list[str]) -> None:
    status = load(demo, file("tiny.glb", quad(names)))
    assert status == "tiny.glb has 3 of 52 face shapes."
    demo.page.get_by_text("49 missing").click()
    assert "mouthFunnel" in demo.page.locator("#missing-names").inner_text()
    demo.button("Play sample").click()
    demo.wait_for_shape(names[0], 0.3)
    assert demo.errors == []


def test_the_built_in_head_can_be_restored_during_playback(demo: Demo) -> None:
    load(demo, file("tiny.glb", quad(["jawOpen"])))
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.3)
    demo.button("Built-in head").click()
    demo.page.locator("#avatar-status", has_text="52 of 52").wait_for()
    demo.wait_for_shape("mouthLowerDownLeft", 0.1)
    assert demo.errors == []


def test_a_dropped_glb_is_loaded(demo: Demo) -> None:
    demo.drop_file("dropped.glb", quad(["jawOpen"]))
    demo.page.locator("#avatar-status", has_text="dropped.glb has 1 of 52").wait_for()


ASSET = {"asset": {"version": "2.0"}}
SCENE = {**ASSET, "scene": 0, "scenes": [{"nodes": [0]}]}
TEXTURED = {
    **SCENE,
    "nodes": [{"mesh": 0}],
    "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "material": 0}]}],
    "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
    "textures": [{"source": 0}],
    "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
    "bufferViews": [{"buffer": 0, "byteLength": 36}],
    "buffers": [{"byteLength": 36}],
}
INLINE = f"data:application/octet-stream;base64,{base64.b64encode(bytes(36)).decode()}"
EXTERNAL: list[dict[str, Any]] = [
    {"buffers": [{"byteLength": 36, "uri": "http://127.0.0.2:9/spy.bin"}]},
    {"buffers": [{"byteLength": 36, "uri": "spy.bin"}]},
    {"buffers": [{"byteLength": 36, "uri": INLINE}], "images": [{"uri": "http://127.0.0.2:9/spy.png"}]},
    {"buffers": [{"byteLength": 36, "uri": INLINE}], "images": [{"uri": "//127.0.0.2:9/spy.png"}]},
]
BAD = {
    "is not a GLB": b"not a model, but long enough",
    "truncated or damaged": glb(ASSET)[:-20] + b"\0" * 20,
    "EXT_secret, which this page does not support": glb({**ASSET, "extensionsRequired": ["EXT_secret"]}),
    "Export it as a GLB again": glb({**ASSET, "scene": 0, "scenes": [{"nodes": [4]}]}),
    "KHR_materials_pbrSpecularGlossiness, which": glb(
        {**ASSET, "extensionsRequired": ["KHR_materials_pbrSpecularGlossiness"]}
    ),
    "bad.glb has no scene": glb({**ASSET, "nodes": [{}]}),
}


def test_an_alert_explains_a_glb_that_cannot_be_loaded(demo: Demo) -> None:
    for reason, content in BAD.items():
        demo.choose_file("Your GLB or VRM", file("bad.glb", content))
        demo.wait_for_alert(reason)
        status = demo.page.locator("#avatar-status").inner_text()
        assert status == "bad.glb was not loaded; still showing the built-in head."
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.3)


def test_loading_a_file_causes_no_requests(demo: Demo) -> None:
    twice = glb(ASSET) + glb({**TEXTURED, **EXTERNAL[0]})[12:]
    contents = [glb({**TEXTURED, **external}) for external in EXTERNAL]
    for content in [*contents, twice[:8] + struct.pack("<I", len(twice)) + twice[12:]]:
        demo.choose_file("Your GLB or VRM", file("spy.glb", content))
        assert "spy.glb needs another file" in demo.wait_for_alert("Export the avatar as a single file")
        demo.button("Dismiss").click()
    assert not [url for url in demo.requests if "spy." in url]


def test_an_alert_explains_a_glb_without_meshes(visit: Callable[..., Demo]) -> None:
    demo = visit(reduced_motion="no-preference")
    demo.choose_file("Your GLB or VRM", file("bones.glb", glb({**SCENE, "nodes": [{"name": "Head"}]})))
    demo.wait_for_alert("it has no meshes")
    assert demo.page.locator("#avatar-status").inner_text() == "bones.glb is loaded, but has nothing to show."
    demo.choose_file("Your GLB or VRM", file("bad.glb", BAD["is not a GLB"]))
    demo.page.locator("#avatar-status", has_text="bad.glb was not loaded; still showing bones.glb.").wait_for()
    demo.page.wait_for_timeout(500)
    assert demo.page.evaluate("[...a2f.client.weights, a2f.stage.pivot.children[0].scale.x].every(Number.isFinite)")
    load(demo, file("tiny.glb", quad(["jawOpen"])))
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.3)


def test_a_file_that_loads_slowly_does_not_replace_a_later_one(visit: Callable[..., Demo]) -> None:
    """The first file takes so long that the second is shown before the first fails or is read."""
    late = """const read = Blob.prototype.arrayBuffer;
        File.prototype.arrayBuffer = Blob.prototype.arrayBuffer = async function () {
          if (this.name === "late.glb") await new Promise((resolve) => { window.go = resolve; });
          return read.call(this);
        };"""
    demo = visit(script=late)
    for content in (b"not a model, but long enough", quad(["eyeBlinkLeft"])):
        demo.choose_file("Your GLB or VRM", file("late.glb", content))
        status = load(demo, file("tiny.glb", quad(["jawOpen"])))
        demo.page.evaluate("go()")
        demo.page.wait_for_timeout(500)
        assert demo.page.locator("#avatar-status").inner_text() == status
        assert not demo.page.get_by_role("alert").is_visible()
        assert list(demo.face()) == ["jawOpen"]


def test_a_bad_file_chosen_early_does_not_prevent_the_built_in_head(browser: Browser, origin: str) -> None:
    slow = """const fetchNow = window.fetch;
        window.fetch = async (...args) => {
          if (String(args[0]).includes("head.glb") && !window.released)
            await new Promise((resolve) => { window.release = resolve; });
          return fetchNow(...args);
        };"""
    with browser.new_context(
        viewport={"width": 480, "height": 640}, reduced_motion="reduce", bypass_csp=True
    ) as context:
        page = context.new_page()
        page.add_init_script(slow)
        page.goto(origin)
        page.wait_for_function("Boolean(window.a2f && window.release)")
        page.get_by_label("Your GLB or VRM", exact=True).set_input_files([file("bad.glb", b"no model" * 9)])
        page.get_by_role("alert").filter(has_text="bad.glb is not a GLB").wait_for()
        page.evaluate("() => { window.released = true; release(); }")
        page.locator("#avatar-status", has_text="52 of 52").wait_for()
        expect(page.get_by_role("button", name="Built-in head", pressed=True)).to_be_visible()


def test_the_page_works_without_the_built_in_head(browser: Browser, origin: str) -> None:
    with browser.new_context(
        viewport={"width": 480, "height": 640}, reduced_motion="reduce", bypass_csp=True
    ) as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.route("**/avatar/head.glb", lambda route: route.fulfill(body="not a model, but long enough"))
        page.goto(origin)
        page.locator("#avatar-status", has_text="Can't load the built-in head. Check that").wait_for()
        page.get_by_role("button", name="Play sample").click()
        page.wait_for_function("a2f.client.weights[17] > 0.1")
        page.unroute("**/avatar/head.glb")
        page.get_by_role("button", name="Built-in head").click()
        page.locator("#avatar-status", has_text="52 of 52").wait_for()
        assert errors == []


MEMORY = "async () => { await draw(); return { ...a2f.stage.renderer.info.memory }; }"


def test_replaced_avatars_are_freed(demo: Demo) -> None:
    demo.page.evaluate(
        """() => {
          const { close } = ImageBitmap.prototype;
          window.images = new Set();
          ImageBitmap.prototype.close = function () { images.add(this); close.call(this); };
        }"""
    )
    before = demo.page.evaluate(MEMORY)
    for count in (1, 2):
        for avatar in (file("skinned.glb", skinned(["jawOpen"])), file("tiny.vrm", vrm(["jawOpen"], toon=True))):
            load(demo, avatar)
            assert demo.page.evaluate(MEMORY) != before
            demo.button("Built-in head").click()
            demo.page.locator("#avatar-status", has_text="52 of 52").wait_for()
            after = demo.page.evaluate(MEMORY)
            assert {name: after[name] for name in ("geometries", "textures")} == {
                name: before[name] for name in ("geometries", "textures")
            }
        assert demo.page.evaluate("images.size") == 2 * count
    assert demo.errors == []


def test_decoders_stop_after_a_damaged_file(visit: Callable[..., Demo]) -> None:
    demo = visit(
        script="""window.running = 0;
        window.Worker = class extends Worker {
          constructor(...args) { super(...args); running++; }
          terminate() { running--; super.terminate(); }
        };"""
    )
    demo.choose_file("Your GLB or VRM", file("bad.glb", draco(["jawOpen"], damaged=True)))
    demo.wait_for_alert("Can't read bad.glb")
    demo.page.wait_for_function("running === 0")
    load(demo, file("pale.glb", ktx2(["jawOpen"], damaged=True)))
    assert advice(demo).startswith("A texture can't be read")
    demo.page.wait_for_function("running === 0")
    load(demo, file("orange.glb", ktx2(["jawOpen"])))
    assert "texture" not in advice(demo)
    demo.page.wait_for_function("running === 0")


def test_an_alert_explains_a_glb_without_face_shapes(demo: Demo) -> None:
    demo.choose_file("Your GLB or VRM", file("chair.glb", quad(["broken"])))
    demo.wait_for_alert("no face shapes")


@pytest.mark.parametrize("name", FOUND)
def test_avatars_of_other_projects_move_their_mouths(demo: Demo, name: str) -> None:
    if not (AVATARS / name).exists():
        pytest.skip(f"the avatar is missing: {AVATARS / name}")
    assert f"has {FOUND[name]}" in load(demo, AVATARS / name)
    assert ("Only visemes" in advice(demo)) == (name == "rpm_646d9_r3f-lipsync.glb")
    assert mouth_difference(demo) > 0.5
    assert demo.errors == []


def test_avatars_without_mouth_shapes_are_shown_and_explained(demo: Demo) -> None:
    if not AVATARS.exists():
        pytest.skip(f"the avatars are missing: {AVATARS}")
    for name, reason in WITHOUT_MOUTH.items():
        load(demo, AVATARS / name)
        assert reason in advice(demo) + demo.page.locator("#alert-message").inner_text()
    assert [error for error in demo.errors if HARMLESS not in error] == []


PRESETS = ["aa", "ih", "ou", "ee", "oh", "blink"]
VRMS = {
    "presets": (vrm(PRESETS), "Only the presets of VRM move the mouth"),
    "binary": (vrm(PRESETS, binary=PRESETS), "Only the presets"),
    "perfect sync": (vrm(["JawOpen", "MouthFunnel", "EyeBlinkLeft", *PRESETS]), "cannot move"),
    "version 0": (vrm(["a", "i", "u", "e", "o", "blink_l"], version=0), "Only the presets"),
}


@pytest.mark.parametrize("kind", VRMS)
def test_a_vrm_moves_by_its_expressions(demo: Demo, kind: str) -> None:
    content, expected = VRMS[kind]
    load(demo, file("tiny.vrm", content))
    assert expected in advice(demo)
    assert mouth_difference(demo) > 5
    demo.button("Stop").click()
    demo.wait_for_neutral()
    assert demo.errors == []


def test_a_jaw_bone_opens_the_mouth(demo: Demo) -> None:
    load(demo, file("plates.glb", jaw()))
    assert "the jaw bone opens the mouth" in advice(demo)
    assert mouth_difference(demo) > 0.5
    assert demo.errors == []


@pytest.mark.parametrize("make", [ktx2, draco])
def test_decoders_are_loaded_on_demand(demo: Demo, make: Any) -> None:
    decoders = ("basis", "KTX2", "draco", "DRACO", "three-vrm")
    assert not [url for url in demo.requests if any(name in url for name in decoders)], "not loaded in advance"
    load(demo, file("packed.glb", make(["jawOpen"])))
    assert [url for url in demo.requests if url.endswith(".wasm")]
    assert mouth_difference(demo) > 5
    assert demo.errors == []
