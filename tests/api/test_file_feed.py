"""Files on their way into the engine: slots, memory, back-pressure, and callers that go away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import numpy as np
import pytest

from a2f_server.api import file_feed
from a2f_server.api.byte_budget import Upload
from a2f_server.api.decoding_pool import THREADS
from a2f_server.api.file_animation import whole_clip
from a2f_server.api.messages import FileOptions
from a2f_server.api.service import Service
from a2f_server.api.ws import file_turn
from a2f_server.backends.mock.backend import MockBackend
from a2f_server.clip import FULL
from a2f_server.engine.stream import BACKLOG, Stream
from a2f_server.errors import A2FError, BadAudio, TooLong
from a2f_server.motion import profiles
from a2f_server.settings import Settings
from tests.support.running import Running, run_server
from tests.support.sounds import buzz, encoded, wav
from tests.support.streaming import streamed
from tests.support.waiting import until

FILE = {"encoding": "file"}


class Gate:
    """Stops every decoding until it is opened."""

    def __init__(self) -> None:
        self.opened, self.waiting = threading.Event(), threading.Semaphore(0)

    def __call__(self, *_: object) -> object:
        self.waiting.release()
        self.opened.wait()
        raise BadAudio("the gate was opened")


@contextmanager
def stalled(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr(file_feed, "AudioFile", gate)
    try:
        yield gate
    finally:
        gate.opened.set()


@pytest.fixture
def server() -> Iterator[Running]:
    with run_server() as running:
        yield running


def send_file(talk: object, data: bytes) -> None:
    talk.start(audio=FILE)  # type: ignore[attr-defined]
    talk.send(data)  # type: ignore[attr-defined]
    talk.say("end")  # type: ignore[attr-defined]


def test_a_socket_has_three_files_decoded_at_most(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    with stalled(monkeypatch), server.talk() as talk:
        talk.expect("ready")
        for number in (1, 2, 3):
            send_file(talk, wav(buzz(0.1, 8000), 8000))
            talk.expect("started")
            until(lambda number=number: server.service.engine.slots.taken == number)  # type: ignore[misc]
        talk.start(audio=FILE)
        assert talk.error("busy")["reason"] == "queue"


def test_a_cancelled_file_keeps_its_slot_while_a_thread_works_on_it(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = server.service.engine.slots
    with stalled(monkeypatch) as gate, server.talk() as talk:
        talk.expect("ready")
        send_file(talk, wav(buzz(0.1, 8000), 8000))
        gate.waiting.acquire()
        talk.say("cancel")
        talk.expect("started")
        talk.expect("cancelled")
        assert slots.taken == 1
        assert server.service.uploads.held, "the thread still reads it"
    until(lambda: slots.taken == 0)
    until(lambda: server.service.uploads.held == 0)


def test_a_file_that_waits_for_a_thread_frees_everything_at_once(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = server.service.engine.slots
    with stalled(monkeypatch), server.talk() as one, server.talk() as other:
        for talk in (one, other):
            talk.expect("ready")
            for _ in range(3):
                send_file(talk, wav(buzz(0.1, 8000), 8000))
        until(lambda: slots.taken == 6)
        for talk in (one, other):
            talk.say("cancel")
        until(lambda: slots.taken <= THREADS)


def test_a_file_that_does_not_come_ends(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_turn, "PAUSE_S", 0.1)
    with server.talk() as talk:
        talk.expect("ready")
        talk.start(audio=FILE)
        talk.send(bytes(1000))
        talk.expect("started")
        assert talk.error("timeout")["utterance"] == 1
        assert server.service.uploads.held == 0
        talk.say("ping", id=1)
        talk.expect("pong")


def test_a_user_holds_a_part_of_the_memory_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with run_server(api_key="a long enough key", upload_memory_bytes=1 << 20, max_file_bytes=250_000) as own:
        header = {"Authorization": "Bearer a long enough key"}
        token = own.service.auth.issue("user-1")[0]
        with own.talk(f"/ws?token={token}") as one, own.talk(f"/ws?token={token}") as two, own.http() as http:
            for talk in (one, two):
                talk.expect("ready")
                talk.start(audio=FILE)
                talk.expect("started")
            one.send(bytes(200_000))
            until(lambda: own.service.uploads.held == 200_000)
            two.send(bytes(200_000))
            error = two.error("busy")
            assert (error["reason"], error["scope"]) == ("full", "subject")
            assert http.post("/v1/token", json={"subject": "other"}, headers=header).status_code == 200
            sound = wav(buzz(0.05, 8000), 8000)
            assert http.post("/v1/animate", content=sound, headers=header).status_code == 200


def test_a_socket_holds_a_part_of_the_memory_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        run_server(upload_memory_bytes=1 << 20, max_file_bytes=250_000) as own,
        stalled(monkeypatch),
        own.talk() as talk,
    ):
        talk.expect("ready")
        send_file(talk, bytes(200_000))
        talk.expect("started")
        send_file(talk, bytes(200_000))
        talk.expect("started")
        error = talk.error("busy")
        assert (error["reason"], error["scope"]) == ("full", "socket")
        assert own.service.uploads.held == 200_000


def test_an_upload_that_hangs_up_frees_everything(server: Running) -> None:
    long = encoded(np.zeros(8000 * 500, np.float32), 8000, "FLAC")
    for _ in range(5):
        with server.http() as http, http.stream("POST", "/v1/animate?fps=60", content=long) as _answer:
            pass
    until(lambda: server.service.engine.slots.taken == 0)
    until(lambda: server.service.uploads.held == 0)


# The feed itself


@asynccontextmanager
async def service(**settings: object) -> AsyncIterator[Service]:
    made = Service(Settings(tts="none", **settings), MockBackend(), profiles.load())  # type: ignore[arg-type]
    made.engine.start()
    try:
        yield made
    finally:
        await made.engine.stop()
        made.decoding.stop()


def uploaded(service: Service, data: bytes) -> Upload:
    upload = service.uploads.upload(1 << 30)
    upload.add(data)
    return upload


async def opened(service: Service, data: bytes) -> tuple[file_feed.FileFeed, Stream]:
    slot = service.engine.slots.reserve()
    feed = await service.open_file(uploaded(service, data), "mix", slot)
    return feed, service.engine.open(service.utterance(FileOptions(), feed.sample_rate), slot)


@pytest.mark.anyio
@pytest.mark.parametrize("rate", [16000, 44100])
async def test_the_frames_are_those_of_the_whole(rate: int) -> None:
    sound = buzz(12, rate)
    async with service() as one:
        slot = one.engine.slots.reserve()
        clip, warning = await whole_clip(one, uploaded(one, encoded(sound, rate, "WAV", "FLOAT")), FileOptions(), slot)
        slot.close()
    assert np.array_equal(np.rint(clip.weights * FULL), streamed(MockBackend(), sound, rate, []))
    assert warning is None


@pytest.mark.anyio
async def test_a_reader_that_stops_stops_the_decoding() -> None:
    async with service() as one:
        feed, stream = await opened(one, wav(buzz(300, 8000), 8000))
        feeding = asyncio.ensure_future(feed.into(stream))
        async with asyncio.timeout(30):
            while not stream.paused:  # noqa: ASYNC110 - there is no event for this
                await asyncio.sleep(0.01)
        for _ in range(20):
            await asyncio.sleep(0.01)
        most = (BACKLOG + 3 * one.engine.most_due) / 30 + 2 * (1 << 15) / 8000
        assert stream.utterance.received / 8000 < most < 300
        assert not feeding.done()
        assert one.uploads.held, "the rest is still to be decoded"
        stream.close()
        await feeding
        assert not one.uploads.held


@pytest.mark.anyio
async def test_room_ends_with_the_stream() -> None:
    async with service() as one:
        for end in (lambda s: s.close(), lambda s: s.fail(BadAudio("it was cut"))):
            _, stream = await opened(one, wav(buzz(1, 8000), 8000))
            stream.write(buzz(60, 8000))
            waiting = asyncio.ensure_future(stream.room())
            await asyncio.sleep(0)
            end(stream)
            await asyncio.wait_for(waiting, 20)
            stream.close()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("data", "error"),
    [
        (encoded(buzz(15, 24000), 24000, "FLAC")[:-2000], BadAudio),
        (encoded(buzz(15, 24000), 24000, "MP3")[:-20000], BadAudio),
        (encoded(buzz(20, 24000), 24000, "OGG"), TooLong),
    ],
    ids=["a cut flac", "a cut mp3", "longer than the limit"],
)
async def test_what_shows_late_ends_the_utterance(data: bytes, error: type[A2FError]) -> None:
    async with service(max_utterance_s=19) as one:
        slot = one.engine.slots.reserve()
        with pytest.raises(error):
            await whole_clip(one, uploaded(one, data), FileOptions(), slot)
        slot.close()
        assert not one.uploads.held
        assert not one.engine.slots.taken


@pytest.mark.anyio
async def test_a_fault_of_our_own_is_an_error_and_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    async with service() as one:
        feed, stream = await opened(one, wav(buzz(1, 8000), 8000))
        monkeypatch.setattr(stream.utterance, "convert", lambda block: 1 / 0)
        await feed.into(stream)
        assert stream.error is not None
        assert stream.error.code == "backend_failed"
        stream.close()
