"""The face while nobody speaks: it lives, it feels what the sliders say, and it is still for who wants that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.support.demo_page import Demo

CLOSED = "http://127.0.0.1:9"
OWN_HEAD = Path(__file__).parents[2] / "web/avatar/head.glb"


def slide(demo: Demo, emotion: str, value: float) -> None:
    demo.page.get_by_role("slider", name=emotion, exact=False).fill(str(value))


def test_it_blinks_and_moves_while_nobody_speaks(visit: Callable[..., Demo]) -> None:
    demo = visit(reduced_motion="no-preference")
    assert demo.page.get_by_role("checkbox", name="Idle life").is_checked()
    before = demo.picture()
    demo.page.wait_for_function("face().eyeBlinkLeft > 0.9", polling=10, timeout=15000)
    assert demo.difference(before, demo.picture()) > 0.05
    demo.page.get_by_role("checkbox", name="Idle life").uncheck()
    demo.until_neutral()
    assert demo.trouble == []


HEAD = """() => {
  let head = null;
  a2f.stage.pivot.traverse((object) => { if (/^head$/i.test(object.name)) head = object; });
  return head.quaternion.toArray();
}"""


def test_the_head_moves_and_comes_back(visit: Callable[..., Demo]) -> None:
    demo = visit(reduced_motion="no-preference")
    demo.choose("Choose GLB or VRM", OWN_HEAD)
    demo.page.locator("#avatar-status", has_text="head.glb:").wait_for()
    demo.page.wait_for_timeout(1000)
    one = demo.page.evaluate(HEAD)
    demo.page.wait_for_timeout(1000)
    other = demo.page.evaluate(HEAD)
    assert 1e-4 < max(abs(a - b) for a, b in zip(one, other, strict=True)) < 0.05
    demo.page.get_by_role("checkbox", name="Idle life").uncheck()
    demo.page.wait_for_timeout(1000)
    assert demo.page.evaluate(HEAD) == [0, 0, 0, 1]


def test_who_wants_less_motion_sees_a_still_picture(demo: Demo) -> None:
    box = demo.page.get_by_role("checkbox", name="Idle life")
    assert box.is_disabled()
    assert not box.is_checked()
    demo.page.wait_for_timeout(1000)
    before = demo.picture()
    demo.page.wait_for_timeout(6000)
    assert demo.difference(before, demo.picture()) == 0
    demo.until_neutral()


def test_less_motion_may_be_wished_for_at_any_time(visit: Callable[..., Demo]) -> None:
    demo = visit(reduced_motion="no-preference")
    demo.page.wait_for_function("face().eyeBlinkLeft > 0.5", polling=10, timeout=15000)
    demo.page.emulate_media(reduced_motion="reduce")
    demo.until_neutral()
    demo.page.emulate_media(reduced_motion="no-preference")
    demo.page.wait_for_function("face().eyeBlinkLeft > 0.5", polling=10, timeout=15000)


def test_the_sliders_act_at_once_and_neutral_takes_it_back(demo: Demo) -> None:
    before = demo.picture()
    slide(demo, "Joy", 1)
    demo.until_shown("mouthSmileLeft", 0.69)
    demo.page.wait_for_timeout(300)
    assert demo.difference(before, demo.picture()) > 0.3
    demo.button("Neutral").click()
    demo.until_neutral()
    assert demo.page.get_by_role("slider", name="Joy").input_value() == "0"
    assert demo.trouble == []


def test_a_feeling_face_keeps_its_lips_closed_on_p_b_and_m(demo: Demo) -> None:
    """Where the server's frames close the lips, no slider parts them."""
    slide(demo, "Amazement", 1)
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.3)
    demo.status("Spoke the sample")
    lips = "ticks.map(({ face }) => [face.jawOpen - face.mouthClose, face.mouthFunnel, face.browInnerUp])"
    ticks = demo.page.evaluate(lips)
    assert max(brow for *_, brow in ticks) > 0.7
    closed = [funnel for apart, funnel, _ in ticks if apart <= 0]
    assert closed
    assert max(closed) < 0.05


def test_without_a_server_the_sliders_say_why_they_wait(visit: Callable[..., Demo]) -> None:
    demo = visit(script=f"localStorage.a2f_server_url = '{CLOSED}';")
    expect(demo.page.get_by_role("slider", name="Joy")).to_be_disabled()
    expect(demo.button("Neutral")).to_be_disabled()
    assert "cannot be reached" in demo.page.locator("#emotions-status").inner_text()
    demo.page.get_by_label("Server URL").fill(demo.page.url)
    demo.button("Test").click()
    expect(demo.page.get_by_role("slider", name="Joy")).to_be_enabled()
    slide(demo, "Sadness", 0.5)
    demo.until_shown("mouthFrownLeft", 0.2)
