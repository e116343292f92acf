"""Adding a voice takes one new file and one line in `tts/selector.py`: shown with a toy."""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator, Iterator
from typing import Self

import pytest

from a2f_server.settings import Settings
from a2f_server.tts import selector
from a2f_server.tts.contract import (
    AudioChunk,
    SpeechEvent,
    SpeechRequest,
    VisemeEvent,
    Voice,
    VoiceInfo,
    VoiceToken,
)
from tests.support.running import Running, run_server

RATE = 16000


class ToyBeeper(Voice):
    """The new file: a second of the same sample for every text."""

    name = "toy-beeper"
    sample_rate = RATE

    def __init__(self, level: int = 1) -> None:
        self.level = level

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(int(settings.voice or 1))

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        yield VisemeEvent(0.0, 2)
        yield AudioChunk(self.level.to_bytes(2, "little") * RATE)

    async def voices(self) -> list[VoiceInfo]:
        return [VoiceInfo("beep", "en-US")]


class TokenBeeper(ToyBeeper):
    """One that also has credentials for browsers."""

    issues_tokens = True

    async def token(self) -> VoiceToken:
        return VoiceToken("short-lived", 60)


@pytest.fixture(params=[ToyBeeper, TokenBeeper])
def beeper(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type[Voice]:
    monkeypatch.setitem(selector.VOICES, "toy-beeper", request.param)  # the one line
    made: type[Voice] = request.param
    return made


@pytest.fixture
def server(beeper: type[Voice]) -> Iterator[Running]:
    with run_server(tts="toy-beeper", voice=None) as running:
        yield running


def test_a_new_voice_speaks_over_the_socket(server: Running) -> None:
    with server.talk() as talk:
        assert talk.expect("ready")["tts"] == "toy-beeper"
        talk.say("speak", text="hello")
        assert talk.expect("started")["sample_rate"] == RATE
        assert talk.expect("viseme")["id"] == 2
        while (end := talk.hear()) and (isinstance(end, bytes) or end["type"] != "end"):
            pass
        assert not isinstance(end, bytes)
        assert (end["duration"], end["frames"]) == (1.0, 30)


def test_a_new_voice_speaks_over_http(server: Running) -> None:
    with server.http() as http:
        assert http.get("/v1/voices").json()["tts"] == "toy-beeper"
        answer = http.post("/v1/speak", json={"text": "hello"}).json()
    assert base64.b64decode(answer["audio"])[44:] == b"\1\0" * RATE
    assert answer["visemes"] == [{"time": 0.0, "id": 2}]


def test_tokens_are_optional(server: Running, beeper: type[Voice]) -> None:
    with server.http() as http:
        answer = http.post("/v1/azure-token")
    if beeper.issues_tokens:
        assert (answer.json()["token"], answer.json()["expires_in"]) == ("short-lived", 60)
    else:
        assert (answer.status_code, answer.json()["code"]) == (501, "tts_unavailable")


def test_a_setting_reaches_it(beeper: type[Voice]) -> None:
    found = selector.load(Settings(tts="toy-beeper", voice="7"))
    assert isinstance(found, ToyBeeper)
    assert found.level == 7


def test_auto_takes_voices_in_the_registrys_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selector, "VOICES", {"toy-beeper": ToyBeeper, **selector.VOICES})
    assert isinstance(selector.load(Settings()), ToyBeeper)
    assert isinstance(selector.load_local(Settings()), ToyBeeper)


def test_an_unknown_name_lists_the_new_voice(beeper: type[Voice]) -> None:
    with pytest.raises(ValueError, match="azure, openai, hibari, espeak, toy-beeper"):
        selector.load(Settings(tts="alexa"))
