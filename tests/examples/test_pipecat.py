"""examples/pipecat: the bot speaks over WebRTC, and its face follows; the visitor's voice interrupts both."""

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
def bot(tmp_path_factory: pytest.TempPathFactory, origin: str, providers: Providers) -> Iterator[str]:
    folder = copied(tmp_path_factory.mktemp("examples"), origin)
    with run_program(folder / "pipecat/bot.py", "pipecat", OPENAI_BASE_URL=f"{providers.http}/v1") as url:
        yield url


def test_the_bot_speaks_is_interrupted_and_answers(visit: Callable[..., Page], bot: str, providers: Providers) -> None:
    page = visit(bot, permissions=["microphone"])
    wait_for(page, READY)
    record_outcome(page)
    press(page, "Call")
    wait_for(page, SPEAKS)
    wait_for(page, "document.querySelector('audio').currentTime > 0")
    end = outcome(page)  # the microphone plays a voice
    assert (end["cancelled"], end["rank"], end["heard"] > 0) == (True, "server", True)
    press(page, "Mute")
    wait_for(page, SPEAKS)
    assert providers.received("completion")[-1]["messages"][-1]["content"] == "Who are you?"
    spoken = [event["input"] for event in providers.received("speech")]
    assert (spoken[0], spoken[-1]) == ("Hello! Ask me something.", "I am a head made of triangles.")
