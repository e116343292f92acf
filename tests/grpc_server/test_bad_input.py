"""Mistakes of NVIDIA's clients get a status that names them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import grpc
import pytest

from a2f_server.grpc_server.protos.controller_v1_pb2 import AudioStream, AudioStreamHeader
from tests.support.grpc_clients import (
    animate,
    audio,
    channel,
    clip,
    end,
    header,
    on_loop,
    open_stream,
    refused,
    run_grpc,
    weights_of,
)
from tests.support.running import PATIENCE, Running
from tests.support.sounds import buzz, s16
from tests.support.waiting import until

INVALID, EXHAUSTED = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED
SPEECH = s16(buzz(0.5, 16000))

ORDER = {
    "nothing": ([], "header"),
    "an empty message": ([AudioStream()], "header, audio or the end"),
    "audio first": ([audio(SPEECH), end()], "first message"),
    "the end first": ([end()], "first message"),
    "two headers": ([header(), header()], "second header"),
    "a header after audio": ([header(), audio(SPEECH), header()], "second header"),
    "no audio": ([header(), end()], "without audio"),
    "empty audio": ([header(), audio(b""), end()], "without audio"),
    "half a sample": ([header(), audio(SPEECH + b"1"), end()], "within a sample"),
    "text": ([b"hello"], "not an AudioStream"),
    "text after the header": ([header(), b'{"audio": "x"}'], "not an AudioStream"),
}


@pytest.mark.parametrize(("messages", "said"), ORDER.values(), ids=ORDER.keys())
def test_order(grpc_server: Running, messages: list[AudioStream | bytes], said: str) -> None:
    code, details = refused(grpc_server, messages)
    assert code == INVALID
    assert said in details


FORMATS = [
    {"audio_format": 7},
    {"channel_count": 0},
    {"channel_count": 2},
    {"bits_per_sample": 8},
    {"bits_per_sample": 32},
    {"rate": 0},
    {"rate": 8000},
    {"rate": 144001},
    {"rate": 2**32 - 1},
]


@pytest.mark.parametrize("fields", FORMATS, ids=str)
def test_audio_formats(grpc_server: Running, fields: dict[str, int]) -> None:
    code, details = refused(grpc_server, clip(SPEECH, opening=header(**fields)))
    assert code == INVALID
    assert "not supported" in details


def set_face(h: AudioStreamHeader, value: float) -> None:
    h.face_params.float_params["skinStrength"] = value


def set_multiplier(h: AudioStreamHeader, value: float) -> None:
    h.blendshape_params.bs_weight_multipliers["JawOpen"] = value


def set_offset(h: AudioStreamHeader, value: float) -> None:
    h.blendshape_params.bs_weight_offsets["JawOpen"] = value


def set_emotion(h: AudioStreamHeader, value: float) -> None:
    h.emotion_params.beginning_emotion["joy"] = value


def set_transition(h: AudioStreamHeader, value: float) -> None:
    h.emotion_params.live_transition_time = value


def set_strength(h: AudioStreamHeader, value: float) -> None:
    h.emotion_post_processing_params.emotion_strength = value


SETTERS = [set_face, set_multiplier, set_offset, set_emotion, set_transition, set_strength]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("change", SETTERS)
def test_numbers_that_are_not_finite(
    grpc_server: Running, change: Callable[[AudioStreamHeader, float], None], value: float
) -> None:
    opening = header()
    change(opening.audio_stream_header, value)
    code, details = refused(grpc_server, clip(SPEECH, opening=opening))
    assert code == INVALID
    assert "finite" in details


@pytest.mark.parametrize("key", [(math.nan, {"joy": 1.0}), (math.inf, {"joy": 1.0}), (0.0, {"joy": math.nan})])
def test_emotions_that_are_not_finite(grpc_server: Running, key: tuple[float, dict[str, float]]) -> None:
    code, details = refused(grpc_server, [header(), audio(SPEECH, key), end()])
    assert code == INVALID
    assert "finite" in details


def test_a_map_that_is_too_large(grpc_server: Running) -> None:
    opening = header()
    opening.audio_stream_header.face_params.float_params.update({f"p{i}": 1.0 for i in range(10000)})
    assert refused(grpc_server, clip(SPEECH, opening=opening))[0] == INVALID


def test_a_message_of_more_than_ten_seconds(grpc_server: Running) -> None:
    code, details = refused(grpc_server, [header(), audio(bytes(320002)), end()])
    assert code == EXHAUSTED
    assert "10 s" in details
    assert len(weights_of(animate(grpc_server, [header(), audio(bytes(320000)), end()]))) == 300


def test_a_message_that_is_too_large(grpc_server: Running) -> None:
    code, details = refused(grpc_server, [header(144000), audio(bytes(5 << 20)), end()])
    assert code == EXHAUSTED
    assert "larger" in details


def test_a_clip_that_is_too_long() -> None:
    with run_grpc(max_utterance_s=1.0) as own:
        code, details = refused(own, clip(s16(buzz(1.01, 16000))))
    assert code == EXHAUSTED
    assert "longer" in details


def test_no_clip_is_longer_than_five_minutes(grpc_server: Running) -> None:
    code, details = refused(grpc_server, [header(), *[audio(bytes(320000))] * 31, end()])
    assert code == EXHAUSTED
    assert "300 s" in details


def test_a_client_that_still_writes_gets_our_status(grpc_server: Running) -> None:
    """Without reading on, it would report an internal error of its own."""

    async def work(opened: Any) -> tuple[grpc.StatusCode, str]:
        call = open_stream(opened)()
        try:
            await call.write(audio(SPEECH))
            for _ in range(200):
                await call.write(audio(SPEECH))
            await call.write(end())
        except grpc.RpcError:
            pass
        return await call.code(), await call.details()

    for _ in range(10):
        code, details = on_loop(grpc_server, work)
        assert code == INVALID
        assert "first message" in details


def test_the_memory_for_audio_that_waits_is_limited() -> None:
    """The client writes much and reads nothing, so all of its audio waits."""
    with run_grpc(upload_memory_bytes=1 << 20, max_file_bytes=1 << 19) as own:
        code, details = refused(own, [header(), *[audio(bytes(320000))] * 20, end()])
        assert code == EXHAUSTED
        assert "too many uploads" in details
        until(lambda: own.service.uploads.held == 0)


def test_as_many_streams_as_there_are_slots() -> None:
    held = Event()
    with run_grpc(max_streams=3) as own, channel(own) as opened:
        calls = [open_stream(opened)(wait_after(SPEECH, held), timeout=PATIENCE) for _ in range(3)]
        for call in calls:
            assert next(call).HasField("animation_data_stream_header")
        until(lambda: own.service.engine.slots.taken == 3)
        for _ in range(97):
            code, details = refused(own, clip(SPEECH))
            assert code == EXHAUSTED
            assert "all 3 streams" in details
        for call in calls:
            call.cancel()
        held.set()
        until(lambda: own.service.engine.slots.taken == 0)
        assert len(weights_of(animate(own, clip(SPEECH)))) == 15


def wait_after(pcm: bytes, held: Event) -> Iterator[AudioStream]:
    """Yields the beginning of a stream that stays open."""
    yield header()
    yield audio(pcm)
    held.wait(PATIENCE)


def test_a_client_that_leaves_frees_everything() -> None:
    with run_grpc() as own:

        async def work(opened: Any) -> None:
            call = open_stream(opened)()
            await call.write(header())
            await call.write(audio(SPEECH))
            await call.read()
            assert own.service.engine.slots.taken == 1
            call.cancel()

        on_loop(own, work)
        until(lambda: own.service.engine.slots.taken == 0)
        until(lambda: own.service.uploads.held == 0)
        until(lambda: not own.service.connections)


def test_a_client_that_never_reads_is_dropped() -> None:
    with run_grpc(send_timeout_s=0.3) as own:

        async def work(opened: Any) -> None:
            call = open_stream(opened)()
            for message in clip(s16(buzz(120, 16000)), 160000):
                await call.write(message)
            await asyncio.to_thread(until, lambda: not own.service.connections)

        on_loop(own, work)
        assert own.service.engine.slots.taken == 0
        assert own.service.uploads.held == 0


def test_a_client_that_says_nothing_is_dropped() -> None:
    with run_grpc(idle_s=0.2) as own:

        async def work(opened: Any) -> grpc.StatusCode:
            call = open_stream(opened)()
            await call.write(header())
            assert await call.read()
            with pytest.raises(grpc.RpcError):
                await call.read()
            return await call.code()

        assert on_loop(own, work) == grpc.StatusCode.DEADLINE_EXCEEDED
        assert not own.service.connections


def test_a_backend_that_fails() -> None:
    with run_grpc(mock_fail_after=0.2) as own:
        assert refused(own, clip(SPEECH))[0] == grpc.StatusCode.INTERNAL


def test_errors_are_counted() -> None:
    with run_grpc() as own:
        refused(own, [end()])
        assert own.service.metrics.errors.labels("bad_state")._value.get() == 1
