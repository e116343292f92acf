"""examples/streaming-tts: services that stream sound, and visitors who interrupt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.examples.pages import READY, SILENT, SPEAKS, outcome, press, record_outcome, set_value, wait_for
from tests.examples.providers import Providers, run_providers
from tests.support.emulating import Emulated, run_emulator
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def running() -> Iterator[Providers]:
    with run_providers() as providers:
        yield providers


@pytest.fixture
def providers(running: Providers) -> Providers:
    running.events.clear()
    return running


@pytest.fixture(scope="module")
def azure() -> Iterator[Emulated]:
    with run_emulator() as emulated:
        yield emulated


def open_with(visit: Callable[..., Page], provider: str, url: str) -> Page:
    page = visit("streaming-tts/")
    wait_for(page, READY)
    page.get_by_label("Provider").select_option(label=provider)
    set_value(page, "URL or region", url)
    set_value(page, "Key", "secret")
    record_outcome(page)
    return page


def test_openai_realtime_stops_when_the_visitor_speaks(visit: Callable[..., Page], providers: Providers) -> None:
    page = open_with(visit, "OpenAI Realtime", providers.ws)
    press(page, "Speak")
    wait_for(page, SPEAKS)
    press(page, "Microphone")
    heard = outcome(page)["heard"]
    until(lambda: bool(providers.received("conversation.item.truncate")) or bool(page.wait_for_timeout(20)))
    cut = providers.received("conversation.item.truncate")[0]
    assert cut["audio_end_ms"] == round(heard * 1000) > 0
    assert cut["item_id"].startswith("item_")
    wait_for(page, SILENT)


@pytest.mark.parametrize("provider", ["OpenAI Realtime", "ElevenLabs", "Azure"])
def test_the_visitor_interrupts(
    visit: Callable[..., Page], provider: str, providers: Providers, azure: Emulated
) -> None:
    page = open_with(visit, provider, azure.host if provider == "Azure" else providers.ws)
    press(page, "Speak")
    wait_for(page, SPEAKS)
    press(page, "Interrupt")
    end = outcome(page)
    assert end["cancelled"]
    assert (end["heard"] > 0, end["rank"]) == (True, "server")
    wait_for(page, SILENT)
    press(page, "Speak")
    wait_for(page, SPEAKS)


def test_elevenlabs_gets_text_and_key_and_is_played_to_its_end(
    visit: Callable[..., Page], providers: Providers
) -> None:
    page = open_with(visit, "ElevenLabs", providers.ws)
    set_value(page, "Text", "My balloon is blue.")
    press(page, "Speak")
    assert outcome(page)["heard"] == pytest.approx(8, abs=0.3)
    events = providers.received("elevenlabs")
    assert [event["text"] for event in events] == [" ", "My balloon is blue. ", ""]
    assert (events[0]["xi_api_key"], events[0]["query"]) == ("secret", "output_format=pcm_24000")
