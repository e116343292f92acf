"""The Python client: files, live audio and speech, with and without asyncio; errors, reconnections, busy servers."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import numpy as np
import pytest

from a2f_server import errors
from a2f_server.client import AsyncClient, Client, ConnectionLost, FaceClip, NotAServer, Speech, Unreachable
from a2f_server.client.errors import from_fields
from a2f_server.client.retry import BackOff
from a2f_server.client.turn import ClientTurn
from tests.support.cutting import cutting_proxy
from tests.support.processes import free_port
from tests.support.running import Running, occupy, run_server
from tests.support.sounds import buzz, s16, wav
from tests.support.waiting import until

SOUND = buzz(1.3, 16000)
KEY = "correct horse"
Stream = Callable[..., FaceClip]


def chunks(sound: np.ndarray = SOUND, size: int = 1600) -> Iterator[np.ndarray]:
    yield from (sound[i : i + size] for i in range(0, len(sound), size))


def stream(url: str, pcm: Any = None, rate: int = 16000, settings: Any = None, **options: Any) -> FaceClip:
    with Client(url, **(settings or {})) as client:
        return FaceClip.concat(client.stream(chunks() if pcm is None else pcm, rate, **options))


def stream_async(url: str, pcm: Any = None, rate: int = 16000, settings: Any = None, **options: Any) -> FaceClip:
    async def run() -> FaceClip:
        async with AsyncClient(url, **(settings or {})) as client:
            source = chunks() if pcm is None else pcm
            return FaceClip.concat([clip async for clip in client.stream(source, rate, **options)])

    return asyncio.run(run())


both = pytest.mark.parametrize("stream", [stream, stream_async], ids=["sync", "async"])


def test_files_become_clips(server: Running) -> None:
    data = wav(SOUND, 16000)
    with Client(server.url) as client:
        clip = client.animate(data, fps=60, emotions={"joy": 0.4}, seed=3)
        assert (clip.fps, len(clip), clip.first) == (60, 78, 0)
        assert client.animate(io.BytesIO(data), fps=60, emotions={"joy": 0.4}, seed=3).to_json() == clip.to_json()
        assert client.animate(data, profile="mmd").names != clip.names
        assert client.health()["mode"] == "mock"

    async def again() -> FaceClip:
        async with AsyncClient(server.url) as client:
            return await client.animate(data, fps=60, emotions={"joy": 0.4}, seed=3)

    assert asyncio.run(again()).to_json() == clip.to_json()


@both
def test_live_frames_are_those_of_the_file(server: Running, stream: Stream) -> None:
    with server.talk() as talk:
        talk.expect("ready")
        expected = talk.animate(s16(SOUND), fps=25, emotions={"joy": 0.4})
    for pcm in (chunks(), chunks(size=777), [s16(SOUND)], [np.frombuffer(s16(SOUND), "<i2")]):
        clip = stream(server.url, pcm, fps=25, emotions={"joy": 0.4})
        assert np.array_equal(np.rint(clip.weights * 65535), expected)


@both
def test_stereo(server: Running, stream: Stream) -> None:
    left = np.stack([SOUND, np.zeros_like(SOUND)], axis=1)
    clip = stream(server.url, [left], channels=2, channel="left")
    assert np.array_equal(clip.weights, stream(server.url).weights)


def test_frames_come_while_audio_goes_in(server: Running) -> None:
    heard = threading.Event()

    def pcm() -> Iterator[np.ndarray]:
        yield SOUND[:8000]
        assert heard.wait(20), "no frame came before the end of the audio"
        yield SOUND[8000:]

    with Client(server.url) as client:
        for clip in client.stream(pcm(), 16000):
            heard.set()
            assert clip.weights.shape[1] == 52


def test_frames_come_while_audio_goes_in_with_asyncio(server: Running) -> None:
    async def run() -> None:
        heard = asyncio.Event()

        async def pcm() -> AsyncIterator[np.ndarray]:
            yield SOUND[:8000]
            await asyncio.wait_for(heard.wait(), 20)
            yield SOUND[8000:]

        async with AsyncClient(server.url) as client:
            async for _ in client.stream(pcm(), 16000):
                heard.set()

    asyncio.run(run())


def test_emotions_change_while_it_runs(server: Running) -> None:
    def run(change: bool) -> FaceClip:
        with Client(server.url) as client:
            live: list[Any] = []

            def pcm() -> Iterator[np.ndarray]:
                yield SOUND[:8000]
                if change:
                    live[0].set_emotions({"joy": 1})
                yield SOUND[8000:]

            live.append(client.stream(pcm(), 16000))
            return FaceClip.concat(live[0])

    plain, joyful = run(False), run(True)
    assert np.array_equal(plain.between(0, 0.5).weights, joyful.between(0, 0.5).weights)
    assert (joyful["mouthSmileLeft"] - plain["mouthSmileLeft"]).max() > 0.3


@both
@pytest.mark.parametrize("cuts", [[3000], [0], [2500, 4000]], ids=["midway", "at once", "twice"])
def test_a_broken_connection_is_restored(server: Running, stream: Stream, cuts: list[int]) -> None:
    whole = stream(server.url)
    with cutting_proxy(server.port, cuts) as port:
        clip = stream(f"http://127.0.0.1:{port}")
    assert np.array_equal(clip.weights, whole.weights)


@both
def test_without_reconnection_a_broken_connection_is_an_error(server: Running, stream: Stream) -> None:
    with cutting_proxy(server.port, [3000]) as port, pytest.raises(ConnectionLost, match="broke"):
        stream(f"http://127.0.0.1:{port}", settings={"reconnect": 0})


@both
def test_a_server_that_is_not_there(stream: Stream) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(Unreachable, match="a2f-server serve"):
        stream(url, settings={"reconnect": 0.3})
    with Client(url, reconnect=0) as client, pytest.raises(Unreachable, match="cannot be reached"):
        client.health()


@both
def test_the_servers_errors_are_raised(server: Running, stream: Stream) -> None:
    with pytest.raises(errors.UnsupportedAudio, match="4000 Hz"):
        stream(server.url, rate=4000)
    with pytest.raises(errors.BadMessage, match="no emotion"):
        stream(server.url, emotions={"zeal": 1})
    with pytest.raises(errors.BadAudio, match="within a sample"):
        stream(server.url, [b"123"])
    with Client(server.url) as client:
        with pytest.raises(errors.BadAudio, match="empty"):
            client.animate(b"")
        with pytest.raises(errors.BadMessage, match="fps"):
            client.animate(wav(SOUND, 16000), fps=1000)
        with pytest.raises(errors.TtsUnavailable, match="no voice"):
            client.speak("Hello")
        with pytest.raises(OSError, match=r"none\.wav"):
            client.animate("none.wav")


@both
def test_errors_of_the_audio_are_passed_on(server: Running, stream: Stream) -> None:
    def broken() -> Iterator[np.ndarray]:
        yield SOUND[:8000]
        raise RuntimeError("the microphone is gone")

    with pytest.raises(RuntimeError, match="microphone"):
        stream(server.url, broken())
    with pytest.raises(TypeError, match="int16"):
        stream(server.url, [SOUND.astype(int)])
    until(lambda: server.service.engine.slots.taken == 0)


@both
@pytest.mark.parametrize(
    "error", [Unreachable("the TTS is away"), errors.Busy("the TTS is busy")], ids=["away", "busy"]
)
def test_the_audio_may_raise_what_a_server_raises(server: Running, stream: Stream, error: Exception) -> None:
    """A source that is a client itself, too: nothing is tried again for its errors."""

    def broken() -> Iterator[np.ndarray]:
        yield from ()
        raise error

    with pytest.raises(type(error), match="the TTS"):
        stream(server.url, broken(), settings={"busy_wait": 60, "reconnect": 60})


def test_audio_that_waited_for_a_cancelled_task(server: Running) -> None:
    async def cancelled() -> AsyncIterator[np.ndarray]:
        yield SOUND
        raise asyncio.CancelledError("the TTS was cancelled")

    with pytest.raises(asyncio.CancelledError):
        stream_async(server.url, cancelled())


@both
def test_what_is_no_audio_is_refused(server: Running, stream: Stream) -> None:
    with pytest.raises(TypeError, match="bytes or numpy arrays, not str"):
        stream(server.url, ["text"])
    silence = stream(server.url, [np.full(1600, np.nan, np.float32)])
    assert np.array_equal(silence.weights, stream(server.url, [np.zeros(1600, np.int16)]).weights)


@both
def test_an_option_that_does_not_exist(stream: Stream) -> None:
    with pytest.raises(TypeError, match="no option 'emotion'; there are fps, emotions"):
        stream("http://127.0.0.1:1", emotion={"joy": 1})
    with Client("http://127.0.0.1:1") as client:
        with pytest.raises(TypeError, match="no option"):
            client.animate(b"", emotion={"joy": 1})  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="no option"):
            client.speak("Hello", emotion={"joy": 1})  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="a path, bytes or an open file"):
            client.animate(None)  # type: ignore[arg-type]


@both
def test_busy_is_raised_or_waited_for(stream: Stream) -> None:
    with run_server(max_streams=1) as small, small.talk() as talk:
        talk.expect("ready")
        occupy(talk)
        with pytest.raises(errors.Busy, match="in use"):
            stream(small.url)
        with Client(small.url) as client, pytest.raises(errors.Busy) as caught:
            client.animate(wav(SOUND, 16000))
        assert caught.value.reason == "full"
        threading.Timer(0.5, lambda: talk.say("cancel")).start()
        assert len(stream(small.url, settings={"busy_wait": 20})) == 39


def test_keys_and_tokens() -> None:
    with run_server(api_key=KEY) as locked:
        with Client(locked.url) as client, pytest.raises(errors.Unauthorized, match="key") as caught:
            client.animate(wav(SOUND, 16000))
        assert caught.value.reason == "missing"
        with Client(locked.url, key=KEY) as client:
            assert len(client.animate(wav(SOUND, 16000))) == 39
            token = client.token("user-42")
        for settings in ({"key": KEY}, {"token": token}):
            assert len(stream(locked.url, settings=settings)) == 39
            assert len(stream_async(locked.url, settings=settings)) == 39
        with pytest.raises(errors.Unauthorized):
            stream(locked.url, settings={"token": "x" * 40})


def test_a_stream_can_be_ended_early(server: Running) -> None:
    def endless() -> Iterator[np.ndarray]:
        while True:
            yield SOUND

    with Client(server.url) as client, client.stream(endless(), 16000) as live:
        assert len(next(iter(live)))
    until(lambda: server.service.engine.slots.taken == 0)
    until(lambda: not [t for t in threading.enumerate() if t.name == "a2f-audio"])


def test_an_async_stream_can_be_ended_early(server: Running) -> None:
    def endless() -> Iterator[np.ndarray]:
        while True:
            yield SOUND

    async def run() -> None:
        async with AsyncClient(server.url) as client, client.stream(endless(), 16000) as live:
            async for clip in live:
                assert len(clip)
                break

    asyncio.run(run())
    until(lambda: server.service.engine.slots.taken == 0)


def forever() -> Iterator[np.ndarray]:
    while True:
        yield SOUND


def nothing_is_left(server: Running) -> None:
    until(lambda: server.service.engine.slots.taken == 0)
    until(lambda: not [t for t in threading.enumerate() if t.name == "a2f-audio"])


def test_leaving_the_loop_ends_a_stream(server: Running) -> None:
    with Client(server.url) as client:
        for clip in client.stream(forever(), 16000):
            assert len(clip)
            break
        nothing_is_left(server)
        live = client.stream(forever(), 16000)
        first = next(live)
        assert next(live).first == first.first + len(first), "it goes on while somebody has it"
        del live
        nothing_is_left(server)


def test_leaving_the_loop_ends_an_async_stream(server: Running) -> None:
    async def run() -> None:
        async with AsyncClient(server.url) as client:
            async for clip in client.stream(forever(), 16000):
                assert len(clip)
                break
            await asyncio.sleep(0)
            _, left = await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()}, timeout=60)
            assert not left

    asyncio.run(run())
    nothing_is_left(server)


def test_threads_share_a_client(server: Running) -> None:
    expected = stream(server.url).weights
    found: list[np.ndarray] = []
    with Client(server.url) as client:
        threads = [
            threading.Thread(target=lambda: found.append(FaceClip.concat(client.stream(chunks(), 16000)).weights))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert len(found) == 4
    assert all(np.array_equal(weights, expected) for weights in found)


def test_speech() -> None:
    with run_server(tts="espeak", api_key=KEY) as talking, Client(talking.url, key=KEY) as client:
        speech = client.speak("Mama made a map.", fps=60)
        assert speech.wav.startswith(b"RIFF")
        assert speech.clip.fps == 60
        assert speech.words[0]["text"] == "Mama"
        assert speech.visemes
        assert not speech.problems
        assert client.voices()

        async def again() -> Speech:
            async with AsyncClient(talking.url, token=client.token("user-42")) as other:
                return await other.speak("Mama made a map.", fps=60)

        assert asyncio.run(again()).clip.to_json() == speech.clip.to_json()
        with (
            Client(talking.url, token=client.token()) as limited,
            pytest.raises(errors.Unauthorized, match="not accept"),
        ):
            limited.animate(b"")


@both
def test_a_wrong_path_is_not_an_absent_server(server: Running, stream: Stream) -> None:
    with pytest.raises(Unreachable, match=r"does not open a socket \(status 40\d\): check the address"):
        stream(f"{server.url}/elsewhere", settings={"reconnect": 0})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"url": "ftp://x"}, "url"),
        ({"url": "http://"}, "url"),
        ({"url": "http://x/?a=b"}, "url"),
        ({"url": "http://[::1"}, "url: write it"),
        ({"url": "http://x:99999"}, "url: write it"),
        ({"url": "http://user:secret@x"}, "credentials do not belong"),
        ({"url": "ftp://user:secret@x"}, "not 'x'"),
        ({"key": "gehört"}, "key"),
        ({"token": "a\nb"}, "token"),
    ],
)
def test_addresses_and_keys_that_cannot_be(arguments: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        Client(**arguments)
    assert arguments.get("key", "…") not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_something_else_answers(tmp_path: Any) -> None:
    page = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert page.stdout
    port = page.stdout.readline().split("port ")[1].split()[0]
    with Client(f"127.0.0.1:{port}") as client, pytest.raises(NotAServer, match="status"):
        client.animate(wav(SOUND, 16000))
    with pytest.raises(Unreachable):
        stream(f"http://127.0.0.1:{port}", settings={"reconnect": 0})
    page.kill()
    page.communicate()


def test_codes_have_classes() -> None:
    assert type(from_fields({"code": "bad_audio", "message": "no"})) is errors.BadAudio
    assert type(from_fields({"code": "unauthorized", "message": "no"})) is errors.Unauthorized
    assert isinstance(from_fields({"code": "busy", "message": "no"}), errors.Busy)
    unknown = from_fields({"code": "new_one", "message": "a sentence"})
    assert (unknown.code, str(unknown)) == ("new_one", "a sentence")


def test_pauses_grow_until_patience_ends() -> None:
    back_off = BackOff(0, 100)
    pauses = [back_off.pause(Unreachable("gone")) for _ in range(8)]
    assert pauses[0] <= 0.2
    assert 2.5 <= pauses[-1] <= 5
    with pytest.raises(errors.Busy):
        back_off.pause(from_fields({"code": "busy", "message": "full"}, 3))
    patient = BackOff(100, 0)
    assert patient.pause(from_fields({"code": "busy", "message": "full"}, 3)) == 3
    with pytest.raises(errors.BadAudio):
        patient.pause(errors.BadAudio("no"))


@pytest.mark.parametrize("message", ["", "[]", "{", "null"])
def test_messages_that_are_not_json(message: str) -> None:
    with pytest.raises(NotAServer):
        ClientTurn().receive(message)


def test_unknown_messages_are_ignored() -> None:
    turn = ClientTurn()
    assert turn.receive('{"type": "weather"}') is None
    assert turn.receive(bytes([9]) + bytes(15)) is None
    assert not turn.done


def test_importing_it_loads_none_of_the_servers_packages() -> None:
    heavy = ("fastapi", "uvicorn", "pydantic", "soundfile", "soxr", "onnxruntime", "structlog", "typer")
    code = f"import sys, a2f_server.client; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
