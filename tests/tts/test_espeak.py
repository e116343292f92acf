"""The local voice: the real espeak-ng, in a separate process."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import threading
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from a2f_server.child_environment import NEEDED
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
from a2f_server.tts.espeak.voice import EspeakVoice
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.anyio

LABIALS = "A bee, a pea, and Obi. Copy a papa: a happy abbey."
EXPECTED_LABIALS = 8
PROSE = "Hello world, the quick brown fox jumps over a lazy dog. It can't fly; my 12 friends can!"
SPEAK = '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US">%s</speak>'

LANGUAGES = {
    "en-GB-RyanNeural": "Good morning, the quick brown fox jumps over the lazy dog.",
    "de-DE-KatjaNeural": "Das ist die Straßenbahn, und 1999 war ein schönes Jahr.",
    "fr-FR": "Aujourd'hui, l'homme mange une pomme rouge.",
    "es-ES-ElviraNeural": "El perro de San Roque no tiene rabo, ¿verdad?",
    "it-IT": "Buongiorno a tutti, la pizza è buonissima e costa poco.",
    "ja-JP-NanamiNeural": "こんにちは、せかい。きょうはとてもいいてんきですね。",
    "zh-CN-XiaoxiaoNeural": "你好世界，今天天气很好。我们去公园吧！",
    "cmn-latn-pinyin": "ni3 hao3 shi4 jie4, jin1 tian1 tian1 qi4 hen3 hao3",
    "ru-RU": "Привет, мир! Как у вас дела сегодня? Большое спасибо.",
    "ar-EG-SalmaNeural": "مرحبا بالعالم، كيف حالك اليوم؟ شكرا جزيلا",
    "hi-IN-SwaraNeural": "नमस्ते दुनिया, आप कैसे हैं? मैं ठीक हूँ।",
    "pt-BR": "Bom dia, como você está? Eu gosto muito de futebol.",
    "ko-KR": "안녕하세요 여러분, 만나서 반갑습니다.",
    "vi": "Xin chào các bạn, tôi là người Việt Nam.",
}


@pytest.fixture
async def espeak() -> AsyncIterator[EspeakVoice]:
    voice = EspeakVoice()
    yield voice
    await voice.close()


async def spoken(
    voice: EspeakVoice, text: str | None = None, name: str | None = None, ssml: str | None = None
) -> list[SpeechEvent]:
    return [event async for event in voice.speak(SpeechRequest(text=text, ssml=ssml, voice=name))]


def sound(events: Sequence[SpeechEvent]) -> NDArray[np.int16]:
    return np.frombuffer(b"".join(e.pcm for e in events if isinstance(e, AudioChunk)), "<i2")


def visemes(events: Sequence[SpeechEvent]) -> list[VisemeEvent]:
    return [e for e in events if isinstance(e, VisemeEvent)]


def words(events: Sequence[SpeechEvent]) -> list[WordEvent]:
    return [e for e in events if isinstance(e, WordEvent)]


def seconds(events: Sequence[SpeechEvent]) -> float:
    return len(sound(events)) / 22050


def assert_in_order(events: Sequence[SpeechEvent]) -> None:
    """Checks that times ascend, lie within the audio, and precede the audio at their time."""
    faces, heard, last = visemes(events), 0, 0.0
    for event in events:
        if isinstance(event, AudioChunk):
            assert 0 < len(event.pcm) <= 2 * 2205
            assert len(event.pcm) % 2 == 0
            heard += len(event.pcm) // 2
        else:
            assert isinstance(event, VisemeEvent | WordEvent | BookmarkEvent)
            assert event.time >= last
            assert round(event.time * 22050) >= heard
            last = event.time
    assert faces[0].time == 0
    assert faces[-1].id == 0
    assert all(face.id in VISEMES for face in faces)
    assert all(a.id != b.id and a.time < b.time for a, b in pairwise(faces))
    assert all(w.duration > 0 and w.time + w.duration <= seconds(events) + 1e-6 for w in words(events))
    assert last <= seconds(events)


def letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]", text))


async def test_it_speaks(espeak: EspeakVoice) -> None:
    events = await spoken(espeak, PROSE)
    assert_in_order(events)
    assert espeak.sample_rate == 22050
    assert 4.5 < seconds(events) < 8
    assert np.abs(sound(events).astype(int)).max() > 5000
    assert len({face.id for face in visemes(events)}) > 14


async def test_visemes_tell_their_phonemes(espeak: EspeakVoice) -> None:
    told = [face.phonemes for face in visemes(await spoken(espeak, "My boat."))]
    assert "".join(told) == "maɪboʊt"
    assert not any(face.phonemes for face in visemes(await spoken(espeak, "Hm, and then.")) if face.id == 0)


async def test_words_are_those_of_the_text(espeak: EspeakVoice) -> None:
    said = words(await spoken(espeak, PROSE))
    assert [word.text for word in said[:3]] == ["Hello", "world", "the"]
    assert {"can't", "12", "dog"} <= {word.text for word in said}
    assert letters("".join(word.text for word in said)) == letters(PROSE)
    assert all(a.time + a.duration <= b.time + 1e-6 for a, b in pairwise(said))
    assert 0.2 < said[1].duration < 0.6
    assert said[1].time + said[1].duration < said[2].time, "the pause at the comma belongs to no word"


async def test_lips_are_closed_where_the_audio_is_quiet(espeak: EspeakVoice) -> None:
    events = await spoken(espeak, LABIALS)
    faces, samples = visemes(events), sound(events).astype(float)
    spans = [(a.time, b.time) for a, b in pairwise(faces) if a.id == 21]
    assert len(spans) == EXPECTED_LABIALS
    for start, end in spans:
        inside = loudness(samples, start, end)
        assert inside.min() < 0.35 * loudness(samples, start - 0.1, end + 0.1).max()
        assert 0.03 < end - start < 0.3


def loudness(samples: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    """RMS of blocks of 10 ms."""
    part = samples[max(0, int(start * 22050)) : int(end * 22050)]
    blocks_of_10 = part[: len(part) // 220 * 220].reshape(-1, 220)
    return np.sqrt(np.mean(np.square(blocks_of_10), axis=1, dtype=np.float64))


async def test_a_stop_includes_the_closure_before_its_burst(espeak: EspeakVoice) -> None:
    events = await spoken(espeak, "a happy puppy")
    faces, samples = visemes(events), sound(events).astype(float)
    inner = [(a.time, b.time) for a, b in pairwise(faces) if a.id == 21][:2]
    for start, end in inner:
        level = loudness(samples, start, end)
        assert level[:2].max() < 0.1 * loudness(samples, start - 0.1, start).max(), "it begins quiet"
        assert level.max() > 3 * level[:2].max(), "and ends with the burst"


@pytest.mark.parametrize(("name", "text"), LANGUAGES.items())
async def test_languages(espeak: EspeakVoice, name: str, text: str) -> None:
    events = await spoken(espeak, text, name)
    assert_in_order(events)
    assert seconds(events) > 1.5
    assert len({face.id for face in visemes(events)}) >= 8
    assert letters("".join(word.text for word in words(events))) == letters(text)


async def test_the_same_text_is_the_same_speech(espeak: EspeakVoice) -> None:
    first = await spoken(espeak, PROSE)
    assert await spoken(espeak, PROSE) == first
    await spoken(espeak, LANGUAGES["de-DE-KatjaNeural"], "de")
    assert await spoken(espeak, PROSE) == first


async def test_concurrent_utterances_do_not_mix(espeak: EspeakVoice) -> None:
    texts = [(PROSE * 4, "en-us"), (LANGUAGES["de-DE-KatjaNeural"] * 5, "de-DE"), (LANGUAGES["ru-RU"] * 3, "ru")]
    alone = [await spoken(espeak, text, name) for text, name in texts]
    together = await asyncio.gather(*(spoken(espeak, text, name) for text, name in texts))
    assert list(together) == alone


async def test_two_voices_concurrently(espeak: EspeakVoice) -> None:
    other = EspeakVoice("de")
    mine, theirs = await asyncio.gather(spoken(espeak, "sechzehn"), spoken(other, "sechzehn"))
    assert visemes(mine) != visemes(theirs)
    await other.close()
    assert await spoken(espeak, "sechzehn") == mine


async def test_closing_early_stops(espeak: EspeakVoice) -> None:
    asked: list[str] = []
    say = espeak._process.say
    espeak._process.say = lambda job: asked.append(job.text) or say(job)  # type: ignore[func-returns-value,method-assign]
    stream = espeak.speak(SpeechRequest(text=PROSE * 50))
    async for event in stream:
        if isinstance(event, AudioChunk):
            break
    await stream.aclose()
    await spoken(espeak, "Hello")
    assert asked[1:] == ["Hello"]


async def test_it_still_works_after_a_cancelled_utterance(espeak: EspeakVoice) -> None:
    task = asyncio.create_task(spoken(espeak, PROSE * 50))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert_in_order(await spoken(espeak, "Hello"))


async def test_bookmarks_are_reached_with_the_words_after_them(espeak: EspeakVoice) -> None:
    marked = (
        "<bookmark mark='a'/>One two <bookmark mark='b'/>three, <mark name='c'/><bookmark mark='d'/> four. "
        "<prosody rate='fast'>Five<bookmark mark='e'/></prosody> <break time='300ms'/> <bookmark mark='f'/>six."
        "<bookmark mark='g'/>"
    )
    events = await spoken(espeak, ssml=SPEAK % marked)
    assert_in_order(events)
    begins = {word.text: word.time for word in words(events)}
    found = {event.name: event.time for event in events if isinstance(event, BookmarkEvent)}
    assert list(found) == [*"abcdefg"]
    assert found == {
        **{"a": begins["One"], "b": begins["three"], "c": begins["four"], "d": begins["four"]},
        **{"e": found["e"], "f": begins["six"], "g": seconds(events)},
    }
    assert begins["Five"] < found["e"] <= begins["six"] - 0.3


async def test_bookmarks_do_not_change_the_sound(espeak: EspeakVoice) -> None:
    plain = await spoken(espeak, ssml=SPEAK % PROSE)
    marked = await spoken(espeak, ssml=SPEAK % PROSE.replace("quick ", "quick <bookmark mark='x'/>"))
    assert np.array_equal(sound(marked), sound(plain))
    assert words(marked) == words(plain)


async def test_bookmarks_without_any_words(espeak: EspeakVoice) -> None:
    events = await spoken(espeak, ssml=SPEAK % "<bookmark mark='x'/> … <bookmark mark='y'/>")
    assert events == [BookmarkEvent(0, "x"), BookmarkEvent(0, "y")]


async def test_a_long_text_is_split_into_segments(espeak: EspeakVoice) -> None:
    text = (PROSE + " ") * 60
    events = await spoken(espeak, text[:5000])
    assert_in_order(events)
    assert seconds(events) > 200
    assert letters("".join(word.text for word in words(events))) == letters(text[:5000])
    assert words(events)[0].text == "Hello"


@pytest.mark.parametrize("text", ["", "   ", "\n", "...", "!?", "— … «»", "```", "。、"])
async def test_nothing_to_say_is_no_error(espeak: EspeakVoice, text: str) -> None:
    assert await spoken(espeak, text) == []


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("en-US-AvaMultilingualNeural", "en-us"),
        ("EN-us", "en-us"),
        ("gmw/en-US", "en-us"),
        ("de-AT", "de"),
        ("zh-CN-liaoning-XiaobeiNeural", "cmn"),
        ("zh-HK", "yue"),
        ("nb-NO-PernilleNeural", "nb"),
        ("pt-BR", "pt-br"),
        ("en-AU", "en-gb"),
        ("fr", "fr-fr"),
        ("es-MX", "es-419"),
        ("en-US-Ava:DragonHDLatestNeural", "en-us"),
        ("German", "de"),
        ("sr-Latn-RS", "sr"),
    ],
)
async def test_names(espeak: EspeakVoice, name: str, same: str) -> None:
    assert espeak._voice_names.resolve(name) == espeak._voice_names.resolve(same)


async def test_a_variant_sounds_different(espeak: EspeakVoice) -> None:
    plain, female = await spoken(espeak, "Hello", "en-us"), await spoken(espeak, "Hello", "en-us+f2")
    assert [face.id for face in visemes(plain)] == [face.id for face in visemes(female)]
    assert sound(plain).tobytes() != sound(female).tobytes()


@pytest.mark.parametrize(
    "name", ["xx-YY-FooNeural", "klingonisch", "de-", "../../etc/passwd", "en-us+nobody", "", "+f2"]
)
async def test_unknown_voices(espeak: EspeakVoice, name: str) -> None:
    with pytest.raises(BadMessage, match="ask for a language such as"):
        espeak._voice_names.resolve(name)
    if name:
        with pytest.raises(BadMessage):
            await spoken(espeak, "Hello", name)


async def test_every_listed_voice_speaks(espeak: EspeakVoice) -> None:
    infos = await espeak.voices()
    names = [info.name for info in infos]
    assert len(infos) > 90
    assert len(set(names)) == len(names)
    assert {"en-us", "de", "cmn", "cmn-latn-pinyin"} <= set(names)
    assert next(info.locale for info in infos if info.name == "en-gb-x-rp") == "en-GB"
    assert all(info.gender in ("male", "female", "") and info.description for info in infos)
    for name in names:
        assert visemes(await spoken(espeak, "a 1", name)), name


async def test_the_default_voice_comes_from_the_settings() -> None:
    voice = EspeakVoice.from_settings(Settings(voice="de-DE-KatjaNeural"))
    assert await spoken(voice, "sechzehn") == await spoken(voice, "sechzehn", "de")
    await voice.close()


async def test_ssml_is_spoken(espeak: EspeakVoice) -> None:
    plain = await spoken(espeak, "Hello world.")
    assert await spoken(espeak, ssml=SPEAK % "\n Hello\n world.") == plain
    events = await spoken(espeak, ssml=SPEAK % 'Hello <break time="500ms"/> world.')
    assert_in_order(events)
    assert [word.text for word in words(events)] == ["Hello", "world"]
    first, second = words(events)
    gap = sound(events)[int((first.time + first.duration + 0.05) * 22050) : int((second.time - 0.02) * 22050)]
    assert len(gap) > 0.4 * 22050
    assert np.abs(gap.astype(int)).max() < 100
    assert 0 in [face.id for face in visemes(events) if first.time < face.time < second.time]


async def test_ssml_chooses_voices(espeak: EspeakVoice) -> None:
    inside = '<voice name="de-DE-KatjaNeural">sechzehn</voice>'
    assert await spoken(espeak, ssml=SPEAK % inside) == await spoken(espeak, "sechzehn", "de")
    assert await spoken(espeak, ssml=SPEAK % inside, name="fr-FR") == await spoken(espeak, "sechzehn", "de")
    with pytest.raises(BadMessage):
        await spoken(espeak, ssml=SPEAK % '<voice name="xx-XX-Nobody">a</voice>')


async def test_ssml_changes_how_it_is_spoken(espeak: EspeakVoice) -> None:
    async def said(inside: str) -> list[SpeechEvent]:
        return await spoken(espeak, ssml=SPEAK % inside)

    plain = await said(PROSE)
    fast, soft = (
        await said(f'<prosody rate="+50%">{PROSE}</prosody>'),
        await said(f'<prosody volume="30">{PROSE}</prosody>'),
    )
    assert seconds(fast) < 0.8 * seconds(plain)
    assert np.abs(sound(soft).astype(int)).max() < 0.6 * np.abs(sound(plain).astype(int)).max()
    assert [word.text for word in words(await said('<sub alias="World Wide">WW</sub> Web'))] == ["World", "Wide", "Web"]
    assert len(words(await said('<say-as interpret-as="characters">a2f</say-as>'))) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
async def test_a_crash_is_reported(espeak: EspeakVoice) -> None:
    with pytest.raises(TtsFailed, match="espeak-ng broke off"):
        await spoken(espeak, "s'" * 220)
    assert_in_order(await spoken(espeak, "Hello"))


async def test_a_process_that_ended_is_replaced(espeak: EspeakVoice) -> None:
    process = espeak._process._process
    assert process
    process.kill()
    process.wait()
    assert_in_order(await spoken(espeak, "Hello"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
async def test_incomplete_output_times_out(espeak: EspeakVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(out: IO[bytes]) -> dict[str, Any]:
        header = json.loads(out.readline())
        return {**header, "bytes": header["bytes"] + 2}  # as if the job were still running

    monkeypatch.setattr(worker_process, "HUNG_S", 0.5)
    monkeypatch.setattr(worker_process, "_header", cut)
    with pytest.raises(TtsFailed, match="espeak-ng broke off"):
        await asyncio.wait_for(spoken(espeak, "Hello"), PATIENCE)
    monkeypatch.undo()
    assert_in_order(await spoken(espeak, "Hello"))


@pytest.mark.skipif(os.name == "nt", reason="no POSIX signals")
async def test_the_process_ignores_the_servers_signals(espeak: EspeakVoice) -> None:
    process = espeak._process._process
    assert process
    for stop in (signal.SIGINT, signal.SIGTERM):
        process.send_signal(stop)
    assert_in_order(await spoken(espeak, "Hello"))
    assert espeak._process._process is process
    assert process.poll() is None


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no POSIX signals")
async def test_a_hang_is_ended(espeak: EspeakVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    assert espeak._process._process
    os.kill(espeak._process._process.pid, signal.SIGSTOP)
    monkeypatch.setattr(worker_process, "HUNG_S", 0.05)
    with pytest.raises(TtsFailed, match="espeak-ng broke off"):
        await spoken(espeak, "Hello")
    monkeypatch.undo()
    assert_in_order(await spoken(espeak, "Hello"))


async def test_closing_leaves_no_process_and_no_thread() -> None:
    voice = EspeakVoice()
    process, threads = voice._process._process, threading.active_count()
    assert process
    await voice.close()
    assert process.returncode is not None
    assert threading.active_count() <= threads
    await voice.close()
    with pytest.raises(TtsFailed, match="shutting down"):
        await spoken(voice, "Hello")


def test_an_unknown_default_voice_is_an_error_at_start() -> None:
    with pytest.raises(ValueError, match="has no 'klingonisch'"):
        EspeakVoice.from_settings(Settings(voice="klingonisch"))


@pytest.mark.parametrize("found", [[], [["/nowhere/libespeak-ng.so"]]])
def test_a_missing_library_names_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch, found: list[list[str]]
) -> None:
    monkeypatch.setattr(worker_process, "libraries", lambda: found)
    with pytest.raises(ValueError, match=r"pip install 'a2f-server\[voice\]'"):
        EspeakVoice.from_settings(Settings())


def test_the_process_gets_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("A2F_API_KEY", "A2F_AZURE_KEY", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "SOMETHING_NEW"):
        monkeypatch.setenv(name, "swordfish-4711")
    process = worker_process.WorkerProcess()
    try:
        assert process._process
        started = Path(f"/proc/{process._process.pid}/environ").read_bytes().decode().split("\0")
        assert process.say(worker_process.SynthesisJob("Hello", "gmw/en-US")).pcm
    finally:
        process.stop()
    assert not [line for line in started if "swordfish" in line]
    assert {line.partition("=")[0] for line in started if line} <= NEEDED
