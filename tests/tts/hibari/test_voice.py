"""The voice hibari, with its real network: visemes in time with the sound, words, accents, and espeak-ng beside it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from a2f_server.errors import BadMessage, TtsFailed
from a2f_server.settings import Settings
from a2f_server.tts.contract import (
    VISEMES,
    AudioChunk,
    BookmarkEvent,
    SpeechEvent,
    SpeechRequest,
    VisemeEvent,
    WordEvent,
)
from a2f_server.tts.espeak import worker_process
from a2f_server.tts.hibari import engine, speech
from a2f_server.tts.hibari.engine import ENGINE, HibariEngine
from a2f_server.tts.hibari.voice import HibariVoice
from a2f_server.tts.steps import TextSegment
from a2f_server.tts.timeline import SpokenSegment
from tests.support.running import run_server

pytestmark = pytest.mark.anyio

RATE = 24000
LABIALS = "A bee, a pea, and Obi. Copy a papa: a happy abbey."
EXPECTED_LABIALS = 8
PROSE = "Hello world, the quick brown fox jumps over a lazy dog. It can't fly; my 12 friends can!"


@pytest.fixture
async def hibari() -> AsyncIterator[HibariVoice]:
    voice = HibariVoice.from_settings(Settings())
    yield voice
    await voice.close()


async def spoken(
    voice: HibariVoice, text: str | None = None, name: str | None = None, ssml: str | None = None
) -> list[SpeechEvent]:
    return [event async for event in voice.speak(SpeechRequest(text=text, ssml=ssml, voice=name))]


def sound(events: Sequence[SpeechEvent]) -> NDArray[np.int16]:
    return np.frombuffer(b"".join(e.pcm for e in events if isinstance(e, AudioChunk)), "<i2")


def visemes(events: Sequence[SpeechEvent]) -> list[VisemeEvent]:
    return [e for e in events if isinstance(e, VisemeEvent)]


def words(events: Sequence[SpeechEvent]) -> list[WordEvent]:
    return [e for e in events if isinstance(e, WordEvent)]


def loudness(samples: NDArray[np.int16], start: float, end: float) -> NDArray[np.float64]:
    """RMS of blocks of 10 ms."""
    part = samples[max(0, int(start * RATE)) : int(end * RATE)].astype(float)
    return np.sqrt(np.mean(np.square(part[: len(part) // 240 * 240].reshape(-1, 240)), axis=1))


def assert_in_order(events: Sequence[SpeechEvent]) -> None:
    """Checks that times ascend, lie within the audio, and precede the audio at their time."""
    faces, heard, last = visemes(events), 0, 0.0
    for event in events:
        if isinstance(event, AudioChunk):
            heard += len(event.pcm) // 2
        else:
            assert isinstance(event, VisemeEvent | WordEvent | BookmarkEvent)
            assert event.time >= last
            assert round(event.time * RATE) >= heard
            last = event.time
    assert faces[0].time == 0
    assert faces[-1].id == 0
    assert all(face.id in VISEMES for face in faces)
    assert all(a.id != b.id and a.time < b.time for a, b in pairwise(faces))
    assert all(w.duration > 0 and w.time + w.duration <= len(sound(events)) / RATE for w in words(events))


async def test_it_speaks(hibari: HibariVoice) -> None:
    events = await spoken(hibari, PROSE)
    assert_in_order(events)
    assert 4.5 < len(sound(events)) / RATE < 9
    assert np.abs(sound(events).astype(int)).max() > 5000
    assert len({face.id for face in visemes(events)}) > 14


async def test_the_sound_begins_at_once(hibari: HibariVoice) -> None:
    level = loudness(sound(await spoken(hibari, "Hello.")), 0, 1)
    assert np.flatnonzero(level > 0.1 * level.max())[0] < 15, "the network's own silence is cut"


async def test_words_are_those_of_the_text(hibari: HibariVoice) -> None:
    said = words(await spoken(hibari, PROSE))
    assert [word.text for word in said] == PROSE.replace(",", "").replace(".", "").replace(";", "")[:-1].split()
    assert all(a.time + a.duration <= b.time + 1e-6 for a, b in pairwise(said))
    assert said[1].time + said[1].duration < said[2].time, "the pause at the comma belongs to no word"


async def test_what_is_read_in_other_words_keeps_its_text(hibari: HibariVoice) -> None:
    said = words(await spoken(hibari, "Dr. Smith paid $9.99 for 5km at 10:30am — well-known."))
    assert [word.text for word in said] == ["Dr", "Smith", "paid", "$9.99", "for", "5km", "at", "10:30am", "well-known"]
    assert said[3].duration > 3 * said[4].duration


async def test_lips_are_closed_where_the_audio_is_quiet(hibari: HibariVoice) -> None:
    """The correction of the durations puts p and b around the dip in loudness."""
    events = await spoken(hibari, LABIALS)
    faces, samples = visemes(events), sound(events)
    spans = [(a.time, b.time) for a, b in pairwise(faces) if a.id == 21]
    assert len(spans) == EXPECTED_LABIALS
    dips = 0
    for start, end in spans:
        around = loudness(samples, start - 0.12, end + 0.12)
        dips += loudness(samples, start - 0.01, end + 0.01).min() < max(1.5 * around.min(), 0.1 * around.max())
        assert 0.02 < end - start < 0.3
    assert dips >= EXPECTED_LABIALS - 1


async def test_british_pronunciation_differs(hibari: HibariVoice) -> None:
    american, british = await spoken(hibari, "a bird can't dance"), await spoken(hibari, "a bird can't dance", "en-GB")
    assert_in_order(british)
    assert 13 in [face.id for face in visemes(american)], "the r of bird"
    assert 13 not in [face.id for face in visemes(british)]


async def test_other_languages_are_espeaks(hibari: HibariVoice) -> None:
    events = await spoken(hibari, "Guten Tag, wie geht es Ihnen?", "de-DE-KatjaNeural")
    assert_in_order(events)
    assert [word.text for word in words(events)] == ["Guten", "Tag", "wie", "geht", "es", "Ihnen"]
    assert 1.2 < len(sound(events)) / RATE < 4


async def test_espeak_can_be_asked_for(hibari: HibariVoice) -> None:
    names = [info.name for info in await hibari.voices()]
    assert names[:2] == ["en-us", "en-gb"]
    assert "espeak:en-us" in names
    robot = await spoken(hibari, "Hello.", "espeak:en-us")
    assert_in_order(robot)
    assert sound(robot).tobytes() != sound(await spoken(hibari, "Hello.")).tobytes()


async def test_what_hibari_has_no_sounds_for_is_espeaks(hibari: HibariVoice) -> None:
    assert words(await spoken(hibari, "你好"))[0].text == "你好"


async def test_languages_mix_in_ssml(hibari: HibariVoice) -> None:
    events = await spoken(
        hibari, ssml="<speak>We say <voice name='fr-FR'>bonjour</voice> <bookmark mark='x'/>today.</speak>"
    )
    assert_in_order(events)
    assert [word.text for word in words(events)] == ["We", "say", "bonjour", "today"]
    assert [e.time for e in events if isinstance(e, BookmarkEvent)] == [words(events)[-1].time]


async def test_ssml_changes_how_it_is_spoken(hibari: HibariVoice) -> None:
    async def said(inside: str) -> list[SpeechEvent]:
        events = await spoken(hibari, ssml=f"<speak>{inside}</speak>")
        assert_in_order(events)
        return events

    plain = await said(PROSE)
    fast, high = (
        await said(f"<prosody rate='1.5'>{PROSE}</prosody>"),
        await said(f"<prosody pitch='1.2'>{PROSE}</prosody>"),
    )
    soft = await said(f"<prosody volume='30'>{PROSE}</prosody>")
    assert len(sound(fast)) < 0.8 * len(sound(plain))
    assert 0.85 < len(sound(high)) / len(sound(plain)) < 1.15, "a higher voice is not a faster one"
    assert np.abs(sound(soft).astype(int)).max() < 0.4 * np.abs(sound(plain).astype(int)).max()


async def test_bookmarks_are_reached_with_the_words_after_them(hibari: HibariVoice) -> None:
    marked = "<bookmark mark='a'/>One two <bookmark mark='b'/>three, <mark name='c'/> four.<bookmark mark='d'/>"
    events = await spoken(hibari, ssml=f"<speak>{marked}</speak>")
    begins = {word.text: word.time for word in words(events)}
    found = {event.name: event.time for event in events if isinstance(event, BookmarkEvent)}
    assert found == {"a": begins["One"], "b": begins["three"], "c": begins["four"], "d": len(sound(events)) / RATE}


@pytest.mark.parametrize("name", ["xx-XX-NobodyNeural", "klingonisch", "espeak:klingonisch", "en-us+nobody"])
async def test_unknown_voices(hibari: HibariVoice, name: str) -> None:
    with pytest.raises(BadMessage, match="voice"):
        await spoken(hibari, "Hello", name)


async def test_without_espeak_there_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "libraries", list)
    voice = HibariVoice.from_settings(Settings())
    assert [info.name for info in await voice.voices()] == ["en-us", "en-gb"]
    assert sound(await spoken(voice, "Hello.")).any()
    assert await spoken(voice, "你好") == []
    with pytest.raises(BadMessage, match="ask for en-US or en-GB, or install espeak-ng"):
        await spoken(voice, "Hallo.", "de-DE")
    await voice.close()
    with pytest.raises(ValueError, match="hibari has no 'de-DE'"):
        HibariVoice.from_settings(Settings(voice="de-DE"))


async def test_the_default_voice_comes_from_the_settings() -> None:
    voice = HibariVoice.from_settings(Settings(voice="de-DE-KatjaNeural"))
    assert await spoken(voice, "sechzehn") == await spoken(voice, "sechzehn", "de")
    await voice.close()


async def test_concurrent_utterances_alternate(hibari: HibariVoice) -> None:
    long, order = PROSE * 6, list[str]()

    async def say(name: str, text: str) -> None:
        await spoken(hibari, text)
        order.append(name)

    await asyncio.gather(say("long", long), say("short", "Hello."))
    assert order == ["short", "long"]


async def test_closing_early_stops_after_a_segment(hibari: HibariVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    say = ENGINE.speak

    def watched(segment: TextSegment, *, british: bool) -> SpokenSegment:
        asked.append(segment.text)
        return say(segment, british=british)

    monkeypatch.setattr(ENGINE, "speak", watched)
    stream = hibari.speak(SpeechRequest(text=PROSE * 50))
    async for event in stream:
        if isinstance(event, AudioChunk):
            break
    await stream.aclose()
    await spoken(hibari, "Hello.")
    assert asked[1:] == ["Hello."]


async def test_the_event_loop_is_never_blocked(hibari: HibariVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []
    say = ENGINE.speak

    def watched(segment: TextSegment, *, british: bool) -> SpokenSegment:
        threads.append(threading.current_thread().name)
        return say(segment, british=british)

    monkeypatch.setattr(ENGINE, "speak", watched)
    await hibari.warm()
    await spoken(hibari, "Hello.")
    assert threads == ["hibari"] * 3


async def test_voices_share_one_network() -> None:
    first, second = HibariVoice.from_settings(Settings()), HibariVoice.from_settings(Settings())
    one, two = await asyncio.gather(spoken(first, PROSE), spoken(second, PROSE))
    assert one == two
    await first.close()
    assert await spoken(second, PROSE) == one
    await second.close()


async def test_a_failure_is_reported(hibari: HibariVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(engine, "speak", broken)
    with pytest.raises(TtsFailed, match="hibari failed"):
        await spoken(hibari, "Hello.")
    await hibari.warm()


async def test_what_cannot_be_read_is_reported(hibari: HibariVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    await hibari.warm()
    monkeypatch.setattr(ENGINE._pronouncers[False], "_g2p", None)
    with pytest.raises(TtsFailed, match="cannot read this text"):
        await spoken(hibari, "Hello.")


async def test_closing_leaves_no_thread() -> None:
    threads = threading.active_count()
    voice = HibariVoice.from_settings(Settings())
    await spoken(voice, "Hello.")
    await voice.close()
    voice._worker.wait(20)
    voice._espeak._worker.wait(20)  # type: ignore[union-attr]
    assert threading.active_count() <= threads


def test_many_phonemes_are_spoken_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "MOST_PHONEMES", 12)
    spoken = HibariEngine.speak(ENGINE, TextSegment("My mother may bake bread, incomprehensibilities included."))
    assert [word for _, _, word in spoken.words] == [
        "My",
        "mother",
        "may",
        "bake",
        "bread",
        "incomprehensibilities",
        "included",
    ]
    assert all(a[1] <= b[0] for a, b in pairwise(spoken.words))
    assert spoken.words[-1][1] <= len(spoken.pcm) / 2


def test_a_server_speaks_with_it() -> None:
    with run_server(tts="hibari") as server, server.talk() as talk:
        assert talk.expect("ready")["tts"] == "hibari"
        talk.say("speak", text="My mother may bake bread.")
        kinds: set[object] = set()
        while isinstance(message := talk.hear(), bytes) or message["type"] != "end":
            kinds.add(message[0] if isinstance(message, bytes) else message["type"])
    assert kinds == {"started", "viseme", "word", 1, 2}
    assert message["frames"] > 30
