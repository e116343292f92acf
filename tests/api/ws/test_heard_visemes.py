"""Visemes that the model hears in a client's audio."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from a2f_server.backends.builtin.backend import BuiltinBackend
from a2f_server.tts.contract import AudioChunk, SpeechRequest
from a2f_server.tts.espeak.voice import EspeakVoice
from tests.support.running import Running, Talk, pcm, run_server


@pytest.fixture(scope="module")
def hearing() -> Iterator[Running]:
    with run_server(BuiltinBackend("cpu")) as server:
        yield server


def visemes(talk: Talk, sound: bytes, *, chunk: int, **start: Any) -> list[dict[str, Any]]:
    talk.start(visemes=True, **start)
    for at in range(0, len(sound), chunk):
        talk.send(sound[at : at + chunk])
    talk.say("end")
    heard = []
    while isinstance(message := talk.hear(), bytes) or message["type"] != "end":
        if not isinstance(message, bytes) and message["type"] == "viseme":
            heard.append({name: value for name, value in message.items() if name not in ("type", "utterance")})
    return heard


async def spoken(text: str) -> tuple[bytes, int]:
    """Returns the audio of espeak-ng, and its sample rate."""
    voice = EspeakVoice()
    try:
        events = [event async for event in voice.speak(SpeechRequest(text))]
    finally:
        await voice.close()
    return b"".join(event.pcm for event in events if isinstance(event, AudioChunk)), voice.sample_rate


@pytest.mark.anyio
async def test_the_model_tells_what_it_hears(hearing: Running) -> None:
    sound, rate = await spoken("Mama made a map of the big blue boat.")
    audio = {"encoding": "pcm_s16le", "sample_rate": rate}
    with hearing.talk() as talk:
        assert talk.expect("ready")["visemes"] is True
        heard = visemes(talk, sound, chunk=32000, audio=audio)
    assert heard[0]["time"] == 0
    assert heard[-1]["id"] == 0
    assert [v["time"] for v in heard] == sorted(v["time"] for v in heard)
    assert len({v["id"] for v in heard}) >= 8
    assert sum(v["id"] == 21 for v in heard) >= 4, "m m m m p b b b"
    assert all("phonemes" in v for v in heard if v["id"])


def test_they_do_not_depend_on_the_messages(hearing: Running, voice: bytes) -> None:
    with hearing.talk() as talk:
        talk.expect("ready")
        audio = pcm(voice)[:64000]
        whole = visemes(talk, audio, chunk=64000)
        assert visemes(talk, audio, chunk=1111) == whole
        assert visemes(talk, audio, chunk=5000, format="json", fps=60) == whole


def test_without_being_asked_it_tells_nothing(hearing: Running, voice: bytes) -> None:
    with hearing.talk() as talk, hearing.talk() as other:
        other.expect("ready")
        other.start(visemes=True)
        talk.expect("ready")
        talk.start()
        talk.send(pcm(voice)[:32000])
        other.send(pcm(voice)[:32000])
        talk.say("end")
        while isinstance(message := talk.hear(), bytes) or message["type"] != "end":
            assert isinstance(message, bytes) or message["type"] == "started"


def test_a_model_that_hears_none_says_so(server: Running) -> None:
    with server.talk() as talk:
        assert talk.expect("ready")["visemes"] is False
        talk.start(visemes=True)
        error = talk.expect("error")
        assert error["code"] == "bad_message"
        assert "ready.visemes" in error["message"]
        talk.start(visemes=False)
        talk.expect("started")
