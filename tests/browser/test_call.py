"""A call in a real browser: the face speaks what the microphone hears, and everything ends when the browser does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.support.calls import calling, free
from tests.support.running import Running
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Error = pytest.importorskip("playwright.sync_api", reason="the package playwright is missing").Error

WATCH = """async ({least, seconds}) => {
  const video = document.querySelector("video");
  const canvas = Object.assign(document.createElement("canvas"), {width: 8, height: 8});
  const context = canvas.getContext("2d", {willReadFrequently: true});
  const seen = [];
  const sound = new AudioContext();
  const analyser = sound.createAnalyser();
  sound.createMediaStreamSource(video.srcObject).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let loudest = 0;
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    context.drawImage(video, 0, 0, 8, 8);
    seen.push(context.getImageData(4, 4, 1, 1).data[1]);
    analyser.getFloatTimeDomainData(samples);
    loudest = Math.max(loudest, ...samples.map(Math.abs));
    if (Math.max(...seen) - Math.min(...seen) > least && loudest > 0.02) break;
  }
  return {range: Math.max(...seen) - Math.min(...seen), loudest, time: video.currentTime, width: video.videoWidth};
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with calling(video_size=128) as running:
        yield running


@pytest.fixture
def page(browser: Browser, server: Running) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"{server.url}/page/video/call.html")
    yield page
    page.close()


def in_a_call(page: Page) -> None:
    page.get_by_role("button", name="Call", exact=True).click()
    page.get_by_role("status").filter(has_text="In a call").wait_for()


@pytest.mark.parametrize("voice", ["Microphone", "Sample"])
def test_the_face_speaks_with_picture_and_sound(page: Page, server: Running, voice: str) -> None:
    page.get_by_role("radio", name=voice).check()
    in_a_call(page)
    assert "128 × 128 at 25 fps" in (page.get_by_role("status").text_content() or "")
    watched = page.evaluate(WATCH, {"least": 20, "seconds": 15})
    assert watched["range"] > 20, "the mouth opens"
    assert watched["loudest"] > 0.02
    assert watched["width"] == 128
    assert watched["time"] > 0
    page.get_by_role("button", name="Hang up").click()
    until(lambda: free(server))
    assert page.get_by_role("status").text_content() == "The call has ended."


def test_a_call_that_the_server_ends_is_reported(page: Page, server: Running) -> None:
    in_a_call(page)
    for call in server.service.calls:
        server.loop.call_soon_threadsafe(call.end)
    page.get_by_role("status").filter(has_text="server ended").wait_for()
    assert page.get_by_role("button", name="Call", exact=True).is_enabled()


def test_a_browser_that_crashes_frees_everything_within_seconds(page: Page, server: Running) -> None:
    in_a_call(page)
    assert not free(server)
    with suppress(Error):  # as the page is gone
        page.goto("chrome://crash", timeout=2000)
    until(lambda: free(server))


def test_a_refusal_is_explained(page: Page, server: Running) -> None:
    page.locator("#call-image").set_input_files(
        {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": b"not a picture"}
    )
    page.get_by_role("button", name="Call", exact=True).click()
    page.locator("#call-status[data-state=bad]").wait_for()
    assert (page.get_by_role("status").text_content() or "").endswith(".")
    assert page.get_by_role("button", name="Call", exact=True).is_enabled()


def test_a_fault_of_the_server_is_a_sentence(page: Page) -> None:
    page.route("**/v1/webrtc", lambda route: route.fulfill(status=500, body="Internal Server Error"))
    page.get_by_role("button", name="Call", exact=True).click()
    page.get_by_role("status").filter(has_text="failed. Its log says why.").wait_for()


def test_the_chosen_face_is_shown_before_the_call(page: Page) -> None:
    poster = page.locator("#call-video").evaluate_handle("video => video")
    assert str(poster.evaluate("video => video.poster")).endswith("/portrait-sample.jpg")
    page.locator("#call-image").set_input_files({"name": "face.jpg", "mimeType": "image/jpeg", "buffer": b"a picture"})
    assert str(poster.evaluate("video => video.poster")).startswith("blob:")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(browser: Browser, server: Running, scheme: str) -> None:
    page = browser.new_page(viewport={"width": 400, "height": 800}, color_scheme=scheme)
    page.goto(f"{server.url}/page/video/call.html")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
