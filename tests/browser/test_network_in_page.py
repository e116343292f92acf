"""The network in the page: where it runs under a page's policy, and what the client says where it cannot."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WEB = Path(__file__).parents[2] / "web"
FILES = {
    "/client.mjs": WEB / "dist/audio2face-client.mjs",
    "/client.min.js": WEB / "dist/audio2face-client.min.js",
    "/network-worker.js": WEB / "dist/network-worker.js",
    "/network.bin": WEB / "network/network.bin",
}
SCRIPT = """
import { Audio2FaceClient } from "/client.mjs";
const RATE = 16000;
// The self-test of a page measures with this clock: a machine that runs tests may be slow.
const { performance } = window;
const clock = performance.now.bind(performance);
performance.now = () => clock() / 20;
const voice = Float32Array.from({ length: RATE }, (_, i) =>
  [1, 2, 3, 5].reduce((sum, k) => sum + Math.sin((2 * Math.PI * 130 * k * i) / RATE) / k, 0) * 0.15);
const clientOf = (network) => {
  const face = new Audio2FaceClient(false, { network, now: clock });
  const names = Audio2FaceClient.BLENDSHAPES;
  face.initializeWithScene({ morphTargetDictionary: Object.fromEntries(names.map((n, i) => [n, i])),
    morphTargetInfluences: names.map(() => 0) });
  return face;
};
// The audio's clock waits for the network, so that nothing depends on the machine's speed.
const say = async (face) => {
  const errors = [];
  let time = 0;
  let most = 0;
  let last = "";
  face.on("error", ({ code, message }) => errors.push([code, message]));
  face.on("frame", ({ weights, rank }) => {
    most = Math.max(most, ...weights);
    last = rank;
    if (rank === "network" || errors.length > 0) time += 1 / 60;
  });
  const stream = face.start({ sampleRate: RATE, encoding: "pcm_f32le", audio: () => time });
  stream.write(voice);
  stream.end();
  await stream.done;
  const { place, kernel } = face.getDebugState().network ?? {};
  return { rank: last, place, kernel, errors, moved: most > 0.1 };
};
window.run = async (network) => {
  const face = clientOf(network);
  const said = await say(face);
  face.dispose();
  return said;
};
window.crowd = async (network, count) => {
  const { Worker: Given } = window;
  let workers = 0;
  window.Worker = class extends Given { constructor(...given) { super(...given); workers++; } };
  const faces = Array.from({ length: count }, () => clientOf(network));
  const said = await Promise.all(faces.map(say));
  for (const face of faces) face.dispose();
  return { workers, ranks: said.map(({ rank }) => rank) };
};
window.ready = true;
"""


@contextmanager
def site(policy: str = "", *, cors: bool = False) -> Iterator[str]:
    """Serves the client and the network, with a Content Security Policy; yields its URL."""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = self._content()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if policy:
                self.send_header("Content-Security-Policy", policy)
            if cors:
                self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(body)

        def _content(self) -> tuple[str, bytes]:
            if file := FILES.get(self.path):
                return "application/octet-stream" if file.suffix == ".bin" else "text/javascript", file.read_bytes()
            if self.path == "/test.mjs":
                return "text/javascript", SCRIPT.encode()
            return (
                "text/html",
                b'<!doctype html><link rel="icon" href="data:,"><script type="module" src="/test.mjs"></script>',
            )

        def handle(self) -> None:
            with suppress(ConnectionError):  # the browser may leave in the middle of the file
                super().handle()

        def log_message(self, *given: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[Page]:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        page.wait_for_function("() => window.ready")
        yield page


POLICIES = {
    "none": ("", "/network.bin", "worker", "wasm"),
    "without wasm-unsafe-eval": ("script-src 'self'; worker-src blob:", "/network.bin", "worker", "plain"),
    "without blob:": (
        "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
        "/network.bin",
        "page",
        "wasm",
    ),
    "without blob:, with the worker as a file": (
        "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
        {"url": "/network.bin", "worker": "/network-worker.js"},
        "worker",
        "wasm",
    ),
    "only the page's own": ("default-src 'self'; img-src data:", "/network.bin", "page", "plain"),
    "as docs/without-a-server.md advises": (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:",
        {"url": "/network.bin", "worker": "/network-worker.js"},
        "worker",
        "wasm",
    ),
    "a worker that is not there": (
        "worker-src 'self' blob:",
        {"url": "/network.bin", "worker": "/none.js"},
        "worker",
        "wasm",
    ),
}


@pytest.mark.parametrize("name", POLICIES)
def test_it_runs_under_every_policy(browser: Browser, name: str) -> None:
    policy, network, place, kernel = POLICIES[name]
    with site(policy) as url, opened(browser, url) as page:
        said = page.evaluate("(network) => run(network)", network)
    assert said == {"rank": "network", "place": place, "kernel": kernel, "errors": [], "moved": True}


def test_it_runs_without_webassembly(browser: Browser) -> None:
    """As in iOS's lockdown mode."""
    with site() as url, browser.new_context() as context:
        page = context.new_page()
        page.add_init_script("delete window.WebAssembly; delete window.Worker;")
        page.goto(url)
        page.wait_for_function("() => window.ready")
        said = page.evaluate("run('/network.bin')")
    assert (said["rank"], said["place"], said["kernel"]) == ("network", "page", "plain")


def test_another_origin_has_to_allow_it(browser: Browser) -> None:
    with site() as url, site() as closed, site(cors=True) as shared, opened(browser, url) as page:
        allowed = page.evaluate("(url) => run(url)", f"{shared}/network.bin")
        refused = page.evaluate("(url) => run(url)", f"{closed}/network.bin")
    assert (allowed["rank"], allowed["errors"]) == ("network", [])
    assert (refused["rank"], refused["moved"]) == ("loudness", True)
    [[code, message]] = refused["errors"]
    assert code == "network_unavailable"
    assert "Access-Control-Allow-Origin" in message


def test_twenty_clients_share_one_worker(browser: Browser) -> None:
    with site() as url, opened(browser, url) as page:
        said = page.evaluate("crowd('/network.bin', 20)")
    assert said == {"workers": 1, "ranks": ["network"] * 20}


def test_the_server_provides_it_also_to_other_origins(browser: Browser, origin: str) -> None:
    with site() as url, opened(browser, url) as page:
        said = page.evaluate("(url) => run(url)", f"{origin}/network/network.bin")
    assert (said["rank"], said["errors"]) == ("network", [])
