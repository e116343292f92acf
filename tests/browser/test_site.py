"""The page without a server (`make site`), from a plain static server below a path, under its own policy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.support.accessibility import violations
from tests.browser.support.paths import SAMPLE
from tests.browser.support.static_site import served
from tests.support.spawning import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

VIEW = {"viewport": {"width": 480, "height": 640}, "reduced_motion": "reduce"}
# Drawing without a GPU would take most of the machine.
OBSERVED = """
window.blocked = [];
addEventListener("securitypolicyviolation", ({ violatedDirective }) => blocked.push(violatedDirective));
addEventListener("DOMContentLoaded", () => {
  const ready = setInterval(() => {
    if (!window.a2f?.stage.renderer) return;
    clearInterval(ready);
    a2f.stage.renderer.render = () => {};
    window.ranks = [];
    a2f.client.on("rank", ({ to }) => ranks.push(to));
  }, 5);
});
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site") / "site"
    # In a process of its own: the browser's loop runs in this one.
    subprocess.run([sys.executable, "-m", "tools.site", folder], check=True, cwd=ROOT)
    with served(folder) as address:
        yield address


class Visit:
    """A visit to the site. Requests to anything else are refused and remembered."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.elsewhere: list[str] = []
        self.errors: list[str] = []
        page.route(lambda address: not address.startswith((url, "blob:", "data:")), self._refuse)
        page.on("websocket", lambda socket: self.elsewhere.append(socket.url))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.add_init_script(OBSERVED)
        page.goto(url)

    def _refuse(self, route: Route) -> None:
        self.elsewhere.append(route.request.url)
        route.abort()

    def loaded(self) -> None:
        self.page.locator("#server-status[data-state=good]").wait_for(state="attached")
        self.page.locator("#avatar-status", has_text="52 of 52").wait_for()

    def status(self, start: str) -> None:
        self.page.locator("#status", has_text=start).wait_for()

    def wait_for_network(self) -> None:
        """Waits until the network moves the mouth."""
        self.page.wait_for_function("() => window.ranks?.at(-1) === 'network' && a2f.client.weights[17] > 0.05")

    def stays_at_home(self) -> None:
        assert (self.elsewhere, self.errors, self.page.evaluate("blocked")) == ([], [], [])


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def open_site(**options: Any) -> Visit:
        contexts.append(browser.new_context(**VIEW | options))  # type: ignore[arg-type]
        return Visit(contexts[-1].new_page(), url)

    yield open_site
    for context in contexts:
        context.close()


def test_recordings_are_animated_on_the_device(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.loaded()
    assert here.page.locator("#source-badge").inner_text() == "On this device: built-in model"
    here.page.get_by_role("button", name="Lips", exact=True).click()
    assert here.page.get_by_label("Say", exact=True).input_value().startswith("Peter, my best pal")
    here.wait_for_network()
    here.page.get_by_role("button", name="Stop").click()
    here.status("Stopped.")
    here.page.get_by_role("button", name="Speak").click()
    here.status("Spoke “Lips”: ")
    assert "frames" not in here.page.locator("#status").inner_text()
    here.stays_at_home()


def test_files_and_the_microphone_are_animated_on_the_device(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.loaded()
    here.page.get_by_label("Choose audio", exact=True).set_input_files(SAMPLE)
    here.wait_for_network()
    here.page.get_by_role("button", name="Stop").click()
    here.status("Stopped.")
    here.page.evaluate("ranks.length = 0")
    here.page.get_by_role("button", name="Microphone").click()
    here.wait_for_network()
    here.stays_at_home()


def test_the_painting_and_emotions_need_no_server(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.loaded()
    here.page.get_by_role("button", name="Painting").click()
    here.page.locator("#avatar-status", has_text="painting.glb has 52 of 52").wait_for()
    assert here.page.get_by_text("Generated", exact=True).first.is_visible()
    here.page.get_by_label("Joy").fill("1")
    here.page.wait_for_function("() => a2f.client.weights[23] > 0.1")
    here.stays_at_home()


def test_what_needs_a_server_is_not_offered(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.loaded()
    here.page.locator("#developer").evaluate("(details) => { details.open = true; }")
    for name in ("Voice", "Your photo", "Server URL", "Token", "Visemes"):
        assert here.page.get_by_label(name).first.is_hidden(), name
    for name in ("Video", "API"):
        assert here.page.get_by_role("link", name=name).count() == 0, name
    status = here.page.locator("#server-status").inner_text()
    assert status.startswith("The built-in model runs in a worker, with WebAssembly.")
    snippet = here.page.get_by_label("Code to copy").input_value()
    assert 'new Audio2FaceClient(false, { network: "network/network-' in snippet
    assert "http" not in snippet
    here.page.set_viewport_size({"width": 360, "height": 800})
    assert here.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_passes_the_rules_of_accessibility(visit: Callable[..., Visit], scheme: str) -> None:
    here = visit(color_scheme=scheme, viewport={"width": 390, "height": 844})
    here.loaded()
    here.page.locator("#developer").evaluate("(details) => { details.open = true; }")
    assert violations(here.page) == []


def test_a_photo_that_is_dropped_is_refused(visit: Callable[..., Visit]) -> None:
    here = visit()
    here.loaded()
    here.page.evaluate(
        """() => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(["x"], "me.jpg", { type: "image/jpeg" }));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
        }"""
    )
    here.page.get_by_role("alert").filter(has_text="needs a server").wait_for()
    here.stays_at_home()


def test_without_its_model_the_page_says_so_and_follows_the_loudness(visit: Callable[..., Visit], url: str) -> None:
    here = visit()
    here.page.route("**/network-*.bin", lambda route: route.abort())
    here.page.reload()
    here.page.locator("#source-badge", has_text="No model: loudness only").wait_for()
    assert "Cannot load the network" in here.page.locator("#server-status").inner_text()
    here.page.get_by_role("button", name="Speak").click()
    here.page.wait_for_function("() => window.ranks?.at(-1) === 'loudness' && a2f.client.weights[17] > 0.05")
    assert here.page.locator("#source-badge").inner_text() == "From loudness only"
    here.page.get_by_role("alert").filter(has_text="Cannot load the network").wait_for()
