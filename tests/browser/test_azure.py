"""Azure in the browser: Microsoft's SDK against the emulator, with the client and with servers that fail."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from a2f_server import arkit
from a2f_server.settings import Settings
from tests.browser.support.paths import CLIENT, NODE_MODULES, UNREACHABLE
from tests.support.emulating import Emulated, run_emulator
from tests.support.spawning import spawn_server
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SDK = NODE_MODULES / "microsoft-cognitiveservices-speech-sdk/distrib/browser"
BUNDLE = SDK / "microsoft.cognitiveservices.speech.sdk.bundle-min.js"
TEXT = "My mother bought a big pumpkin pie, and people may come by boat."

PAGE = """([origin, host, names]) => {
  const mesh = {
    morphTargetDictionary: Object.fromEntries(names.map((name, i) => [name, i])),
    morphTargetInfluences: names.map(() => 0),
  };
  const client = new Audio2FaceClient(origin);
  client.initializeWithScene(mesh);
  const log = { ranks: [], errors: [], words: [], visemes: [], ticks: [] };
  client.on("rank", (change) => log.ranks.push(change));
  client.on("error", (error) => log.errors.push(error));
  client.on("word", (word) => log.words.push(word));
  client.on("viseme", (viseme) => log.visemes.push(viseme));
  const shares = { jawOpen: 1, mouthClose: -1, mouthRollLower: -0.3, mouthRollUpper: -0.3 };
  for (const side of ["Left", "Right"])
    Object.assign(shares, {
      [`mouthLowerDown${side}`]: 0.25, [`mouthUpperUp${side}`]: 0.25, [`mouthPress${side}`]: -0.25 });
  // The aperture of the lips, as lip-sync scores define it.
  const aperture = (weights) => Math.max(0, names.reduce((sum, name, i) => sum + (shares[name] ?? 0) * weights[i], 0));
  client.on("frame", ({ time, rank, weights }) => log.ticks.push({ time, rank, lips: aperture(weights) }));
  // Adds ticks between display frames, which are rare on a busy machine.
  setInterval(() => client.update(), 10);
  const speakerOf = (voice) =>
    new Audio2FaceClient.AzureSpeaker(client, SpeechSDK, { getPass: () => ({ host }), voice });
  const azure = speakerOf("en-US-AvaNeural");
  const outcomeOf = (promise) => promise.catch(({ code, message }) => ({ code, message }));
  window.a2f = { client, log, azure, speakerOf, outcomeOf };
}"""


@pytest.fixture(scope="module")
def emulated() -> Iterator[Emulated]:
    """An emulator of Azure with the local voice. It sends audio a little faster than real time."""
    espeak = pytest.importorskip("a2f_server.tts.espeak.voice")
    try:
        voice = espeak.EspeakVoice.from_settings(Settings(tts="espeak"))
    except ValueError as error:
        pytest.skip(str(error))
    if not BUNDLE.exists():
        pytest.skip("microsoft-cognitiveservices-speech-sdk is missing: cd web && npm install")
    with run_emulator(voice, pace=1.5) as running:
        yield running


@pytest.fixture
def open_page(browser: Browser, origin: str, emulated: Emulated) -> Iterator[Callable[[str], Page]]:
    """Opens a page with a client of a server. The page itself comes from a server that keeps running."""
    pages: list[Page] = []

    def opened(server: str = origin) -> Page:
        page = browser.new_page()
        pages.append(page)
        page.goto(f"{origin}/health")
        page.add_script_tag(path=CLIENT)
        page.add_script_tag(path=BUNDLE)
        page.evaluate(PAGE, [server, emulated.host, list(arkit.NAMES)])
        return page

    yield opened
    for page in pages:
        page.close()


def speak(page: Page, text: str = TEXT, voice: str = "") -> dict[str, Any]:
    """Speaks a text to its end. Returns its outcome or its error."""
    outcome: dict[str, Any] = page.evaluate(
        "([text, voice]) => a2f.outcomeOf((voice ? a2f.speakerOf(voice) : a2f.azure).speak(text))", [text, voice]
    )
    return outcome


def start_speaking(page: Page, text: str = TEXT) -> None:
    page.evaluate("(text) => { a2f.outcome = a2f.outcomeOf(a2f.azure.speak(text)); }", text)


def wait_for_time(page: Page, seconds: float) -> None:
    """Waits until playback has reached a time."""
    page.wait_for_function("(seconds) => (a2f.log.ticks.at(-1)?.time ?? 0) >= seconds", arg=seconds)


def log(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("a2f.log")
    return found


def test_azure_speaks_and_the_server_animates(open_page: Callable[..., Page]) -> None:
    page = open_page()
    outcome = speak(page)
    seen = log(page)
    assert outcome["rank"] == "server"
    assert outcome["frames"] == pytest.approx(outcome["duration"] * 30, abs=1)
    assert [word["text"] for word in seen["words"]][:4] == ["My", "mother", "bought", "a"]
    assert sum(viseme["id"] == 21 for viseme in seen["visemes"]) >= 8
    assert 0 <= seen["visemes"][0]["time"] < seen["visemes"][-1]["time"] <= outcome["duration"] + 0.2
    assert max(tick["lips"] for tick in seen["ticks"]) > 0.2
    assert not seen["errors"]


def test_visemes_replace_a_server_that_cannot_be_reached(open_page: Callable[..., Page]) -> None:
    page = open_page(UNREACHABLE)
    outcome = speak(page)
    seen = log(page)
    assert outcome["rank"] == "viseme"
    assert outcome["duration"] > 3
    assert {tick["rank"] for tick in seen["ticks"]} <= {"viseme", "neutral"}
    spans = [(v["time"], after["time"]) for v, after in pairwise(seen["visemes"]) if v["id"] == 21]
    assert len(spans) >= 8
    for start, stop in spans:
        near = [tick["lips"] for tick in seen["ticks"] if start - 0.04 <= tick["time"] <= stop + 0.04]
        assert min(near) < 0.05, f"the lips do not meet at {start}"
    assert max(tick["lips"] for tick in seen["ticks"]) > 0.2


def test_visemes_replace_a_server_that_is_killed_until_it_is_back(
    open_page: Callable[..., Page],
) -> None:
    with spawn_server("--set", "allowed_origins=*") as first:
        port = first.port
        page = open_page(f"http://127.0.0.1:{port}")
        speak(page, "Hello.")
        page.evaluate("a2f.log.ticks.length = a2f.log.ranks.length = 0")
        start_speaking(page)
        page.wait_for_function("a2f.log.ticks.at(-1)?.rank === 'server' && a2f.log.ticks.at(-1).time > 1")
        first.process.send_signal(signal.SIGKILL)
        outcome = page.evaluate("a2f.outcome")
    page.wait_for_function("a2f.log.ranks.at(-1)?.to === 'neutral'")
    seen = log(page)
    assert outcome["duration"] > 3
    assert page.evaluate("a2f.client.getDebugState().underruns") == 0, "playback was not interrupted"
    ranks = [(change["from"], change["to"]) for change in seen["ranks"]]
    assert ranks[-2:] == [("server", "viseme"), ("viseme", "neutral")]
    with spawn_server("--set", "allowed_origins=*", "--port", str(port)) as second:
        assert second.port == port
        page.wait_for_function("a2f.client.getDebugState().connection === 'ready'", timeout=60_000)
        assert speak(page, "Hello again, my friend.")["rank"] == "server"


def test_visemes_replace_a_model_that_fails(open_page: Callable[..., Page]) -> None:
    with spawn_server(A2F_MOCK_FAIL_AFTER="1", A2F_ALLOWED_ORIGINS="*") as failing:
        page = open_page(f"http://127.0.0.1:{failing.port}")
        speak(page)
        seen = log(page)
    assert {"server", "viseme"} <= {tick["rank"] for tick in seen["ticks"]}
    assert [error["code"] for error in seen["errors"]] == ["backend_failed"]


def test_visemes_replace_a_server_that_is_late(open_page: Callable[..., Page]) -> None:
    """The server is stopped, not killed: the connection stays open, but no frames arrive until it continues."""
    with spawn_server("--set", "allowed_origins=*") as stopped:
        page = open_page(f"http://127.0.0.1:{stopped.port}")
        speak(page, "Hello.")
        page.evaluate("a2f.log.ticks.length = a2f.log.ranks.length = 0")
        start_speaking(page, TEXT + " " + TEXT)
        page.wait_for_function("a2f.log.ticks.at(-1)?.rank === 'server' && a2f.log.ticks.at(-1).time > 1")
        stopped.process.send_signal(signal.SIGSTOP)
        page.wait_for_function("a2f.log.ticks.at(-1).rank === 'viseme'")
        stopped.process.send_signal(signal.SIGCONT)
        page.wait_for_function("a2f.log.ticks.at(-1).rank === 'server'")
        outcome = page.evaluate("a2f.outcome")
    assert outcome["rank"] == "server"


def test_speech_can_be_interrupted(open_page: Callable[..., Page], emulated: Emulated) -> None:
    page = open_page()
    start_speaking(page, " ".join([TEXT] * 5))
    wait_for_time(page, 1)
    before = emulated.cancelled
    page.evaluate("a2f.client.cancel()")
    assert page.evaluate("a2f.client.getDebugState().speaking") is False
    assert page.evaluate("a2f.outcome")["cancelled"] is True
    outcome = speak(page, "Never mind.")
    assert (outcome["cancelled"], outcome["rank"]) == (False, "server")
    until(lambda: emulated.cancelled == before + 1)


@pytest.mark.parametrize("mode", ["401", "bad-request"])
def test_errors_of_azure_are_reported(open_page: Callable[..., Page], mode: str) -> None:
    page = open_page()
    error = speak(page, voice=f"en-US-Fail-{mode}")
    assert error["code"] == "tts_failed"
    assert "Azure" in error["message"]
    assert speak(page, "Hello.")["rank"] == "server"


def test_a_lost_connection_to_azure_keeps_the_audio_so_far(open_page: Callable[..., Page]) -> None:
    page = open_page()
    assert speak(page, voice="en-US-Fail-drop")["code"] == "tts_failed"
    page.wait_for_function("!a2f.client.getDebugState().speaking")
    assert page.evaluate("a2f.log.ticks.at(-1).time") > 1
    assert speak(page, "Hello.")["rank"] == "server"


def test_loudness_moves_the_mouth_without_visemes_and_server(open_page: Callable[..., Page]) -> None:
    page = open_page(UNREACHABLE)
    assert speak(page, voice="en-US-Fail-no-visemes")["rank"] == "loudness"
    assert max(tick["lips"] for tick in log(page)["ticks"]) > 0.1


def test_the_server_issues_azure_tokens(open_page: Callable[..., Page], emulated: Emulated) -> None:
    with spawn_server(A2F_AZURE_HOST=emulated.host, A2F_ALLOWED_ORIGINS="*") as server:
        url = f"http://127.0.0.1:{server.port}"
        page = open_page(url)
        outcome = page.evaluate(
            """async (url) => {
              const getPass = async () => (await fetch(`${url}/v1/azure-token`, { method: "POST" })).json();
              return a2f.outcomeOf(
                new Audio2FaceClient.AzureSpeaker(a2f.client, SpeechSDK, { getPass }).speak("Hello."));
            }""",
            url,
        )
        assert outcome["rank"] == "server"


def test_the_server_speaks_through_azure(open_page: Callable[..., Page], emulated: Emulated) -> None:
    with spawn_server(A2F_AZURE_HOST=emulated.host, A2F_ALLOWED_ORIGINS="*") as server:
        page = open_page(f"http://127.0.0.1:{server.port}")
        outcome = page.evaluate("(text) => a2f.outcomeOf(a2f.client.speak(text))", TEXT)
        assert outcome["rank"] == "server"
        assert [word["text"] for word in log(page)["words"]][:2] == ["My", "mother"]
        assert len(log(page)["visemes"]) > 20
