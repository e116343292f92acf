"""The page itself: it loads by itself, is reachable by role and label, fits a phone, and talks to the server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.browser.support.demo_page import Demo
from tests.running import Talk
from tests.spawning import spawn_server

SAMPLE = Path(__file__).parents[2] / "web/page/sample.wav"
CLOSED = "http://127.0.0.1:9"


def test_it_loads_without_errors_and_from_nowhere_else(demo: Demo, origin: str) -> None:
    demo.page.wait_for_load_state("networkidle")
    assert demo.trouble == []
    assert [url for url in demo.requests if not url.startswith((origin, "blob:", "data:"))] == []
    assert demo.page.locator("#mode").inner_text() == "mock: simulated faces"
    assert "52 of 52 shapes" in demo.page.locator("#avatar-status").inner_text()


CONTROLS = [
    ("textbox", "Say"),
    ("combobox", "Voice"),
    ("button", "Speak"),
    ("button", "Play sample"),
    ("button", "Choose sound"),
    ("button", "Microphone"),
    ("slider", "Intensity"),
    ("radio", "a2f"),
    ("radio", "viseme"),
    ("textbox", "Server URL"),
    ("button", "Test"),
    ("button", "Choose GLB or VRM"),
    ("button", "Copy"),
    ("textbox", "Code to copy"),
    ("button", "Dark theme"),
    ("img", "Talking head"),
]


def test_every_control_is_reachable_by_role_and_by_keyboard(demo: Demo) -> None:
    for role, name in CONTROLS:
        control = demo.page.get_by_role(role, name=name).first
        control.focus()
        reached = "(element) => element === document.activeElement && element.tabIndex >= 0"
        assert control.evaluate(reached), name


def test_what_waits_for_something_else_says_so(demo: Demo) -> None:
    assert demo.button("Stop").is_disabled()
    assert demo.button("Built-in head").is_disabled()
    assert demo.page.get_by_label("Token").get_attribute("type") == "password"


def test_the_keyboard_plays_and_turns(demo: Demo) -> None:
    demo.page.locator("#canvas").focus()
    demo.page.keyboard.press("ArrowRight")
    demo.button("Play sample").focus()
    demo.page.keyboard.press("Enter")
    demo.status("Speaking")


def test_nothing_sticks_out_sideways(demo: Demo) -> None:
    demo.button("Play sample").click()
    demo.status("Speaking")
    for width in (360, 375, 768, 1280):
        demo.page.set_viewport_size({"width": width, "height": 800})
        assert demo.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_and_the_button(visit: Callable[..., Demo], scheme: str) -> None:
    demo = visit(color_scheme=scheme)
    other = "light" if scheme == "dark" else "dark"
    ground = "getComputedStyle(document.body).backgroundColor"
    before = demo.page.evaluate(ground)
    demo.button(f"{other.title()} theme").click()
    assert demo.page.evaluate(ground) != before
    demo.page.reload()
    demo.button(f"{scheme.title()} theme").wait_for()
    assert demo.page.evaluate(ground) != before


def server_status(demo: Demo, state: str) -> str:
    line = demo.page.locator(f"#server-status[data-state={state}]")
    line.wait_for()
    return line.inner_text()


def test_the_test_button_tells_a_good_server_from_a_bad_one(demo: Demo, origin: str) -> None:
    assert "backend mock" in server_status(demo, "good")
    box = demo.page.get_by_label("Server URL")
    box.fill(CLOSED)
    demo.button("Test").click()
    assert "A2F_ALLOWED_ORIGINS" in server_status(demo, "bad")
    assert demo.page.locator("#mode").inner_text().startswith("no server")
    assert demo.page.evaluate("localStorage.a2f_server_url") == CLOSED
    assert CLOSED in demo.page.get_by_label("Code to copy").input_value()
    box.fill("my server")
    demo.button("Test").click()
    demo.page.locator("#server-status", has_text="not an address").wait_for()
    box.fill(f"{origin}/")
    demo.button("Test").click()
    assert "Connected" in server_status(demo, "good")
    assert demo.page.evaluate("localStorage.a2f_server_url") is None, "the page's own server needs no saving"


def test_the_saved_address_is_used(visit: Callable[..., Demo]) -> None:
    demo = visit(script=f"localStorage.a2f_server_url = '{CLOSED}';")
    assert demo.page.get_by_label("Server URL").input_value() == CLOSED
    assert CLOSED in server_status(demo, "bad")


def test_without_a_server_the_mouth_follows_loudness_and_the_page_says_so(visit: Callable[..., Demo]) -> None:
    demo = visit(script=f"localStorage.a2f_server_url = '{CLOSED}';")
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.2)
    assert "make run" in demo.alert("only follows the loudness")


def test_while_the_server_is_full_the_page_says_so_and_waits(visit: Callable[..., Demo]) -> None:
    with spawn_server(A2F_MAX_STREAMS="1", A2F_TTS="none") as spawned:
        with connect(f"ws://127.0.0.1:{spawned.port}/ws", proxy=None) as socket:
            (talk := Talk(socket)).expect("ready")
            talk.start()
            talk.expect("started")
            demo = visit(at=f"http://127.0.0.1:{spawned.port}")
            demo.button("Play sample").click()
            demo.alert("The server is full just now, so the mouth only follows the loudness")
        demo.page.get_by_role("alert").wait_for(state="hidden")
        demo.status("Spoke")


def test_without_webgl_the_page_says_so_and_the_weights_still_move(visit: Callable[..., Demo]) -> None:
    demo = visit(script="HTMLCanvasElement.prototype.getContext = () => null;")
    demo.alert("WebGL is off")
    demo.button("Play sample").click()
    demo.until_shown("jawOpen", 0.3)


def test_the_lines_to_copy_work_in_an_app(demo: Demo, origin: str) -> None:
    lines = demo.page.get_by_label("Code to copy").input_value()
    assert 'face.speak("Hello' in lines
    opens(demo, origin, lines, 0.3)


def test_the_lines_to_copy_without_a_voice_work_in_an_app(visit: Callable[..., Demo], voiceless: str) -> None:
    demo = visit(at=voiceless)
    lines = demo.page.get_by_label("Code to copy").input_value()
    demo.page.route("**/hello.mp3", lambda route: route.fulfill(path=SAMPLE))
    opens(demo, voiceless, lines, 0.4)


SCENE = """<!doctype html><script>
  const scene = { morphTargetDictionary: { jawOpen: 0 }, morphTargetInfluences: [0] };
  let most = 0;
  setInterval(() => { most = Math.max(most, scene.morphTargetInfluences[0]); }, 10);
</script>"""


def opens(demo: Demo, origin: str, lines: str, least: float) -> None:
    """The lines, pasted as they are into a page that holds nothing but a scene, open its mouth so far."""
    assert lines.count("\n") + 1 == int(demo.page.get_by_label("Code to copy").get_attribute("rows") or 0) <= 7
    # A real page of the server: Chromium keeps those that a test makes up from its own machine's sockets.
    demo.page.goto(f"{origin}/health")
    demo.page.set_content(SCENE + lines)
    demo.page.wait_for_function("(least) => most >= least", arg=least)


def test_a_button_that_goes_away_hands_its_focus_on(demo: Demo) -> None:
    demo.button("Play sample").click()
    demo.status("Speaking")
    demo.button("Stop").press("Enter")
    assert demo.page.evaluate("document.activeElement.id") == "speak"
    demo.choose("Choose sound", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no sound"})
    demo.alert("notes.txt")
    demo.button("Dismiss").press("Enter")
    assert demo.page.evaluate("document.activeElement.id") == "speak"


def test_a_sample_that_cannot_be_fetched_is_explained(demo: Demo) -> None:
    demo.page.route("**/sample.wav", lambda route: route.abort())
    demo.button("Play sample").click()
    assert "make run" in demo.alert("The sample cannot be fetched.")
