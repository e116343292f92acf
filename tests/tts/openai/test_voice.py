"""Services with OpenAI's text-to-speech API, and everything that can go wrong with them."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing

import pytest

from a2f_server.backends.builtin.backend import BuiltinBackend
from a2f_server.errors import A2FError, BadMessage, TtsFailed
from a2f_server.settings import Settings
from a2f_server.tts.contract import AudioChunk, SpeechEvent, SpeechRequest, VoiceInfo
from a2f_server.tts.openai import client, voice
from a2f_server.tts.openai.voice import OpenAIVoice
from tests.support.running import run_server
from tests.support.speech_service import Request, SpeechServiceStandIn, run_speech_service, sound
from tests.tts.openai.test_audio import wav

pytestmark = pytest.mark.anyio

KEY = "sk-swordfish-4711"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[SpeechServiceStandIn]:
    monkeypatch.setattr(voice, "PAUSE_S", 0.0)
    with run_speech_service() as running:
        yield running


@pytest.fixture
async def speaker(service: SpeechServiceStandIn) -> AsyncIterator[OpenAIVoice]:
    made = OpenAIVoice.from_settings(Settings(tts_url=service.url, tts_key=KEY, tts_model="kokoro"))  # type: ignore[arg-type]
    yield made
    await made.close()


async def spoken(speaker: OpenAIVoice, text: str = "Hello.", name: str | None = None, **more: str) -> list[SpeechEvent]:
    request = SpeechRequest(None if more else text, voice=name, **more)
    return [event async for event in speaker.speak(request)]


def pcm(events: list[SpeechEvent]) -> bytes:
    return b"".join(event.pcm for event in events if isinstance(event, AudioChunk))


async def test_the_request_has_model_voice_and_key(service: SpeechServiceStandIn, speaker: OpenAIVoice) -> None:
    assert pcm(await spoken(speaker, name="nova")) == sound("Hello.")
    asked = service.asked[0]
    assert asked.path == "/v1/audio/speech"
    assert asked.body == {"model": "kokoro", "input": "Hello.", "voice": "nova", "response_format": "pcm"}
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.headers["accept-encoding"] == "identity"


async def test_without_a_key_none_is_sent(service: SpeechServiceStandIn) -> None:
    speaker = OpenAIVoice.from_settings(Settings(tts_url=service.url + "/audio/speech/"))
    assert pcm(await spoken(speaker))
    assert (service.asked[0].path, service.asked[0].headers["authorization"]) == ("/v1/audio/speech", None)
    await speaker.close()


async def test_wav_is_the_second_way(service: SpeechServiceStandIn) -> None:
    service.answer = lambda request: request.all(wav(sound("ab"), rate=12000), kind="audio/wav")
    speaker = OpenAIVoice.from_settings(Settings(tts_url=service.url, tts_format="wav"))
    assert len(pcm(await spoken(speaker))) == 2 * len(sound("ab"))
    assert service.asked[0].body["response_format"] == "wav"
    await speaker.close()


async def test_ssml_becomes_texts_speeds_and_silences(service: SpeechServiceStandIn, speaker: OpenAIVoice) -> None:
    ssml = (
        '<speak xml:lang="en-US">a<break time="500ms"/>'
        '<voice name="nova"><prosody rate="fast">b</prosody></voice></speak>'
    )
    assert pcm(await spoken(speaker, ssml=ssml)) == sound("a") + bytes(24000) + sound("b")
    bodies = [request.body for request in service.asked]
    assert [(b["input"], b["voice"], b.get("speed")) for b in bodies] == [("a", "alloy", None), ("b", "nova", 1.4)]


async def test_a_long_text_is_several_requests(service: SpeechServiceStandIn, speaker: OpenAIVoice) -> None:
    service.answer = lambda request: request.all(sound("a"))
    text = "The bear bakes. " * 300
    await spoken(speaker, text)
    assert "".join(request.body["input"] for request in service.asked) == text
    assert len(service.asked) == 2


async def test_the_first_sound_does_not_wait_for_the_last(service: SpeechServiceStandIn, speaker: OpenAIVoice) -> None:
    go_on = threading.Event()

    def slowly(request: Request) -> None:
        request.begin()
        request.chunk(sound("a"))
        go_on.wait(20)
        request.chunk(sound("b"))
        request.chunk(b"")

    service.answer = slowly
    async with aclosing(speaker.speak(SpeechRequest("Hello."))) as events:
        assert await anext(events) == AudioChunk(sound("a"))
        go_on.set()
        assert [event async for event in events] == [AudioChunk(sound("b"))]


async def test_closing_the_generator_hangs_up(service: SpeechServiceStandIn, speaker: OpenAIVoice) -> None:
    gone = threading.Event()

    def endlessly(request: Request) -> None:
        request.begin()
        try:
            while True:
                request.chunk(sound("ab"))
        except OSError:
            gone.set()

    service.answer = endlessly
    async with aclosing(speaker.speak(SpeechRequest("Hello."))) as events:
        await anext(events)
    assert await asyncio.to_thread(gone.wait, 20)


def error(status: int, message: str) -> Callable[[Request], None]:
    return lambda request: request.json(status, {"error": {"message": message}})


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (error(401, f"Incorrect API key provided: {KEY}"), TtsFailed, r"rejects the key \(401\) .*\*\*\*.*A2F_TTS_KEY"),
        (error(403, ""), TtsFailed, r"rejects the key \(403\): check A2F_TTS_KEY"),
        (
            error(404, "The model x does not exist"),
            TtsFailed,
            "model x does not exist.*check A2F_TTS_URL and A2F_TTS_MODEL",
        ),
        (lambda r: r.json(422, {"detail": "Voice 'nobody' not found"}), BadMessage, "does not have the voice 'nobody'"),
        (error(400, "input is too long"), TtsFailed, r"refuses \(400\) \(input is too long\)"),
        (error(429, "quota"), TtsFailed, r"too many requests.*\(429\)"),
        (lambda r: r.all(b"<html>down", 500, "text/html"), TtsFailed, r"failed \(500\): try again"),
        (lambda r: r.all(b"x" * 10**6, 500, "text/html"), TtsFailed, r"failed \(500\)"),
        (lambda r: r.all(b"[" * 4000, 500, "application/json"), TtsFailed, r"failed \(500\)"),
        (lambda r: r.all(b"", 307, Location="http://127.0.0.1:9/v1"), TtsFailed, r"redirects.*\(307\).*A2F_TTS_URL"),
        (lambda r: r.all(b"<html>", kind="text/html; charset=utf-8"), TtsFailed, "sent 'text/html' instead of audio"),
        (lambda r: r.json(200, {"audio": ""}), TtsFailed, "sent 'application/json' instead of audio"),
        (lambda r: r.all(b"ID3" + bytes(999), kind="audio/mpeg"), TtsFailed, "neither PCM nor WAV: set A2F_TTS_FORMAT"),
        (lambda r: r.all(gzip.compress(bytes(999)), Content_Encoding="gzip"), TtsFailed, "packed as 'gzip'"),
        (lambda r: r.all(b""), TtsFailed, "sent no audio"),
        (lambda r: r.all(b"", 204), TtsFailed, r"refuses \(204\)"),
        (lambda r: r.wfile.write(b"SSH-2.0-x\r\n"), TtsFailed, "cannot be reached"),
    ],
)
async def test_errors(
    service: SpeechServiceStandIn,
    speaker: OpenAIVoice,
    answer: Callable[[Request], None],
    kind: type[A2FError],
    message: str,
) -> None:
    def answers(request: Request) -> None:
        request.close_connection = True
        answer(request)

    service.answer = answers
    with pytest.raises(kind, match=message) as caught:
        await spoken(speaker, name="nobody")
    assert KEY not in str(caught.value)
    assert service.url not in str(caught.value)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_second_attempt_is_made_where_it_may_help(
    service: SpeechServiceStandIn, speaker: OpenAIVoice, status: int
) -> None:
    def first_not(request: Request) -> None:
        if len(service.asked) == 1:
            return request.json(status, {"detail": "busy"})
        request.all(sound("a"))

    service.answer = first_not
    assert pcm(await spoken(speaker)) == sound("a")


async def test_a_stream_that_breaks_off_is_an_error_after_its_audio(
    service: SpeechServiceStandIn, speaker: OpenAIVoice
) -> None:
    def breaks(request: Request) -> None:
        request.begin()
        request.chunk(sound("a"))
        request.connection.shutdown(socket.SHUT_RDWR)
        request.close_connection = True

    service.answer = breaks
    got: list[SpeechEvent] = []

    async def listen() -> None:
        async for event in speaker.speak(SpeechRequest("Hello.")):
            got.append(event)  # noqa: PERF401 - also what comes before the error

    with pytest.raises(TtsFailed, match="broke off during the audio"):
        await listen()
    assert got == [AudioChunk(sound("a"))]
    assert len(service.asked) == 1, "what was begun is not begun again"


@pytest.mark.parametrize("begins", [False, True])
async def test_a_service_that_stalls_is_given_up(
    service: SpeechServiceStandIn, speaker: OpenAIVoice, monkeypatch: pytest.MonkeyPatch, begins: bool
) -> None:
    go_on = threading.Event()

    def stalls(request: Request) -> None:
        if begins:
            request.begin()
        go_on.wait(20)

    service.answer = stalls
    monkeypatch.setattr(client, "PATIENCE_S", 0.05)
    with pytest.raises(TtsFailed, match="did not send the audio in time"):
        await spoken(speaker)
    go_on.set()


async def test_a_service_that_only_drips_is_given_up(
    service: SpeechServiceStandIn, speaker: OpenAIVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = threading.Event()

    def drips(request: Request) -> None:
        request.begin()
        try:
            while not gone.wait(0.02):
                request.chunk(b"\0\0")
        except OSError:
            gone.set()

    service.answer = drips
    monkeypatch.setattr(client, "PATIENCE_S", 0.2)
    with pytest.raises(TtsFailed, match="did not send the audio in time"):
        await spoken(speaker)
    assert await asyncio.to_thread(gone.wait, 20)


async def test_a_service_that_does_not_stop_is_stopped(
    service: SpeechServiceStandIn, speaker: OpenAIVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MOST_AUDIO_S", 0.2)
    service.answer = lambda request: request.all(sound("a" * 100))
    with pytest.raises(TtsFailed, match="does not stop"):
        await spoken(speaker)


async def test_a_service_that_is_away(service: SpeechServiceStandIn) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    speaker = OpenAIVoice.from_settings(Settings(tts_url=f"http://127.0.0.1:{port}/v1"))
    with pytest.raises(TtsFailed, match="cannot be reached: check A2F_TTS_URL"):
        await spoken(speaker)
    with pytest.raises(TtsFailed, match="cannot be reached: check A2F_TTS_URL"):
        await speaker.voices()
    await speaker.close()


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ({"voices": ["alloy", "nova", "nova"]}, ["alloy", "nova"]),
        ({"voices": [{"id": "a", "name": "Anna"}, {"name": "b"}, {"x": 1}, 3]}, ["a", "b"]),
        ({"data": [{"voice_id": "a", "language": "en-us"}]}, ["a"]),
        (["a"], ["a"]),
        ({"voices": []}, ["alloy"]),
        ("nonsense", ["alloy"]),
        (None, ["alloy"]),
    ],
)
async def test_lists_of_voices(
    service: SpeechServiceStandIn, speaker: OpenAIVoice, content: object, names: list[str]
) -> None:
    service.list_voices = lambda request: request.json(200, content)
    assert [info.name for info in await speaker.voices()] == names


async def test_without_a_list_there_is_the_default_voice(service: SpeechServiceStandIn) -> None:
    service.list_voices = lambda request: request.json(404, {"detail": "Not Found"})
    speaker = OpenAIVoice.from_settings(Settings(tts_url=service.url, voice="nova"))
    assert await speaker.voices() == [VoiceInfo("nova", "mul")]
    await speaker.close()


@pytest.mark.parametrize("status", [401, 302, 500])
async def test_a_refused_list_is_an_error(service: SpeechServiceStandIn, speaker: OpenAIVoice, status: int) -> None:
    service.list_voices = lambda request: request.json(status, {"detail": "no"})
    with pytest.raises(TtsFailed, match=str(status)):
        await speaker.voices()


async def test_a_huge_list_is_cut_off(service: SpeechServiceStandIn, speaker: OpenAIVoice) -> None:
    service.list_voices = lambda request: request.json(200, ["a" * 50] * 10**5)
    assert [info.name for info in await speaker.voices()] == ["alloy"]


async def test_the_key_is_never_logged(
    service: SpeechServiceStandIn, speaker: OpenAIVoice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await spoken(speaker)
    assert KEY not in caplog.text
    assert KEY not in repr(vars(speaker)) + repr(Settings(tts_key=KEY))  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["ftp://a/v1", "http://user:word@a/v1", "http://a/v1?key=b", "a/v1", "http://a b"])
def test_addresses_are_checked(url: str) -> None:
    with pytest.raises(ValueError, match="https://host/v1"):
        Settings(tts_url=url)


def test_without_an_address_the_message_says_which_setting() -> None:
    with pytest.raises(ValueError, match="A2F_TTS_URL"):
        OpenAIVoice.from_settings(Settings())


def test_without_httpx_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install 'a2f-server\[openai\]'"):
        OpenAIVoice.from_settings(Settings(tts_url="http://127.0.0.1:9/v1"))


def test_the_model_animates_a_voice_without_visemes(service: SpeechServiceStandIn) -> None:
    with run_server(tts="openai", tts_url=service.url) as server, server.talk() as talk:
        assert talk.expect("ready")["tts"] == "openai"
        talk.say("speak", text="Hello there, you.")
        kinds = set()
        while isinstance(message := talk.hear(), bytes) or message["type"] != "end":
            kinds.add(message[0] if isinstance(message, bytes) else message["type"])
    assert kinds == {"started", 1, 2}
    assert message["frames"] > 20


def test_the_built_in_model_hears_the_visemes_of_such_a_voice(service: SpeechServiceStandIn) -> None:
    with run_server(BuiltinBackend("cpu"), tts="openai", tts_url=service.url) as server, server.talk() as talk:
        talk.expect("ready")
        talk.say("speak", text="Hello there, you.")
        visemes = []
        while isinstance(message := talk.hear(), bytes) or message["type"] != "end":
            if not isinstance(message, bytes) and message["type"] == "viseme":
                visemes.append(message)
    assert visemes[0]["time"] == 0
    assert visemes[-1]["id"] == 0
    assert all(viseme["time"] <= message["duration"] for viseme in visemes)
