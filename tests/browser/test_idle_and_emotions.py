"""The idle animation and the emotion sliders, and how both respect reduced motion."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.support.demo_page import Demo
from tests.browser.support.paths import BUILT_IN_HEAD, UNREACHABLE

HEAD = """() => {
  let head = null;
  a2f.stage.pivot.traverse((object) => { if (/^head$/i.test(object.name)) head = object; });
  return head.quaternion.toArray();
}"""


def move_slider(demo: Demo, emotion: str, value: float) -> None:
    demo.page.get_by_role("slider", name=emotion, exact=False).fill(str(value))


def test_an_idle_face_blinks_and_moves(visit: Callable[..., Demo]) -> None:
    demo = visit(reduced_motion="no-preference")
    assert demo.page.get_by_role("checkbox", name="Blinks and small movements").is_checked()
    demo.step_until("face().eyeBlinkLeft < 0.1")
    before = demo.screenshot()
    demo.step_until("face().eyeBlinkLeft > 0.9")
    assert demo.difference(before, demo.screenshot()) > 0.05
    demo.resume_clock()
    demo.page.get_by_role("checkbox", name="Blinks and small movements").uncheck()
    demo.wait_for_neutral()
    assert demo.errors == []


def test_the_idle_head_moves_and_returns(visit: Callable[..., Demo]) -> None:
    demo = visit(reduced_motion="no-preference")
    demo.choose_file("Your GLB or VRM", BUILT_IN_HEAD)
    demo.page.locator("#avatar-status", has_text="head.glb has").wait_for()
    demo.step(1)
    one = demo.page.evaluate(HEAD)
    demo.step(1)
    other = demo.page.evaluate(HEAD)
    assert 1e-4 < max(abs(a - b) for a, b in zip(one, other, strict=True)) < 0.05
    demo.page.get_by_role("checkbox", name="Blinks and small movements").uncheck()
    demo.step(1)
    assert demo.page.evaluate(HEAD) == [0, 0, 0, 1]


def test_reduced_motion_turns_the_idle_animation_off(demo: Demo) -> None:
    box = demo.page.get_by_role("checkbox", name="Blinks and small movements")
    assert box.is_disabled()
    assert not box.is_checked()
    demo.step(1)
    before = demo.screenshot()
    demo.step(6)
    assert demo.difference(before, demo.screenshot()) == 0
    demo.wait_for_neutral()


def test_reduced_motion_takes_effect_immediately(visit: Callable[..., Demo]) -> None:
    demo = visit(reduced_motion="no-preference")
    demo.step_until("face().eyeBlinkLeft > 0.5")
    demo.resume_clock()
    demo.page.emulate_media(reduced_motion="reduce")
    demo.wait_for_neutral()
    demo.page.emulate_media(reduced_motion="no-preference")
    expect(demo.page.get_by_role("checkbox", name="Blinks and small movements")).to_be_checked()
    demo.step_until("face().eyeBlinkLeft > 0.5")


def test_sliders_change_the_face_and_neutral_resets_them(demo: Demo) -> None:
    before = demo.screenshot()
    move_slider(demo, "Joy", 1)
    demo.wait_for_shape("mouthSmileLeft", 0.69)
    demo.settle()
    assert demo.difference(before, demo.screenshot()) > 0.3
    demo.button("Neutral").click()
    demo.wait_for_neutral()
    assert demo.page.get_by_role("slider", name="Joy").input_value() == "0"
    assert demo.errors == []


def test_emotions_do_not_open_closed_lips(demo: Demo) -> None:
    """Lips stay closed on p, b and m, whatever the sliders say."""
    demo.tick_often()
    move_slider(demo, "Amazement", 1)
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.3)
    demo.wait_for_status("Spoke the sample")
    lips = "ticks.map(({ face }) => [face.jawOpen - face.mouthClose, face.mouthFunnel, face.browInnerUp])"
    ticks = demo.page.evaluate(lips)
    assert max(brow for *_, brow in ticks) > 0.7
    closed = [funnel for aperture, funnel, _ in ticks if aperture <= 0]
    assert closed
    assert max(closed) < 0.05


def test_without_a_server_the_sliders_are_disabled(visit: Callable[..., Demo]) -> None:
    demo = visit(script=f"localStorage.a2f_server_url = '{UNREACHABLE}';")
    expect(demo.page.get_by_role("slider", name="Joy")).to_be_disabled()
    expect(demo.button("Neutral")).to_be_disabled()
    assert "can't be reached" in demo.page.locator("#emotions-status").inner_text()
    demo.page.get_by_label("Server URL").fill(demo.page.url)
    demo.button("Test").click()
    expect(demo.page.get_by_role("slider", name="Joy")).to_be_enabled()
    move_slider(demo, "Sadness", 0.5)
    demo.wait_for_shape("mouthFrownLeft", 0.2)
