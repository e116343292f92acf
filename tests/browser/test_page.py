"""The page itself: loading, keyboard and screen-reader access, narrow screens, themes, and the server panel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from websockets.sync.client import connect

from tests.browser.support.demo_page import Demo
from tests.browser.support.paths import SAMPLE, UNREACHABLE
from tests.support.running import Talk
from tests.support.spawning import spawn_server


def test_it_loads_without_errors_and_without_other_hosts(demo: Demo, origin: str) -> None:
    demo.page.wait_for_load_state("networkidle")
    assert demo.errors == []
    assert [url for url in demo.requests if not url.startswith((origin, "blob:", "data:"))] == []
    assert demo.page.locator("#source-badge").inner_text() == "Server: mock backend, fake animation"
    assert "52 of 52 face shapes" in demo.page.locator("#avatar-status").inner_text()


CONTROLS = [
    ("textbox", "Say"),
    ("combobox", "Voice"),
    ("button", "Speak"),
    ("button", "Play sample"),
    ("button", "Choose audio"),
    ("button", "Microphone"),
    ("slider", "Strength of movement"),
    ("radio", "Server"),
    ("radio", "Visemes"),
    ("textbox", "Server URL"),
    ("button", "Test"),
    ("button", "Your GLB or VRM"),
    ("button", "Copy"),
    ("textbox", "Code to copy"),
    ("button", "Dark theme"),
    ("img", "Talking head"),
]


def test_every_control_has_a_role_and_takes_the_keyboard_focus(demo: Demo) -> None:
    for role, name in CONTROLS:
        control = demo.page.get_by_role(role, name=name).first
        control.focus()
        focused = "(element) => element === document.activeElement && element.tabIndex >= 0"
        assert control.evaluate(focused), name


def test_controls_without_effect_are_disabled(demo: Demo) -> None:
    assert demo.button("Stop").count() == 0
    assert demo.button("Built-in head").get_attribute("aria-pressed") == "true"
    assert demo.page.get_by_label("Token").get_attribute("type") == "password"


PLACES = """() => ["canvas", "text", "speak", "status", "examples", "voice", "gallery", "use", "timeline", "emotions"]
  .map((id) => {
    const { top, height } = document.getElementById(id).getBoundingClientRect();
    return [id, Math.round(top), Math.round(height)];
  })"""


@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, {"width": 1280, "height": 800}])
def test_one_click_speaks_and_nothing_moves(visit: Callable[..., Demo], viewport: dict[str, int]) -> None:
    demo = visit(viewport=viewport, developer=False)
    demo.page.get_by_label("Say", exact=True).fill("I am happy to meet you. " * 9)
    before = demo.page.evaluate(PLACES)
    assert demo.button("Speak").bounding_box()["y"] < viewport["height"] - 44  # type: ignore[index]
    demo.button("Speak").click()
    demo.button("Stop").wait_for()
    demo.wait_for_status("Speaking …")
    demo.wait_for_word("meet")
    assert demo.page.evaluate(PLACES) == before
    demo.button("Stop").click()
    demo.button("Speak").wait_for()
    demo.wait_for_status("Stopped.")
    assert demo.page.evaluate("scrollY") == 0
    assert demo.page.evaluate(PLACES) == before


def test_ctrl_enter_speaks_another_text_while_one_is_spoken(demo: Demo) -> None:
    demo.speak("May I tell you about my big blue balloon?")
    demo.wait_for_word("tell")
    box = demo.page.get_by_label("Say", exact=True)
    box.fill("Mama.")
    box.press("Control+Enter")
    demo.wait_for_word("Mama")
    demo.wait_for_status("Spoke ")


def test_what_developers_need_is_folded_until_the_server_cannot_be_used(visit: Callable[..., Demo]) -> None:
    demo = visit(developer=False)
    assert not demo.page.get_by_label("Server URL").is_visible()
    demo.page.get_by_text("Developer", exact=True).click()
    assert demo.page.get_by_label("Server URL").is_visible()
    demo.page.locator("#weights li").first.wait_for()
    lost = visit(script=f"localStorage.a2f_server_url = '{UNREACHABLE}';", developer=False)
    assert lost.page.get_by_label("Server URL").is_visible()


def test_the_keyboard_turns_the_head_and_plays(demo: Demo) -> None:
    demo.page.locator("#canvas").focus()
    demo.page.keyboard.press("ArrowRight")
    demo.button("Play sample").focus()
    demo.page.keyboard.press("Enter")
    demo.wait_for_status("Speaking")


def test_the_page_does_not_scroll_sideways(demo: Demo) -> None:
    demo.button("Play sample").click()
    demo.wait_for_status("Speaking")
    for width in (360, 375, 768, 1280):
        demo.page.set_viewport_size({"width": width, "height": 800})
        assert demo.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_or_the_button(visit: Callable[..., Demo], scheme: str) -> None:
    demo = visit(color_scheme=scheme)
    other = "light" if scheme == "dark" else "dark"
    background = "getComputedStyle(document.body).backgroundColor"
    before = demo.page.evaluate(background)
    demo.button(f"{other.title()} theme").click()
    assert demo.page.evaluate(background) != before
    demo.page.reload()
    demo.button(f"{scheme.title()} theme").wait_for()
    assert demo.page.evaluate(background) != before


def server_status(demo: Demo, state: str) -> str:
    """Waits for a state of the server panel. Returns its text."""
    line = demo.page.locator(f"#server-status[data-state={state}]")
    line.wait_for()
    return line.inner_text()


def test_the_test_button_checks_the_server(demo: Demo, origin: str) -> None:
    assert "backend mock" in server_status(demo, "good")
    box = demo.page.get_by_label("Server URL")
    box.fill(UNREACHABLE)
    demo.button("Test").click()
    assert "A2F_ALLOWED_ORIGINS" in server_status(demo, "bad")
    assert demo.page.locator("#source-badge").inner_text().startswith("No server")
    assert demo.page.evaluate("localStorage.a2f_server_url") == UNREACHABLE
    assert UNREACHABLE in demo.page.get_by_label("Code to copy").input_value()
    box.fill("my server")
    demo.button("Test").click()
    demo.page.locator("#server-status", has_text="not a valid URL").wait_for()
    box.fill(f"{origin}/")
    demo.button("Test").click()
    assert "Connected" in server_status(demo, "good")
    assert demo.page.evaluate("localStorage.a2f_server_url") is None, "the page's own server is not saved"


def test_the_saved_url_is_used(visit: Callable[..., Demo]) -> None:
    demo = visit(script=f"localStorage.a2f_server_url = '{UNREACHABLE}';")
    assert demo.page.get_by_label("Server URL").input_value() == UNREACHABLE
    assert UNREACHABLE in server_status(demo, "bad")


def test_without_a_server_the_mouth_follows_the_loudness_and_an_alert_says_so(visit: Callable[..., Demo]) -> None:
    demo = visit(script=f"localStorage.a2f_server_url = '{UNREACHABLE}';")
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.2)
    assert "make run" in demo.wait_for_alert("the mouth follows the loudness")


def test_an_alert_is_shown_while_the_server_is_full(visit: Callable[..., Demo]) -> None:
    with spawn_server(A2F_MAX_STREAMS="1", A2F_TTS="none") as spawned:
        with connect(f"ws://127.0.0.1:{spawned.port}/ws", proxy=None) as socket:
            (talk := Talk(socket)).expect("ready")
            talk.start()
            # The slot is taken when audio arrives.
            talk.send(bytes(32000))
            while not isinstance(talk.hear(), bytes):
                pass
            demo = visit(at=f"http://127.0.0.1:{spawned.port}")
            demo.button("Play sample").click()
            demo.wait_for_alert(
                "The server has no free slot for this page. Until it has one, the mouth follows the loudness"
            )
        demo.page.get_by_role("alert").wait_for(state="hidden")
        demo.wait_for_status("Spoke")


def test_without_webgl_the_weights_still_move_and_an_alert_says_so(visit: Callable[..., Demo]) -> None:
    demo = visit(script="HTMLCanvasElement.prototype.getContext = () => null;")
    demo.wait_for_alert("WebGL is off")
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.3)


def test_the_snippet_shows_whole_lines_beside_the_face(visit: Callable[..., Demo]) -> None:
    demo = visit(viewport={"width": 1280, "height": 1200})
    demo.page.wait_for_function("document.getElementById('snippet').value !== ''")
    hidden, empty = demo.page.locator("#snippet").evaluate(
        "box => [box.scrollWidth - box.clientWidth, (box.style.minHeight = box.style.height = 0, box.scrollHeight)]"
    )
    assert hidden <= 0
    assert empty > 300, "its lines fill the height of the card, which is 420 there"


def test_the_snippet_works_in_an_app(demo: Demo, origin: str) -> None:
    snippet = demo.page.get_by_label("Code to copy").input_value()
    assert 'face.speak("Hello' in snippet
    run_snippet(demo, origin, snippet, 0.3)


def test_the_snippet_without_text_to_speech_works_in_an_app(visit: Callable[..., Demo], voiceless: str) -> None:
    demo = visit(at=voiceless)
    snippet = demo.page.get_by_label("Code to copy").input_value()
    demo.page.route("**/hello.mp3", lambda route: route.fulfill(path=SAMPLE))
    run_snippet(demo, voiceless, snippet, 0.4)


SCENE = """<!doctype html><script>
  const scene = { morphTargetDictionary: { jawOpen: 0 }, morphTargetInfluences: [0] };
  let most = 0;
  setInterval(() => { most = Math.max(most, scene.morphTargetInfluences[0]); }, 10);
</script>"""


def run_snippet(demo: Demo, origin: str, snippet: str, at_least: float) -> None:
    """Pastes the snippet into a page with only a scene, presses its button, and waits until the mouth opens."""
    assert snippet.count("\n") + 1 == int(demo.page.get_by_label("Code to copy").get_attribute("rows") or 0) <= 11
    # Starts from a page of the server: Chromium does not let a blank page open sockets to localhost.
    demo.page.goto(f"{origin}/health")
    demo.page.set_content(SCENE + snippet)
    demo.button("Talk").click()
    demo.page.wait_for_function("(least) => most >= least", arg=at_least)


def test_focus_moves_on_when_a_button_is_disabled_or_hidden(demo: Demo) -> None:
    demo.button("Play sample").click()
    demo.wait_for_status("Speaking")
    demo.button("Stop").press("Enter")
    assert demo.page.evaluate("document.activeElement.id") == "speak"
    demo.choose_file("Choose audio", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no audio"})
    demo.wait_for_alert("notes.txt")
    demo.button("Dismiss").press("Enter")
    assert demo.page.evaluate("document.activeElement.id") == "speak"


def test_an_alert_explains_a_sample_that_cannot_be_loaded(demo: Demo) -> None:
    demo.page.route("**/sample.wav", lambda route: route.abort())
    demo.button("Play sample").click()
    assert "make run" in demo.wait_for_alert("Can't load the sample.")


def test_a_proxy_that_forwards_no_websockets_is_named(visit: Callable[..., Demo]) -> None:
    script = """window.WebSocket = class extends WebSocket {
      constructor(url, ...rest) { super(url.replace(/\\/ws$/, "/nowhere"), ...rest); }
    }"""
    demo = visit(script=script)
    demo.page.get_by_text("But only over HTTP: the WebSocket doesn't open").wait_for()
    assert "Connected: backend mock" in demo.page.locator("#server-status").inner_text()
