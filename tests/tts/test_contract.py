"""The contract of `tts/contract.py`, checked for every voice. To add a voice, add one line to MADE."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, aclosing
from itertools import pairwise
from pathlib import Path

import pytest

from a2f_server.azure_emulator.recorded_voice import RecordedVoice
from a2f_server.errors import BadMessage, TtsFailed
from a2f_server.settings import Settings
from a2f_server.tts import selector
from a2f_server.tts.contract import (
    VISEMES,
    AudioChunk,
    BookmarkEvent,
    SpeechEvent,
    SpeechRequest,
    VisemeEvent,
    Voice,
    WordEvent,
)
from a2f_server.tts.hibari import network
from tests.support.emulating import run_emulator
from tests.support.speech_service import run_speech_service
from tests.tts.toy import ToyVoice

pytestmark = pytest.mark.anyio

VOICE_WAV = Path(__file__).parents[1] / "data/voice.wav"
TEXT = "My mother may bake bread. Then we go home."
Made = Callable[[ExitStack], Awaitable[Voice]]


async def espeak(stack: ExitStack) -> Voice:
    return selector.VOICES["espeak"].from_settings(Settings())


async def azure(stack: ExitStack) -> Voice:
    """Microsoft's SDK against the emulator, which speaks with the local voice."""
    emulated = stack.enter_context(run_emulator(selector.VOICES["espeak"].from_settings(Settings())))
    return selector.VOICES["azure"].from_settings(Settings(azure_host=emulated.host))


async def recording(stack: ExitStack) -> Voice:
    return RecordedVoice(VOICE_WAV, [VisemeEvent(0, 0), VisemeEvent(0.1, 21)], [WordEvent(0.1, 0.2, "ba")])


async def toy(stack: ExitStack) -> Voice:
    return ToyVoice()


async def hibari(stack: ExitStack) -> Voice:
    return selector.VOICES["hibari"].from_settings(Settings())


async def openai(stack: ExitStack) -> Voice:
    service = stack.enter_context(run_speech_service())
    return selector.VOICES["openai"].from_settings(Settings(tts_url=service.url))


MADE: dict[str, Made] = {
    **{"espeak": espeak, "hibari": hibari, "azure": azure, "openai": openai},
    **{"recording": recording, "toy": toy},
}


@pytest.fixture(params=MADE)
async def voice(request: pytest.FixtureRequest) -> AsyncIterator[Voice]:
    with ExitStack() as stack:
        try:
            made = await MADE[request.param](stack)
        except ValueError as error:
            pytest.skip(str(error))
        yield made
        await made.close()


@pytest.fixture(params=["espeak", "hibari", "openai"])
async def local(request: pytest.FixtureRequest) -> AsyncIterator[Voice]:
    """The voices that read SSML and odd texts themselves, instead of a service."""
    with ExitStack() as stack:
        made = await MADE[request.param](stack)
        yield made
        await made.close()


@pytest.fixture(params=["espeak", "hibari", "openai"])
async def voice_to_close(request: pytest.FixtureRequest) -> AsyncIterator[Voice]:
    with ExitStack() as stack:
        yield await MADE[request.param](stack)


async def spoken_events(voice: Voice, request: SpeechRequest) -> list[SpeechEvent]:
    return [event async for event in voice.speak(request)]


def sound(events: list[SpeechEvent]) -> bytes:
    return b"".join(event.pcm for event in events if isinstance(event, AudioChunk))


async def test_audio_has_whole_samples(voice: Voice) -> None:
    events = await spoken_events(voice, SpeechRequest(TEXT))
    assert sound(events).strip(b"\0")
    assert all(len(event.pcm) % 2 == 0 for event in events if isinstance(event, AudioChunk))
    assert 8000 <= voice.sample_rate <= 48000


async def test_visemes_ascend_and_have_azures_ids(voice: Voice) -> None:
    events = await spoken_events(voice, SpeechRequest(TEXT))
    visemes = [event for event in events if isinstance(event, VisemeEvent)]
    if not voice.has_visemes:
        assert not visemes
        return
    assert len(visemes) >= 2
    assert all(viseme.id in VISEMES for viseme in visemes)
    assert all(before.time <= after.time for before, after in pairwise(visemes))
    length = len(sound(events)) / 2 / voice.sample_rate
    assert 0 <= visemes[0].time <= visemes[-1].time <= length + 0.2


async def test_words_lie_within_the_audio(voice: Voice) -> None:
    events = await spoken_events(voice, SpeechRequest(TEXT))
    length = len(sound(events)) / 2 / voice.sample_rate
    words = [event for event in events if isinstance(event, WordEvent)]
    assert bool(words) == voice.has_visemes
    for word in words:
        assert word.text
        assert 0 <= word.time <= word.time + word.duration <= length + 0.2


async def test_the_same_text_gives_the_same_audio(voice: Voice) -> None:
    first, second = [sound(await spoken_events(voice, SpeechRequest(TEXT))) for _ in range(2)]
    assert first == second


async def test_two_concurrent_utterances(voice: Voice) -> None:
    alone = sound(await spoken_events(voice, SpeechRequest(TEXT)))
    both = await asyncio.gather(spoken_events(voice, SpeechRequest(TEXT)), spoken_events(voice, SpeechRequest(TEXT)))
    assert [sound(events) for events in both] == [alone, alone]


async def test_closing_the_generator_stops_the_synthesis(voice: Voice) -> None:
    async with aclosing(voice.speak(SpeechRequest(TEXT))) as events:
        await anext(events)
    assert sound(await spoken_events(voice, SpeechRequest("Home.")))


async def test_ssml_is_spoken(voice: Voice) -> None:
    assert sound(await spoken_events(voice, SpeechRequest(ssml="<speak>Go <break time='100ms'/> home.</speak>")))


FULL = (
    '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xmlns:mstts="https://www.w3.org/2001/mstts" '
    'xml:lang="en-US"><mstts:express-as style="sad"><p><s>Go <emphasis>home</emphasis>,</s></p></mstts:express-as>'
    '<bookmark mark="x"/><prosody rate="+20%" pitch="high" volume="soft">my <sub alias="mother">mum</sub></prosody> '
    '<say-as interpret-as="characters">ab</say-as><break time="200ms"/> baby.</speak>'
)


async def test_everything_in_ssml_is_accepted(voice: Voice) -> None:
    assert sound(await spoken_events(voice, SpeechRequest(ssml=FULL)))


async def test_breaks_last_as_long_as_they_say(local: Voice) -> None:
    lengths = [
        len(sound(await spoken_events(local, SpeechRequest(ssml=f"<speak>Go <break time='{ms}ms'/> home.</speak>"))))
        for ms in (100, 900)
    ]
    assert lengths[1] - lengths[0] == 2 * round(0.8 * local.sample_rate)


async def test_bookmarks_ascend_and_lie_within_the_audio(local: Voice) -> None:
    marked = "<speak><bookmark mark='a'/>Go <break time='100ms'/><bookmark mark='b'/>home.<bookmark mark='c'/></speak>"
    events = await spoken_events(local, SpeechRequest(ssml=marked))
    marks = [event for event in events if isinstance(event, BookmarkEvent)]
    assert [mark.name for mark in marks] == ["a", "b", "c"]
    times = [mark.time for mark in marks]
    assert times == sorted(times)
    assert 0 <= times[0] < times[1] < len(sound(events)) / 2 / local.sample_rate


@pytest.mark.parametrize("text", ["", "  ", "\n", "...", "!?", "— … «»", "```"])
async def test_nothing_to_say_is_no_error(local: Voice, text: str) -> None:
    assert not sound(await spoken_events(local, SpeechRequest(text)))


ODD = (
    *("1" * 240, "x" * 700, "a " * 300, "😀 go 😀", "[a](b) [c](/d/)", "$9.99 5km 10:30am 1/2 #7 @x & €5"),
    *("\u202eabc a\u0301", "it's 's' '' \"a\"", "<b>a</b> &amp;", "1e9999 -0.5 3rd XIV", "a\tb\nc\n\nd", "А Б В"),
)


@pytest.mark.parametrize("text", ODD)
async def test_odd_texts_are_spoken(local: Voice, text: str) -> None:
    events = await spoken_events(local, SpeechRequest(text))
    length = len(sound(events)) / 2 / local.sample_rate
    assert length
    assert all(0 <= event.time <= length for event in events if isinstance(event, VisemeEvent | WordEvent))


async def test_invalid_ssml_is_a_bad_message(local: Voice) -> None:
    for document in ("<speak>", "<voice/>", "<speak><audio src='http://a'/></speak>", "<!DOCTYPE a><speak/>"):
        with pytest.raises(BadMessage, match="ssml"):
            await spoken_events(local, SpeechRequest(ssml=document))


async def test_a_long_text_comes_in_parts(local: Voice) -> None:
    events = await spoken_events(local, SpeechRequest((TEXT + " ") * 12))
    assert len([event for event in events if isinstance(event, AudioChunk)]) > 12
    assert len(sound(events)) / 2 / local.sample_rate > 15


async def test_a_closed_voice_speaks_no_more(voice_to_close: Voice) -> None:
    await voice_to_close.close()
    with pytest.raises(TtsFailed, match="shutting down"):
        await spoken_events(voice_to_close, SpeechRequest("Home."))
    await voice_to_close.close()


async def test_voices_have_names_and_locales(voice: Voice) -> None:
    listed = await voice.voices()
    assert all(info.name and info.locale for info in listed)
    assert len({info.name for info in listed}) == len(listed) > 0


async def test_warming_up_changes_nothing(voice: Voice) -> None:
    await voice.warm()
    assert sound(await spoken_events(voice, SpeechRequest("Home.")))


@pytest.mark.parametrize("name", ["espeak", "hibari", "azure", "openai"])
async def test_an_unknown_voice_is_a_bad_message(name: str) -> None:
    with ExitStack() as stack:
        voice = await MADE[name](stack)
        with pytest.raises(BadMessage, match="voice"):
            await spoken_events(voice, SpeechRequest("Home.", voice="xx-XX-NobodyNeural"))
        await voice.close()


@pytest.fixture
def without_voices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes all voices unavailable."""

    def missing(settings: Settings) -> Voice:
        raise ValueError("it is not installed")

    for made in selector.VOICES.values():
        monkeypatch.setattr(made, "from_settings", missing)


def test_auto_takes_the_local_voice_without_a_key() -> None:
    found = selector.load(Settings())
    assert found is not None
    assert found.name == "hibari"
    asyncio.run(found.close())


def test_auto_takes_espeak_where_hibari_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "find_spec", lambda name: None)
    found = selector.load(Settings())
    assert found is not None
    assert found.name == "espeak"
    asyncio.run(found.close())
    with pytest.raises(ValueError, match=r"pip install 'a2f-server\[voice\]'"):
        selector.load(Settings(tts="hibari"))


def test_auto_takes_a_service_with_an_address() -> None:
    found = selector.load(Settings(tts_url="http://127.0.0.1:9/v1"))
    assert found is not None
    assert found.name == "openai"


def test_auto_selects_no_voice_if_none_is_installed(without_voices: None) -> None:
    assert selector.load(Settings()) is None


@pytest.mark.parametrize(
    "settings",
    [
        {"tts": "azure"},
        {"tts": "espeak"},
        {"tts": "hibari"},
        {"azure_key": "k"},
        {"azure_host": "ws://h"},
        {"tts_url": "http://h/v1"},
    ],
)
def test_a_configured_voice_must_be_installed(without_voices: None, settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="not installed"):
        selector.load(Settings.model_validate(settings))


def test_none_is_none() -> None:
    assert selector.load(Settings(tts="none")) is None
