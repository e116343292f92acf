"""Azure as a voice: Microsoft's own SDK against the emulator."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from a2f_server.azure_emulator.failures import Failure
from a2f_server.errors import A2FError, BadMessage, TtsFailed
from a2f_server.settings import Settings
from a2f_server.tts.azure import AzureVoice, pool, synthesis
from a2f_server.tts.azure.animation import AnimationReader
from a2f_server.tts.azure.endpoint import Endpoint
from a2f_server.tts.azure.errors import Failed, explain
from a2f_server.tts.azure.event_order import GRACE_S, EventOrder
from a2f_server.tts.azure.synthesizer import CONNECT_S, sdk
from a2f_server.tts.contract import (
    AnimationChunk,
    AudioChunk,
    BookmarkEvent,
    SpeechEvent,
    SpeechRequest,
    VisemeEvent,
    VoiceToken,
    WordEvent,
)
from tests.support.emulating import Emulated, Hummer, Marker, run_emulator
from tests.support.waiting import until

try:
    sdk()
except ValueError as error:
    pytest.skip(f"no Azure SDK: {error}", allow_module_level=True)

pytestmark = pytest.mark.anyio

KEY = "a-key-that-nobody-may-see"


@pytest.fixture(scope="module")
def azure() -> Iterator[Emulated]:
    with run_emulator() as emulated:
        yield emulated


def voice_of(azure: Emulated, **settings: Any) -> AzureVoice:
    return AzureVoice.from_settings(Settings(**{"azure_host": azure.host, "azure_key": KEY, **settings}))


async def heard(
    voice: AzureVoice, name: str | None = None, animation: bool = False, text: str = "hm"
) -> list[SpeechEvent]:
    request = SpeechRequest(text=text, voice=name, animation=animation)
    return [event async for event in voice.speak(request)]


async def ended(voice: AzureVoice, name: str | None = None) -> tuple[list[SpeechEvent], A2FError]:
    """Returns the events before the error, and the error."""
    events: list[SpeechEvent] = []

    async def listen() -> None:
        async for event in voice.speak(SpeechRequest(text="hm", voice=name)):
            events.append(event)  # noqa: PERF401 - the events before the error are needed

    with pytest.raises(A2FError) as caught:
        await listen()
    assert KEY not in caught.value.message
    return events, caught.value


def of(kind: type, events: list[SpeechEvent]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def pcm(events: list[SpeechEvent]) -> bytes:
    return b"".join(event.pcm for event in of(AudioChunk, events))


# Success


async def test_every_sample_viseme_and_word_arrives(azure: Emulated) -> None:
    voice, hummer = voice_of(azure), Hummer()
    events = await heard(voice)
    said = [event async for event in hummer.speak(SpeechRequest(text="hm"))]
    assert pcm(events) == hummer.sound
    assert of(VisemeEvent, events) == of(VisemeEvent, said)
    assert of(WordEvent, events) == pytest.approx(of(WordEvent, said))
    assert not of(AnimationChunk, events), "nobody asked for it"
    await voice.close()


async def test_bookmarks_arrive() -> None:
    with run_emulator(Marker()) as azure:
        voice = voice_of(azure)
        assert of(BookmarkEvent, await heard(voice)) == [BookmarkEvent(0.25, "wave"), BookmarkEvent(1.9, "bow & é")]
        await voice.close()


@pytest.mark.parametrize("name", ["en-US-AvaNeural", "en-US-Fail-chunked"])
async def test_facial_expression_has_no_gaps(azure: Emulated, name: str) -> None:
    voice = voice_of(azure)
    animations = of(AnimationChunk, await heard(voice, name, animation=True))
    assert len(animations) > 1
    assert [a.first for a in animations] == list(np.cumsum([0, *(len(a.rows) for a in animations[:-1])]))
    rows = np.concatenate([a.rows for a in animations])
    assert rows.shape == (120, 55)
    assert rows.dtype == np.float32
    assert rows[:, :52].min() == 0, "the service goes below"
    assert rows[:, :52].max() <= 1
    await voice.close()


@pytest.mark.parametrize("name", ["ja-JP-NanamiNeural", "en-US-Fail-no-animation"])
async def test_voices_without_facial_expression_have_visemes(azure: Emulated, name: str) -> None:
    voice = voice_of(azure)
    events = await heard(voice, name, animation=True)
    assert of(VisemeEvent, events)
    assert not of(AnimationChunk, events)
    await voice.close()


async def test_audio_arrives_without_visemes(azure: Emulated) -> None:
    voice = voice_of(azure)
    events = await heard(voice, "en-US-Fail-no-visemes")
    assert pcm(events) == Hummer().sound
    assert not of(VisemeEvent, events)
    await voice.close()


async def test_ssml_is_spoken_and_the_default_voice_is_the_settings(azure: Emulated) -> None:
    voice = voice_of(azure, voice="de-DE-KatjaNeural")
    await heard(voice, text="Käse & <Brot>")
    assert "de-DE-KatjaNeural" in azure.records.turns[-1].ssml
    assert "Käse &amp; &lt;Brot&gt;" in azure.records.turns[-1].ssml
    assert azure.records.turns[-1].format == "raw-24khz-16bit-mono-pcm"
    ssml = '<speak version="1.0" xml:lang="en-US"><voice name="fr-FR-HenriNeural">oui</voice></speak>'
    assert [event async for event in voice.speak(SpeechRequest(ssml=ssml))]
    assert "fr-FR-HenriNeural" in azure.records.turns[-1].ssml
    await voice.close()


async def test_one_connection_serves_many_utterances(azure: Emulated) -> None:
    voice, before = voice_of(azure), azure.records.connections
    for _ in range(5):
        assert pcm(await heard(voice)) == Hummer().sound
    assert azure.records.connections == before + 1
    await voice.close()


async def test_a_warm_connection_is_used(azure: Emulated) -> None:
    voice, before = voice_of(azure), azure.records.connections
    await voice.warm()
    await asyncio.to_thread(until, lambda: azure.records.connections == before + 1)
    await heard(voice)
    assert azure.records.connections == before + 1
    await voice.close()


async def test_twenty_concurrent_utterances(azure: Emulated) -> None:
    voice = voice_of(azure)
    results = await asyncio.gather(*(heard(voice, animation=True) for _ in range(20)))
    for events in results:
        assert pcm(events) == Hummer().sound
        assert len(of(VisemeEvent, events)) == 9
        assert len(of(WordEvent, events)) == 4
    await voice.close()


# Cancellation


async def test_closing_the_generator_stops_the_synthesis_and_nothing_leaks() -> None:
    with run_emulator(Hummer(40), pace=4.0) as azure:
        voice = voice_of(azure)
        for number in range(3):
            async with aclosing(voice.speak(SpeechRequest(text="hm"))) as events:
                async for event in events:
                    if isinstance(event, AudioChunk):
                        break
            await asyncio.to_thread(until, lambda n=number: azure.cancelled == n + 1)
            assert azure.records.turns[-1].sent < len(Hummer(40).sound) / 2
        said: list[SpeechEvent] = []
        async with aclosing(voice.speak(SpeechRequest(text="hm"))) as events:
            async for event in events:
                said.append(event)
                if len(of(AudioChunk, said)) == 8:
                    break
        assert Hummer(40).sound.startswith(pcm(said)), "sound of an earlier utterance"
        assert [v.time for v in of(VisemeEvent, said)][:2] == [0.0, 0.1]
        await voice.close()


async def test_closing_the_voice_ends_the_current_utterance() -> None:
    with run_emulator(Hummer(40), pace=4.0) as azure:
        voice = voice_of(azure)
        events = voice.speak(SpeechRequest(text="hm"))
        assert await anext(events)
        await voice.close()
        with pytest.raises(TtsFailed, match="shutting down"):
            assert [event async for event in events]
        assert isinstance((await ended(voice))[1], TtsFailed)
        await asyncio.to_thread(until, lambda: azure.cancelled == 1)


# Failures


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ("401", "A2F_AZURE_KEY"),
        ("403", "quota"),
        ("429", "too many requests"),
        ("503", "unavailable"),
    ],
)
@pytest.mark.parametrize("at_connect", [True, False])
async def test_a_refusal_has_an_actionable_message(failure: str, words: str, at_connect: bool) -> None:
    with run_emulator(fail=Failure(failure) if at_connect else None) as azure:
        voice = voice_of(azure)
        events, error = await ended(voice, None if at_connect else f"en-US-Fail-{failure}")
        assert not events
        assert isinstance(error, TtsFailed)
        assert words in error.message
        assert azure.records.handshakes <= 2, "the SDK tries twice, and so do we, never both"
        await voice.close()


@pytest.mark.parametrize("failure", ["429-once", "503-once"])
@pytest.mark.parametrize("at_connect", [True, False])
async def test_a_second_try_may_succeed(failure: str, at_connect: bool) -> None:
    with run_emulator(fail=Failure(failure) if at_connect else None) as azure:
        voice = voice_of(azure)
        assert pcm(await heard(voice, None if at_connect else f"en-US-Fail-{failure}")) == Hummer().sound
        await voice.close()


async def test_bad_ssml_and_unknown_voices_are_told_apart(azure: Emulated) -> None:
    voice = voice_of(azure)
    _, error = await ended(voice, "en-US-Fail-bad-request")
    assert isinstance(error, TtsFailed)
    assert "Invalid SSML" in error.message
    _, error = await ended(voice, "en-US-NobodyNeural")
    assert isinstance(error, BadMessage)
    assert "en-US-NobodyNeural" in error.message
    assert "GET /v1/voices" in error.message
    await voice.close()


async def test_a_connection_that_breaks_keeps_the_audio_so_far(azure: Emulated) -> None:
    voice = voice_of(azure)
    events, error = await ended(voice, "en-US-Fail-drop")
    assert "broke off" in error.message
    assert 0 < len(pcm(events)) < len(Hummer().sound)
    assert Hummer().sound.startswith(pcm(events))
    assert pcm(await heard(voice)) == Hummer().sound
    await voice.close()


async def test_a_connection_that_breaks_before_any_audio_counts_as_unreachable(azure: Emulated) -> None:
    voice = voice_of(azure)
    events, error = await ended(voice, "en-US-Fail-drop-early")
    assert not events
    assert "cannot be reached" in error.message
    await voice.close()


async def test_idle_connections_may_die(azure: Emulated) -> None:
    voice = voice_of(azure)
    await heard(voice)
    await asyncio.to_thread(azure.cut_all)
    assert pcm(await heard(voice)) == Hummer().sound
    await voice.close()


async def test_a_pause_of_the_service_is_waited_for(azure: Emulated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("a2f_server.azure_emulator.turn.STALL_S", 0.5)
    voice = voice_of(azure)
    assert pcm(await heard(voice, "en-US-Fail-stall")) == Hummer().sound
    await voice.close()


@pytest.mark.parametrize("name", ["en-US-Fail-stall", "en-US-Fail-silent"])
async def test_a_silent_service_times_out(azure: Emulated, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(synthesis, "WATCHDOG_S", 0.3)
    voice = voice_of(azure)
    _, error = await ended(voice, name)
    assert "sent nothing" in error.message
    await asyncio.to_thread(until, lambda: azure.records.turns[-1].state == "cancelled")
    await voice.close()


async def test_an_unreachable_host() -> None:
    voice = AzureVoice.from_settings(Settings(azure_host="ws://127.0.0.1:1"))
    _, error = await ended(voice)
    assert "A2F_AZURE_HOST" in error.message
    assert "127.0.0.1" not in error.message, "visitors read it"
    with pytest.raises(TtsFailed, match="A2F_AZURE_HOST"):
        await voice.voices()
    await voice.close()


async def test_the_key_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with run_emulator(key="another") as azure, capture_logs() as lines:
        voice = voice_of(azure)
        for attempt in (ended(voice), voice.voices(), voice.token()):
            said = str((await asyncio.gather(attempt, return_exceptions=True))[0])
            assert KEY not in said
        await voice.close()
    assert KEY not in caplog.text + repr(lines)
    assert KEY not in repr(Endpoint(KEY, "westeurope", None))


# Voices, tokens, connections


async def test_closing_does_not_wait_for_a_failing_connection() -> None:
    with run_emulator(fail=Failure.UNAUTHORIZED) as refusing:
        voice = voice_of(refusing)
        warming = asyncio.create_task(voice.warm())
        await asyncio.sleep(0.3)
        began = time.monotonic()
        await voice.close()
        await warming
        assert time.monotonic() - began < CONNECT_S / 2


async def test_the_list_of_voices_is_cached() -> None:
    with run_emulator(key=KEY) as azure:
        voice = voice_of(azure)
        voices = await voice.voices()
        assert [v.locale for v in voices if v.name == "en-US-AvaNeural"] == ["en-US"]
        assert await voice.voices() == voices
        assert azure.records.voice_lists == 1
        await voice.close()


@pytest.mark.parametrize("settings", [{"azure_key": "“in curly quotes”"}, {"azure_host": "ws://[::1"}])
async def test_unusable_settings_are_reported(azure: Emulated, settings: dict[str, str]) -> None:
    voice = voice_of(azure, **settings)
    with pytest.raises(TtsFailed, match="check A2F_AZURE_KEY and A2F_AZURE_HOST"):
        await voice.voices()
    await voice.close()


async def test_a_token_is_as_good_as_the_key() -> None:
    with run_emulator(key=KEY) as azure:
        voice = voice_of(azure)
        issued = await voice.token()
        assert issued.token in azure.records.tokens
        assert 400 < issued.expires_in <= 540
        assert (await voice.token()).token == issued.token
        assert pcm(await heard(voice)) == Hummer().sound
        await voice.close()
        stranger = voice_of(azure, azure_key="wrong")
        with pytest.raises(TtsFailed, match="401"):
            await stranger.token()
        await stranger.close()


async def test_a_host_without_a_key_needs_no_token(azure: Emulated) -> None:
    voice = voice_of(azure, azure_key=None)
    assert await voice.token() == VoiceToken(None, 540)
    await voice.close()


async def test_idle_connections_are_closed(azure: Emulated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "IDLE_S", 0.05)
    voice, before = voice_of(azure), azure.records.open
    await heard(voice)
    await asyncio.to_thread(until, lambda: azure.records.open == before)
    assert pcm(await heard(voice)) == Hummer().sound
    await voice.close()


def test_missing_settings_and_packages_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="A2F_AZURE_KEY and A2F_AZURE_REGION"):
        AzureVoice.from_settings(Settings())
    with pytest.raises(ValueError, match="A2F_AZURE_REGION"):
        AzureVoice.from_settings(Settings(azure_key=KEY))
    monkeypatch.setitem(__import__("sys").modules, "azure.cognitiveservices.speech", None)
    with pytest.raises(ValueError, match=r"a2f-server\[azure\]"):
        AzureVoice.from_settings(Settings(azure_key=KEY, azure_region="westeurope"))


def test_addresses() -> None:
    region = Endpoint(KEY, "westeurope", None)
    assert region.voices_url == "https://westeurope.tts.speech.microsoft.com/cognitiveservices/voices/list"
    assert region.token_url == "https://westeurope.api.cognitive.microsoft.com/sts/v1.0/issueToken"
    host = Endpoint.from_settings(Settings(azure_host="wss://there:5000/"))
    assert host.voices_url == "https://there:5000/cognitiveservices/voices/list"


def test_throttling_may_arrive_as_a_bad_request() -> None:
    details = "Connection was closed by the remote host. Error code: 1007. Error details: Throttled due to too many"
    refused = explain(Failed("BadRequest", details), Endpoint(KEY, "x", None), reused=False)
    assert "429" in refused.error.message
    assert refused.retry


# Event order and animation


def test_audio_waits_for_its_visemes_within_the_grace_period() -> None:
    lanes, second = EventOrder(24000), AudioChunk(bytes(48000))
    assert lanes.put(second, 0.0) == []
    assert lanes.put(VisemeEvent(0.5, 1), 0.001) == [VisemeEvent(0.5, 1)]
    assert lanes.put(VisemeEvent(1.2, 2), 0.002) == [VisemeEvent(1.2, 2), second]
    assert lanes.put(second, 1.0) == []
    assert lanes.patience(1.0) == pytest.approx(GRACE_S)
    assert lanes.due(1.0 + GRACE_S) == [second]
    assert lanes.patience(1.1) is None


def test_half_a_sample_waits_for_the_other_half() -> None:
    lanes = EventOrder(24000)
    lanes.put(VisemeEvent(9.0, 1), 0.0)
    assert lanes.put(AudioChunk(b"abc"), 0.0) == [AudioChunk(b"ab")]
    assert lanes.put(AudioChunk(b"d"), 0.0) == [AudioChunk(b"cd")]


def test_pieces_of_animation_are_put_together() -> None:
    row = [2.0, -0.5, *[0.5] * 50, -0.3, 0.1, 0.2]
    text = f'{{"FrameIndex": 3, "BlendShapes": [{row}, {row}]}}'
    animations = AnimationReader()
    assert animations.feed(text[:50]) is None
    assert animations.feed(text[50:90]) is None
    whole = animations.feed(text[90:])
    assert whole is not None
    assert whole.first == 3
    assert whole.rows[:, :2].tolist() == [[1, 0], [1, 0]]
    assert whole.rows[0, 52] == pytest.approx(-0.3)
    assert animations.feed("<svg>") is None
    assert animations.feed(text) is not None, "an unfinished chunk does no harm"
    assert animations.feed('{"FrameIndex": 0, "BlendShapes": [[1, 2]]}') is None
