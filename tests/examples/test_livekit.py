"""examples/livekit: an agent's session sends a room the face of its speech; a page in the room shows it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.examples.bots import PACKAGES
from tests.examples.pages import READY, SPEAKS, outcome, press, record_outcome, wait_for
from tests.examples.providers import run_providers
from tests.examples.site import EXAMPLES
from tests.support.spawning import environment

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = Path(__file__).with_name("livekit_session.py")
ROOM = """
  export const RoomEvent = { TrackSubscribed: "track", DataReceived: "data" };
  export class Room {
    localParticipant = { setMicrophoneEnabled: async (on) => { window.microphone = on; } };
    on(event, callback) { if (event === "data") window.deliver = (message) =>
      callback(new TextEncoder().encode(JSON.stringify(message)), null, 0, "face"); }
    async connect(url, token) { window.joined = [url, token]; }
  }
"""


@pytest.fixture(scope="module")
def sent(origin: str) -> list[tuple[float, dict[str, Any]]]:
    """Returns the messages that a session sent to its room, each with its time in seconds."""
    if not (PACKAGES / "livekit").is_dir():
        pytest.skip("livekit is not installed: make .venv/.examples")
    paths = f"{PACKAGES}:{EXAMPLES / 'livekit'}"
    with run_providers() as providers:
        variables = environment(PYTHONPATH=paths, OPENAI_API_KEY="secret", OPENAI_BASE_URL=f"{providers.http}/v1")
        line = [sys.executable, str(SCRIPT), origin]
        done = subprocess.run(line, env=variables, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def of(sent: list[tuple[float, dict[str, Any]]], kind: str) -> list[dict[str, Any]]:
    return [message for _, message in sent if message["type"] == f"face.{kind}"]


def test_frames_cover_what_is_said_and_an_interruption_is_told(sent: list[tuple[float, dict[str, Any]]]) -> None:
    first, second = (message["utterance"] for message in of(sent, "end"))
    frames = [m for m in of(sent, "frames") if m["utterance"] == first]
    assert of(sent, "end")[0]["duration"] == pytest.approx(4, abs=0.1)
    assert sum(len(message["weights"]) for message in frames) == pytest.approx(121, abs=2)
    assert [m["utterance"] for m in of(sent, "playing")][:1] == [first]
    assert sent[-1][1] == {"type": "face.cancel"}
    assert second > first


def test_the_page_shows_it(visit: Callable[..., Page], sent: list[tuple[float, dict[str, Any]]]) -> None:
    page = visit("livekit/", modules={"livekit-client": ROOM})
    wait_for(page, READY)
    record_outcome(page)
    page.get_by_label("Token").evaluate("(field) => { field.value = 'ticket'; }")
    press(page, "Join")
    wait_for(page, "window.microphone")
    assert page.evaluate("joined") == ["ws://127.0.0.1:7880", "ticket"]
    second = of(sent, "end")[-1]["utterance"]
    for _, message in sent:
        if message.get("utterance") == second:
            page.evaluate("(message) => deliver(message)", message)
    wait_for(page, SPEAKS)
    page.evaluate("deliver({ type: 'face.cancel' })")
    end = outcome(page)
    assert (end["cancelled"], end["heard"] > 0, end["rank"]) == (True, True, "server")
