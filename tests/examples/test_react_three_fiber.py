"""examples/react-three-fiber: built with Vite, and served by Vite as in development, where StrictMode mounts twice."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.examples.pages import READY, SPEAKS, press, wait_for
from tests.examples.site import EXAMPLES, SERVER, SHARED, serve_examples
from tests.support.processes import Listened, free_port
from tests.support.spawning import environment
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = EXAMPLES / "react-three-fiber"
VITE = FOLDER / "node_modules/vite/bin/vite.js"

# Counts what is open, and who opened it.
COUNT = """
  window.open_ = { sockets: new Set(), workers: new Set(), contexts: new Set() };
  const count = (name, set, close) => {
    const Native = window[name];
    window[name] = class extends Native {
      constructor(...given) {
        super(...given);
        if (!String(given[1]).includes("vite")) set.add(this);
      }
      [close](...given) {
        set.delete(this);
        return super[close](...given);
      }
    };
  };
  count("WebSocket", open_.sockets, "close");
  count("Worker", open_.workers, "terminate");
  count("AudioContext", open_.contexts, "close");
  window.opened = () => Object.values(open_).map((set) => set.size);
"""

# Answers as OpenAI's Realtime API does: with a peer in the same page, whose voice is a tone.
REALTIME = """
  const { fetch } = window;
  window.calls = [];
  window.fetch = async (url, options) => {
    if (!String(url).includes("api.openai.com")) return fetch(url, options);
    const peer = new RTCPeerConnection();
    const context = new AudioContext();
    const voice = new OscillatorNode(context, { frequency: 150, type: "sawtooth" });
    const output = context.createMediaStreamDestination();
    voice.connect(output);
    voice.start();
    peer.addTrack(output.stream.getAudioTracks()[0], output.stream);
    await peer.setRemoteDescription({ type: "offer", sdp: options.body });
    await peer.setLocalDescription(await peer.createAnswer());
    while (peer.iceGatheringState !== "complete") await new Promise((resolve) => setTimeout(resolve, 20));
    calls.push({ url, key: options.headers.Authorization, peer });
    return new Response(peer.localDescription.sdp);
  };
"""


@pytest.fixture(scope="module")
def vite() -> list[str]:
    if not VITE.is_file():
        pytest.skip(f"packages are missing: cd {FOLDER} && npm install")
    return ["node", str(VITE)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, origin: str, vite: list[str]) -> Iterator[str]:
    output = tmp_path_factory.mktemp("site")
    line = [*vite, "build", "--outDir", str(output), "--emptyOutDir"]
    done = subprocess.run(line, cwd=FOLDER, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    with serve_examples(origin, output) as url:
        yield url


def test_the_component_speaks(visit: Callable[..., Page], built: str) -> None:
    page = visit(built)
    wait_for(page, READY)
    press(page, "Speak")
    wait_for(page, SPEAKS)


def test_an_agent_talks(visit: Callable[..., Page], built: str) -> None:
    page = visit(built, script=COUNT + REALTIME, files={"**/realtime-key": b"ek_test"})
    wait_for(page, READY)
    press(page, "Talk to an agent")
    wait_for(page, SPEAKS)
    assert page.evaluate("calls.map(({ url, key }) => [url, key])") == [
        ["https://api.openai.com/v1/realtime/calls", "Bearer ek_test"]
    ]
    press(page, "Hang up")
    wait_for(page, "calls[0].peer.connectionState !== 'connected'")
    wait_for(page, "!face.getDebugState().speaking")


def test_without_a_key_the_page_says_why(visit: Callable[..., Page], built: str) -> None:
    page = visit(built, problems_expected=True)
    wait_for(page, READY)
    press(page, "Talk to an agent")
    wait_for(page, "document.querySelector('output').value.includes('getCredentials returned a page')")


def test_without_an_avatar_the_page_stays(visit: Callable[..., Page], built: str) -> None:
    page = visit("about:blank", problems_expected=True)
    page.route("**/avatar/head.glb", lambda route: route.fulfill(status=404, headers=SHARED))
    with page.expect_console_message(lambda message: "cannot be loaded" in message.text) as found:
        page.goto(built)
    assert "404" in found.value.text
    press(page, "Speak")
    wait_for(page, "face.getDebugState().speaking")


def test_without_webgl_the_page_says_so(visit: Callable[..., Page], built: str) -> None:
    page = visit(built, problems_expected=True, script="HTMLCanvasElement.prototype.getContext = () => null;")
    page.get_by_text("No WebGL, no face.").wait_for()
    wait_for(page, "window.face")


@pytest.fixture
def developed(tmp_path: Path, origin: str, vite: list[str]) -> Iterator[tuple[str, Path]]:
    """Yields the URL of Vite's development server, and the component that it serves, to be edited."""
    for name in ("src", "index.html", "package.json", "vite.config.js"):
        copy = shutil.copytree if (FOLDER / name).is_dir() else shutil.copy
        copy(FOLDER / name, tmp_path / name)
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
    app = tmp_path / "src/App.jsx"
    app.write_text(app.read_text("utf-8").replace(SERVER, origin), "utf-8")
    port = free_port()
    line = [*vite, "--host", "127.0.0.1", "--port", str(port), "--strictPort"]
    process = subprocess.Popen(line, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=environment())
    server = Listened(process, process.stdout)
    try:
        until(lambda: f":{port}" in server.log or process.poll() is not None, patience=120)
        assert process.poll() is None, server.log
        yield f"http://127.0.0.1:{port}", app
    finally:
        server.killed()


def test_strict_mode_and_hot_updates_leave_one_of_each(visit: Callable[..., Page], developed: tuple[str, Path]) -> None:
    url, app = developed
    page = visit(url, script=COUNT)
    page.set_default_timeout(120_000)  # Vite prepares the packages first
    wait_for(page, READY)
    speaks_with_one_of_each(page)
    first = page.evaluate_handle("face")
    edit(app, "window.face =", "window.edited = 1;\n  window.face =")
    wait_for(page, "window.edited === 1")
    assert page.evaluate("first => first === face", first), "an edit of the body keeps the client, in mid-sentence too"
    edit(app, "const call", "useRef(null);\n  const call", imports='import { useRef } from "react";\n')
    edit(app, "edited = 1", "edited = 2")
    wait_for(page, f"window.edited === 2 && {READY}")
    assert page.evaluate("first => first !== face && first.getDebugState().connection === 'closed'", first)
    speaks_with_one_of_each(page)


def edit(path: Path, old: str, new: str, *, imports: str = "") -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(imports + text.replace(old, new), "utf-8")


def speaks_with_one_of_each(page: Page) -> None:
    """Speaks; one WebSocket, one worker and one AudioContext are open."""
    press(page, "Speak")
    wait_for(page, SPEAKS)
    wait_for(page, "opened().join() === '1,1,1'")
