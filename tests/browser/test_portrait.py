"""Photos on the demo page: a photo becomes the avatar, is seen from the front, and speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from tests.browser.support.demo_page import Demo
from tests.browser.support.mouth import mouth_difference
from tests.support.path_proxy import run_path_proxy
from tests.support.photos import SAMPLE, picture
from tests.support.running import run_server

KEY = "a key of the tests"
# The area of the mouth in the view: left, top, width, height of 0-1.
MOUTH = (0.35, 0.35, 0.3, 0.3)


def photo(name: str = "me.jpg", content: bytes = SAMPLE, kind: str = "image/jpeg") -> dict[str, Any]:
    return {"name": name, "mimeType": kind, "buffer": content}


def wait_for_portrait(demo: Demo, name: str) -> None:
    demo.page.locator("#avatar-status", has_text=f"{name} has 52 of 52 face shapes").wait_for()
    demo.page.locator("#portrait-options").wait_for()


def choose(demo: Demo, *, name: str = "me.jpg", content: bytes = SAMPLE) -> None:
    demo.choose_file("Your photo", photo(name, content))
    wait_for_portrait(demo, name)


def corner(demo: Demo) -> tuple[float, float]:
    """Returns where the upper right corner of the picture is seen, from -1 to 1."""
    x, y = demo.page.evaluate(
        """() => {
          const { camera, pivot } = a2f.stage;
          camera.updateMatrixWorld();
          pivot.updateWorldMatrix(true, true);
          let found;
          pivot.traverse((object) => { found ??= object.userData.portrait && object; });
          const { width, height } = found.userData.portrait;
          const at = found.position.clone().set(width / 2, height / 2, 0);
          return found.localToWorld(at).project(camera).toArray().slice(0, 2);
        }"""
    )
    return x, y


def test_a_painting_speaks(demo: Demo) -> None:
    demo.button("Painting").click()
    wait_for_portrait(demo, "painting.jpg")
    assert demo.page.get_by_text("Generated", exact=True).is_visible()
    pressed = {name: demo.button(name).get_attribute("aria-pressed") for name in ("Painting", "Built-in head")}
    assert pressed == {"Painting": "true", "Built-in head": "false"}
    assert mouth_difference(demo, MOUTH) > 2
    assert demo.peak("jawOpen") > 0.2
    assert demo.errors == []


@pytest.mark.parametrize("viewport", [{"width": 400, "height": 800}, {"width": 1280, "height": 720}])
def test_the_picture_fits_the_view(visit: Callable[..., Demo], viewport: dict[str, int]) -> None:
    demo = visit(viewport=viewport)
    choose(demo)
    assert max(corner(demo)) == pytest.approx(1, abs=1e-3)
    assert min(corner(demo)) > 0.4


def test_only_small_turns_are_possible(demo: Demo) -> None:
    choose(demo)
    for _ in range(9):
        demo.page.locator("#canvas").press("ArrowRight")
    demo.page.wait_for_function("Math.abs(a2f.stage.camera.position.x) > 0.5")
    demo.settle()
    assert demo.page.evaluate("Math.atan2(a2f.stage.camera.position.x, a2f.stage.camera.position.z)") < 0.23
    demo.button("Built-in head").click()
    demo.page.locator("#avatar-status", has_text="The built-in head").wait_for()
    assert demo.page.evaluate("[a2f.stage.camera.position.x, a2f.stage.camera.fov]") == [0, 28]
    for hidden in ("#portrait-options", "#generated"):
        assert not demo.page.locator(hidden).is_visible()


def test_a_dropped_photo_is_made_into_an_avatar_that_can_be_kept(demo: Demo) -> None:
    demo.drop_file("me.png", picture(500, kind="PNG"), "image/png")
    wait_for_portrait(demo, "me.png")
    with demo.page.expect_download() as download:
        demo.page.get_by_role("button", name="Download GLB").click()
    assert download.value.suggested_filename == "me.glb"
    glb = download.value.path().read_bytes()
    assert glb[:4] == b"glTF"
    demo.button("Built-in head").click()
    demo.page.locator("#avatar-status", has_text="The built-in head").wait_for()
    demo.drop_file("kept.glb", glb)
    wait_for_portrait(demo, "kept.glb")
    assert demo.page.get_by_text("Generated", exact=True).is_visible()
    assert not demo.page.get_by_label("Head and shoulders only").is_visible()


def test_the_label_can_be_hidden(demo: Demo) -> None:
    choose(demo)
    demo.page.get_by_label("Label “Generated”").uncheck()
    assert not demo.page.get_by_text("Generated", exact=True).is_visible()


@pytest.mark.parametrize("viewport", [{"width": 400, "height": 800}, {"width": 1280, "height": 720}])
def test_captions_do_not_cover_the_label(visit: Callable[..., Demo], viewport: dict[str, int]) -> None:
    demo = visit(viewport=viewport)
    choose(demo)
    demo.page.locator("#caption").evaluate(
        "(caption) => { caption.hidden = false; caption.textContent = 'May I tell you about my balloon? '.repeat(6); }"
    )
    caption, label = (demo.page.locator(name).bounding_box() for name in ("#caption", "#generated"))
    assert caption is not None
    assert label is not None
    assert label["y"] + label["height"] <= caption["y"]


def test_one_of_several_faces_is_chosen(demo: Demo) -> None:
    choose(demo)
    assert not demo.page.get_by_role("combobox", name="Face").is_visible()
    choose(demo, name="us.jpg", content=picture(380, 600, side=1000))
    faces = demo.page.get_by_role("combobox", name="Face")
    assert faces.locator("option").all_inner_texts() == ["1 (largest)", "2"]
    with demo.page.expect_response("**/v1/portrait?face=1&crop=true") as answer:
        faces.select_option("2")
    assert answer.value.status == 200
    wait_for_portrait(demo, "us.jpg")
    assert faces.input_value() == "2"
    with demo.page.expect_response("**/v1/portrait?face=1&crop=false"):
        demo.page.get_by_label("Head and shoulders only").uncheck()


def test_an_alert_explains_that_a_file_is_not_a_photo_of_a_face(demo: Demo) -> None:
    for reason, content in (("looks towards the viewer", picture()), ("send one of JPEG", b"no picture")):
        demo.choose_file("Your photo", photo("bad.jpg", content))
        assert "No avatar was made from bad.jpg: T" in demo.wait_for_alert(reason)
        status = demo.page.locator("#avatar-status").inner_text()
        assert status == "bad.jpg was not loaded; still showing the built-in head."
    demo.choose_file("Your photo", photo())
    wait_for_portrait(demo, "me.jpg")
    assert not demo.page.get_by_role("alert").is_visible()


ANSWERS: dict[str, dict[str, Any]] = {
    "at capacity": {"status": 503, "json": {"code": "busy", "reason": "full", "message": "full"}},
    "older version": {"status": 404, "json": {"code": "not_found", "message": "there is no such route"}},
    "Portraits need Pillow.": {"status": 501, "json": {"code": "not_installed", "message": "portraits need Pillow"}},
}


def test_an_alert_explains_why_the_server_makes_no_avatar(demo: Demo) -> None:
    answers = list(ANSWERS.values())
    demo.page.route("**/v1/portrait?*", lambda route: route.fulfill(**answers.pop(0)))
    for reason in ANSWERS:
        demo.choose_file("Your photo", photo())
        demo.wait_for_alert(reason)
    demo.page.unroute("**/v1/portrait?*")
    demo.page.route("**/v1/portrait?*", lambda route: route.abort())
    demo.choose_file("Your photo", photo())
    demo.wait_for_alert("Can't reach http")


def test_a_large_photo_is_made_smaller_before_it_is_sent(demo: Demo) -> None:
    demo.page.evaluate(
        """(bytes) => {
          const padded = new File([new Uint8Array(bytes), new Uint8Array(5e6)], "large.jpg", { type: "image/jpeg" });
          const input = document.getElementById("photo-file");
          const files = new DataTransfer();
          files.items.add(padded);
          input.files = files.files;
          window.sent = new Promise((resolve) => {
            const { fetch } = window;
            window.fetch = (url, options) => { resolve(options.body.size); return fetch(url, options); };
          });
          input.dispatchEvent(new Event("change"));
        }""",
        list(SAMPLE),
    )
    assert demo.page.evaluate("sent") < 300_000
    wait_for_portrait(demo, "large.jpg")


def test_a_slow_photo_does_not_replace_what_was_chosen_later(demo: Demo) -> None:
    held: list[Any] = []
    demo.page.route("**/v1/portrait?*", lambda route: held.append(route))  # noqa: PLW0108 - it looks into its handler
    demo.choose_file("Your photo", photo())
    demo.page.locator("#avatar-status", has_text="Making an avatar from me.jpg").wait_for()
    demo.page.wait_for_timeout(100)
    demo.button("Built-in head").click()
    demo.page.locator("#avatar-status", has_text="The built-in head has").wait_for()
    with demo.page.expect_response("**/v1/portrait?*"):
        held[0].continue_()
    demo.settle()
    assert not demo.page.locator("#portrait-options").is_visible()
    assert demo.page.locator("#avatar-status").inner_text().startswith("The built-in head")


def test_below_a_path(visit: Callable[..., Demo], origin: str) -> None:
    with run_path_proxy("/face", int(origin.rpartition(":")[2])) as port:
        demo = visit(at=f"http://127.0.0.1:{port}/face/")
        demo.button("Painting").click()
        wait_for_portrait(demo, "painting.jpg")
        assert demo.errors == []


def test_with_a_token(visit: Callable[..., Demo]) -> None:
    with run_server(api_key=SecretStr(KEY)) as server, server.http() as http:
        demo = visit(at=server.url)
        demo.choose_file("Your photo", photo())
        assert "/v1/token" in demo.wait_for_alert("This server needs a token.")
        token = http.post("/v1/token", headers={"Authorization": f"Bearer {KEY}"}).json()["token"]
        demo.page.get_by_label("Token").fill(token)
        demo.page.get_by_label("Token").press("Enter")
        demo.page.locator("#server-status[data-state=good]").wait_for()
        choose(demo)
        snippet = demo.page.get_by_label("Code to copy").input_value()
        assert "Authorization: `Bearer ${await" in snippet


APP = """<!doctype html>
<script type="importmap">{"imports": {
  "three": "/vendor/three/three.module.min.js", "three/addons/": "/vendor/three/addons/"}}</script>
<script type="module">import { Scene } from "three"; window.scene = new Scene();</script>"""


def test_the_snippet_works_in_an_app(demo: Demo, origin: str) -> None:
    choose(demo)
    snippet = demo.page.get_by_label("Code to copy").input_value()
    assert snippet.count("\n") + 1 == int(demo.page.get_by_label("Code to copy").get_attribute("rows") or 0) <= 15
    demo.page.route("**/photo.jpg", lambda route: route.fulfill(body=SAMPLE, content_type="image/jpeg"))
    demo.page.goto(f"{origin}/health")
    demo.page.set_content(APP + snippet)
    demo.page.wait_for_function("scene.children.length > 0 && document.getElementById('talk').onclick")
    demo.button("Talk").click()
    demo.page.wait_for_function(
        """() => {
          let open = 0;
          scene.traverse(({ morphTargetDictionary: names, morphTargetInfluences: values }) => {
            if (names?.jawOpen !== undefined) open = Math.max(open, values[names.jawOpen]);
          });
          return open > 0.2;
        }"""
    )


def test_a_recorded_video_has_the_label(demo: Demo) -> None:
    """Counts the texts that are drawn into the video."""
    choose(demo)
    demo.page.evaluate(
        """() => {
          window.labels = [];
          const { fillText } = CanvasRenderingContext2D.prototype;
          CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
            labels.push(text);
            return fillText.call(this, text, ...rest);
          };
        }"""
    )
    demo.button("Play sample").click()
    demo.page.wait_for_function("!document.getElementById('export-video').disabled", timeout=60_000)
    demo.button("Record a video").click()
    demo.page.wait_for_function("labels.includes('Generated')")
    demo.button("Stop recording").click()
