"""The video stream page: speech goes to the server in chunks, and hls.js plays what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.support.paths import NODE_MODULES
from tests.support.photos import SAMPLE
from tests.support.running import Running
from tests.support.sounds import buzz, wav
from tests.support.videos import run_videos

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = NODE_MODULES / "axe-core/axe.min.js"
PATIENCE_MS = 60_000
Visit = Callable[..., "Page"]


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with run_videos() as running:
        yield running


@pytest.fixture
def stream(browser: Browser, server: Running) -> Iterator[Visit]:
    """Opens the page: `stream(color_scheme=…, viewport=…)`."""
    contexts: list[Any] = []

    def visit(**options: Any) -> Page:
        context = browser.new_context(bypass_csp=True, **options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.errors = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
        page.goto(f"{server.url}/page/video/stream.html")
        return page

    yield visit
    for context in contexts:
        context.close()


def start(page: Page) -> None:
    page.get_by_role("button", name="Start", exact=True).click()
    page.locator("#stream-status", has_text="The session is open").wait_for()


def test_a_file_is_played_downloaded_and_deleted(stream: Visit, server: Running) -> None:
    page = stream()
    start(page)
    # Loud and quiet in turn, so that the pictures differ.
    sound = wav(buzz(3.0, 16000), 16000)
    page.get_by_label("Choose audio").set_input_files({"name": "me.wav", "mimeType": "audio/wav", "buffer": sound})
    page.locator("#stream-status", has_text="Sent me.wav (3.0 s).").wait_for()
    page.get_by_role("button", name="End", exact=True).click()
    page.locator("#stream-download").wait_for()
    page.wait_for_function("document.getElementById('stream-video').ended")
    video = page.evaluate(
        """() => {
          const { currentTime, videoWidth, webkitAudioDecodedByteCount } = document.getElementById("stream-video");
          return { currentTime, videoWidth, sound: webkitAudioDecodedByteCount };
        }"""
    )
    assert video["currentTime"] == pytest.approx(3, abs=0.2)
    assert video["videoWidth"] > 0
    assert video["sound"] > 1000
    assert page.locator("#stream-state").inner_text() == "complete"
    assert page.locator("#stream-frames").inner_text() == "75"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download MP4").click()
    assert download.value.path().read_bytes()[4:8] == b"ftyp"
    page.get_by_role("button", name="Delete", exact=True).click()
    page.locator("#stream-status", has_text="deleted").wait_for()
    assert page.locator("#stream-download").is_hidden()
    assert page.errors == []  # type: ignore[attr-defined]


def test_errors_are_explained(stream: Visit) -> None:
    page = stream()
    bad = {"name": "white.jpg", "mimeType": "image/jpeg", "buffer": b"white"}
    page.locator("#stream-start:enabled").wait_for()
    page.get_by_label("Choose face").set_input_files(bad)
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("alert").filter(has_text="There is no face in this picture").wait_for()
    assert page.locator("#stream-status").inner_text() == "No session was opened."
    page.get_by_label("Choose face").set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": SAMPLE})
    start(page)
    assert page.get_by_role("alert").is_hidden()
    page.get_by_label("Choose audio").set_input_files({"name": "no.txt", "mimeType": "audio/wav", "buffer": b"none"})
    page.get_by_role("alert").filter(has_text="Can't read no.txt as audio.").wait_for()
    page.get_by_role("button", name="Speak").click()
    page.get_by_role("alert").filter(has_text="This server has no voice").wait_for()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.locator("#stream-status", has_text="deleted").wait_for()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: make web/node_modules/.done")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_it_is_accessible(stream: Visit, scheme: str, width: int) -> None:
    page = stream(color_scheme=scheme, viewport={"width": width, "height": 800})
    page.get_by_text("Token", exact=True).click()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """async () => (await axe.run({ runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa"] } }))
          .violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])"""
    )
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
