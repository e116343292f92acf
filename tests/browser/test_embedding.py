"""The page and the client where they are embedded or restricted: below a path, on isolated pages, under a policy."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.support.avatars import draco, ktx2, vrm
from tests.support.path_proxy import run_path_proxy
from tests.support.spawning import spawn_server
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VIEW = {"viewport": {"width": 480, "height": 640}, "reduced_motion": "reduce"}
PREFIX = "/tools/a2f"


@pytest.fixture
def strict(browser: Browser, origin: str) -> Iterator[Page]:
    """The page under its real Content Security Policy, which the other tests switch off for Playwright's sake."""
    with browser.new_context(**VIEW) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.add_init_script(
            "window.blocked = []; addEventListener('securitypolicyviolation', (e) => blocked.push(e.violatedDirective))"
        )
        page.goto(origin)
        page.locator("#avatar-status", has_text="52 of 52").wait_for()
        yield page


def blocked(page: Page) -> list[str]:
    return page.evaluate("blocked")


def choose(page: Page, label: str, name: str, content: bytes) -> None:
    files = [{"name": name, "mimeType": "", "buffer": content}]
    page.get_by_label(label, exact=True).set_input_files(files)  # type: ignore[arg-type]


def test_the_page_works_under_its_policy(strict: Page) -> None:
    strict.locator("#server-status", has_text="Connected").wait_for(state="attached")
    strict.get_by_role("button", name="Play sample").click()
    strict.wait_for_function("() => a2f.client.weights[17] > 0.1")
    strict.get_by_role("button", name="Stop").click()
    strict.get_by_role("button", name="Microphone").click()
    strict.wait_for_function("() => a2f.client.weights[17] > 0.01")
    assert blocked(strict) == []


TEXTURE = """() => {
  let width = 0;
  a2f.stage.pivot.traverse(({ material }) => { width ||= material?.map?.image?.width ?? 0; });
  return width > 0;
}"""


@pytest.mark.parametrize("make", [ktx2, draco, vrm])
def test_compressed_avatars_load_under_the_policy(strict: Page, make: Callable[[list[str]], bytes]) -> None:
    errors: list[str] = []
    strict.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    names = ["aa"] if make is vrm else ["jawOpen"]
    choose(strict, "Your GLB or VRM", "own.vrm" if make is vrm else "own.glb", make(names))
    strict.locator("#avatar-status", has_text=re.compile(r"own\.(glb|vrm) has")).wait_for()
    strict.wait_for_function("() => Boolean(a2f.client.binding)")
    assert not strict.get_by_role("alert").is_visible()
    if make is ktx2:
        strict.wait_for_function(TEXTURE)
    assert blocked(strict) == []
    assert errors == []


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_other_scripts_are_blocked(browser: Browser, origin: str, path: str) -> None:
    with browser.new_context(**VIEW) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(origin + path)
        page.evaluate(
            """() => {
              const inline = document.createElement("script");
              inline.textContent = "window.evil = 1";
              const foreign = Object.assign(document.createElement("script"), { src: "https://evil.example/a.js" });
              const image = document.createElement("img");
              image.setAttribute("onerror", "window.evil = 2");
              image.src = "data:,";
              document.body.append(inline, foreign, image);
              return new Promise((resolve) => { foreign.onerror = resolve; });
            }"""
        )
        assert page.evaluate("window.evil") is None


@contextmanager
def site(html: str, **headers: str) -> Iterator[str]:
    """Serves a page with these headers; yields its URL."""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in {"Content-Type": "text/html", **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *given: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


SPEAK = """async (url) => {
  const face = new Audio2FaceClient(url);
  const names = Audio2FaceClient.BLENDSHAPES;
  face.initializeWithScene({ morphTargetDictionary: Object.fromEntries(names.map((n, i) => [n, i])),
    morphTargetInfluences: names.map(() => 0) });
  const { connected } = await face.checkConnection();
  const table = await fetch(url + "/v1/expressions").then((r) => r.json());
  const socket = new WebSocket(url.replace("http", "ws") + "/ws", "a2f.v1");
  const ready = await new Promise((resolve) => { socket.onmessage = ({ data }) => resolve(JSON.parse(data).type); });
  socket.close();
  return [connected, Object.keys(table.shapes).length, ready, crossOriginIsolated];
}"""


@pytest.mark.parametrize("kind", ["require-corp", "credentialless", "unsafe-none"])
@pytest.mark.parametrize("script", ["audio2face-client.js", "audio2face-client.min.js"])
def test_isolated_pages_can_embed_the_client(browser: Browser, origin: str, kind: str, script: str) -> None:
    html = f'<!doctype html><script src="{origin}/{script}"></script>'
    headers = {"Cross_Origin_Opener_Policy": "same-origin", "Cross_Origin_Embedder_Policy": kind}
    with site(html, **headers) as url, browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        assert page.evaluate(SPEAK, origin) == [True, 10, "ready", kind != "unsafe-none"]


def test_isolated_pages_can_import_the_module(browser: Browser, origin: str) -> None:
    html = f"""<!doctype html><script type="module">
      import {{ Audio2FaceClient }} from "{origin}/audio2face-client.mjs";
      globalThis.Audio2FaceClient = Audio2FaceClient;
    </script>"""
    headers = {"Cross_Origin_Opener_Policy": "same-origin", "Cross_Origin_Embedder_Policy": "require-corp"}
    with site(html, **headers) as url, browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        page.wait_for_function("() => Boolean(globalThis.Audio2FaceClient)")
        assert page.evaluate(SPEAK, origin) == [True, 10, "ready", True]


@pytest.fixture
def below(origin: str) -> Iterator[str]:
    """The URL of the server behind a proxy that serves it below a path, and nothing elsewhere."""
    with run_path_proxy(PREFIX, int(origin.rpartition(":")[2])) as port:
        yield f"http://127.0.0.1:{port}{PREFIX}"


def test_below_a_path_the_page_connects_to_its_own_server(visit: Callable[..., Any], below: str) -> None:
    demo = visit(at=f"{below}/")
    assert demo.page.locator("#server-status").inner_text().startswith("Connected")
    assert demo.page.locator("#url").input_value() == below
    assert f'src="{below}/audio2face-client.js"' in demo.page.locator("#snippet").input_value()
    demo.button("Play sample").click()
    demo.page.wait_for_function("a2f.client.weights[17] > 0.1")
    demo.page.get_by_role("link", name="API").click()
    demo.page.wait_for_url(f"{below}/docs")
    assert [url for url in demo.requests if url.startswith("http") and not url.startswith(below)] == []


def test_below_a_path_the_api_can_be_tried_out(browser: Browser, below: str) -> None:
    with browser.new_context(**VIEW) as context:  # type: ignore[arg-type]
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{below}/docs")
        page.get_by_text("/health", exact=True).click()
        page.get_by_role("button", name="Try it out").click()
        page.get_by_role("button", name="Execute").click()
        until(lambda: f"{below}/health" in asked or bool(page.wait_for_timeout(50)))
        assert [url for url in asked if url.startswith("http") and not url.startswith(below)] == []


def test_another_servers_address_is_kept_for_one_path(visit: Callable[..., Any], below: str) -> None:
    """Pages of one origin share their storage."""
    demo = visit(at=f"{below}/")
    assert demo.page.evaluate("Object.keys(localStorage)") == []
    demo.page.locator("#url").fill("http://127.0.0.1:9")
    demo.page.locator("#url").press("Enter")
    demo.page.locator("#server-status[data-state=bad]").wait_for()
    assert demo.page.evaluate("Object.keys(localStorage)") == [f"a2f_server_url{PREFIX}"]


def test_the_api_can_be_tried_out_with_the_key(browser: Browser) -> None:
    key = "correct horse battery staple"
    with spawn_server(A2F_API_KEY=key) as server, browser.new_context(**VIEW) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.port}/docs")
        page.get_by_role("button", name="Authorize").click()
        page.get_by_label("auth-bearer-value").fill(key)
        page.get_by_role("button", name="Apply credentials").click()
        page.get_by_role("button", name="Close", exact=True).click()
        page.get_by_text("/v1/token", exact=True).click()
        page.get_by_role("button", name="Try it out").click()
        with page.expect_response("**/v1/token") as answer:
            page.get_by_role("button", name="Execute").click()
        assert answer.value.status == 200
        assert answer.value.request.headers["authorization"] == f"Bearer {key}"
