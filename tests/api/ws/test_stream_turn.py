"""Compressed audio that is decoded as it arrives."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from a2f_server.api.ws.stream_turn import StreamTurn
from a2f_server.audio import av_decoder
from tests.audio.test_decoders import muxed
from tests.support.running import Running, Talk
from tests.support.sounds import buzz, encoded, wav
from tests.support.waiting import until

STREAM: dict[str, Any] = {"encoding": "stream"}
SECONDS = 2.0
STREAMS = {
    "mp3": encoded(buzz(SECONDS, 24000), 24000, "MP3"),
    "ogg": muxed("ogg", "libopus", seconds=SECONDS),
    "webm": muxed("webm", "libopus", seconds=SECONDS),
    "aac": muxed("adts", "aac", seconds=SECONDS),
    "flac": encoded(buzz(SECONDS, 24000), 24000, "FLAC"),
}


def streamed(talk: Talk, data: bytes, step: int, **fields: Any) -> np.ndarray:
    talk.start(audio=STREAM, **fields)
    for at in range(0, len(data), step):
        talk.send(data[at : at + step])
    talk.say("end")
    talk.expect("started")
    return talk.frames()


@pytest.fixture
def talk(server: Running) -> Any:
    with server.talk() as talk:
        talk.expect("ready")
        yield talk


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_has_the_frames_of_the_file(talk: Talk, name: str) -> None:
    values = streamed(talk, STREAMS[name], 700)
    file = talk.animate(STREAMS[name], audio={"encoding": "file"})
    assert abs(len(values) - len(file)) <= 2  # decoders differ in the padding that they drop
    count = min(len(values), len(file)) - 6
    assert np.abs(values[:count].astype(int) - file[:count]).mean() < 0.01 * 65535


@pytest.mark.parametrize("name", ["webm", "mp3"])
def test_how_the_bytes_are_split_changes_nothing(talk: Talk, name: str) -> None:
    data = STREAMS[name]
    assert np.array_equal(streamed(talk, data, 97), streamed(talk, data, 1 << 20))


@pytest.mark.parametrize("name", ["mp3", "ogg", "webm", "aac"])
def test_frames_come_before_the_stream_ends(talk: Talk, name: str) -> None:
    data = STREAMS[name]
    talk.start(audio=STREAM)
    talk.send(data[: len(data) * 3 // 4])
    talk.expect("started")
    assert isinstance(talk.hear(), bytes), "no frame while the stream is open"
    talk.say("cancel")
    talk.expect("cancelled")


def test_stereo_can_be_one_channel(talk: Talk) -> None:
    sound = buzz(1, 24000, channels=2)
    sound[:, 1] = 0
    data = encoded(sound, 24000, "FLAC")
    talk.start(audio={**STREAM, "channel": "right"})
    talk.send(data)
    talk.say("end")
    talk.expect("started")
    assert len(talk.frames()) == 30


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"hello, I am no audio", "unsupported_audio"),
        (wav(buzz(1, 16000), 16000), "unsupported_audio"),
        (b"ID3", "bad_audio"),
        (b"\x1aE\xdf\xa3" + bytes(4000), "bad_audio"),
        (b"OggS" + os.urandom(4000), "bad_audio"),
    ],
)
def test_anything_but_a_stream_is_refused(talk: Talk, data: bytes, code: str) -> None:
    talk.start(audio=STREAM)
    talk.send(data)
    if code == "bad_audio":
        talk.say("end")  # the others end at their first bytes
    talk.expect("started")
    talk.error(code)
    assert len(talk.animate(STREAMS["mp3"], audio={"encoding": "file"}))


def test_nothing_at_all_is_an_empty_utterance(talk: Talk) -> None:
    assert len(streamed(talk, b"", 1)) == 0


def test_a_client_that_leaves_frees_its_process(server: Running) -> None:
    with server.talk() as talk:
        talk.expect("ready")
        talk.start(audio=STREAM)
        talk.send(STREAMS["mp3"][:3000])
        talk.expect("started")
        assert StreamTurn.decoders == 1
    until(lambda: StreamTurn.decoders == 0)
    until(lambda: server.service.engine.slots.taken == 0)


def test_too_many_streams_are_busy(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("a2f_server.api.ws.stream_turn.MOST_DECODERS", 1)
    with server.talk() as first, server.talk() as second:
        first.expect("ready")
        second.expect("ready")
        first.start(audio=STREAM)
        first.expect("started")
        second.start(audio=STREAM)  # neither has sent anything: no process runs yet
        second.expect("started")
        first.send(STREAMS["mp3"][:3000])
        until(lambda: StreamTurn.decoders == 1)
        second.send(STREAMS["mp3"][:3000])
        second.error("busy")


def test_without_ffmpeg_the_message_says_what_to_do(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av_decoder, "find_spec", lambda name: None)
    talk.start(audio=STREAM)
    talk.send(STREAMS["mp3"][:3000])
    talk.expect("started")
    assert "a2f-server[media]" in talk.error("unsupported_audio")["message"]
