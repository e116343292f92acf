"""examples/voice-chat: the visitor speaks; speech recognition, language model and TTS answer; the face moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.examples.bots import copied, run_program
from tests.examples.pages import READY, SPEAKS, outcome, press, record_outcome, wait_for
from tests.examples.providers import Providers, run_providers

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def providers() -> Iterator[Providers]:
    with run_providers() as running:
        yield running


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory, origin: str, providers: Providers) -> Iterator[str]:
    folder = copied(tmp_path_factory.mktemp("examples"), origin)
    with run_program(folder / "voice-chat/server.py", "", OPENAI_BASE_URL=f"{providers.http}/v1") as url:
        yield url


def test_the_visitor_is_answered_and_interrupts(visit: Callable[..., Page], chat: str, providers: Providers) -> None:
    page = visit(chat, permissions=["microphone"])
    wait_for(page, READY)
    record_outcome(page)
    press(page, "Talk")
    wait_for(page, "document.getElementById('talk').textContent === 'Send'")
    press(page, "Send")
    wait_for(page, SPEAKS)
    press(page, "Talk")
    end = outcome(page)
    assert (end["cancelled"], end["rank"]) == (True, "server")
    assert providers.received("transcription")[0]["bytes"] > 0
    asked = providers.received("completion")[0]["messages"]
    assert asked[-1] == {"role": "user", "content": "Who are you?"}
    said = providers.received("speech")[0]
    assert (said["input"], said["response_format"]) == ("I am a head made of triangles.", "pcm")
    wait_for(page, "document.getElementById('words').textContent.includes('triangles')")
