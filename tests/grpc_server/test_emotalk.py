"""EmoTalk's service: the same frames as at every other endpoint, in chunks, with errors in-band and as a status."""

from __future__ import annotations

import asyncio
import gc
import math
import tracemalloc
from typing import Any

import grpc
import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.grpc_server import emotalk
from a2f_server.grpc_server.protos.emotalk_pb2 import (
    AudioRequest,
    BlendshapeResponse,
    HealthCheckRequest,
    HealthCheckResponse,
)
from tests.support.grpc_clients import channel, file_responses, on_loop, run_grpc
from tests.support.running import PATIENCE, Running
from tests.support.sounds import buzz, encoded, wav
from tests.support.waiting import until

COLUMNS = [sorted(arkit.NAMES).index(name) for name in arkit.NAMES]


def process(server: Running, data: bytes, **fields: Any) -> list[BlendshapeResponse]:
    request = AudioRequest(request_id="r1", audio_data=data, **{"post_processing": True, **fields})
    with channel(server) as opened:
        return list(file_responses(opened, request))


def weights_of(responses: list[BlendshapeResponse]) -> np.ndarray:
    rows = [list(frame.blendshapes) for response in responses for frame in response.frames]
    return np.array(rows, np.float32)[:, COLUMNS]


def failure(server: Running, request: AudioRequest | bytes, **options: Any) -> tuple[str, grpc.StatusCode]:
    """Returns the message in-band, and the status."""
    with channel(server) as opened:
        responses = file_responses(opened, request, **options)
        message = next(responses).error_message
        with pytest.raises(grpc.RpcError) as error:
            next(responses)
        return message, error.value.code()


@pytest.mark.parametrize("seconds", [0.04, 0.5, 25.0])
def test_frames_equal_those_of_animate(
    grpc_server: Running, sound: np.ndarray, expected: np.ndarray, seconds: float
) -> None:
    weights = weights_of(process(grpc_server, wav(sound, 16000), chunk_duration=seconds))
    assert np.array_equal(np.round(weights.astype(float), 4), np.round(expected.astype(float), 4))


def test_other_files(grpc_server: Running) -> None:
    data = encoded(buzz(0.6, 44100, 2), 44100, "flac")
    with grpc_server.http() as http:
        rows = http.post("/v1/animate", content=data).json()["weights"]
    assert np.allclose(weights_of(process(grpc_server, data)), rows, atol=6e-5)


def test_without_post_processing_the_profile_is_raw(grpc_server: Running, sound: np.ndarray) -> None:
    with grpc_server.http() as http:
        rows = http.post("/v1/animate?profile=raw", content=wav(sound, 16000)).json()["weights"]
    weights = weights_of(process(grpc_server, wav(sound, 16000), post_processing=False))
    assert np.allclose(weights, rows, atol=6e-5)


def test_chunks(grpc_server: Running, sound: np.ndarray) -> None:
    responses = process(grpc_server, wav(sound, 16000), chunk_duration=0.5)
    assert [len(r.frames) for r in responses] == [15, 15, 8]
    assert [r.chunk_index for r in responses] == [0, 1, 2]
    assert [r.is_final for r in responses] == [False, False, True]
    assert {r.request_id for r in responses} == {"r1"}
    assert [frame.frame_number for frame in responses[1].frames] == list(range(15))
    assert [f.timecode for r in responses for f in r.frames] == [i / 30 for i in range(38)]


def test_a_last_chunk_of_full_size_is_final(grpc_server: Running) -> None:
    responses = process(grpc_server, wav(buzz(1, 16000), 16000), chunk_duration=0.5)
    assert [(len(r.frames), r.is_final) for r in responses] == [(15, False), (15, True)]


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, 1e30])
def test_a_chunk_duration_out_of_range_is_replaced(grpc_server: Running, sound: np.ndarray, value: float) -> None:
    (response,) = process(grpc_server, wav(sound, 16000), chunk_duration=value, chunk_overlap=-3)
    assert len(response.frames) == 38


def test_level_and_person_out_of_range_are_replaced(grpc_server: Running, sound: np.ndarray) -> None:
    (response,) = process(grpc_server, wav(sound, 16000), emotion_level=7, person_id=-1)
    assert response.is_final


def test_bad_audio_is_reported_in_band_and_as_a_status(grpc_server: Running) -> None:
    invalid = grpc.StatusCode.INVALID_ARGUMENT
    assert failure(grpc_server, AudioRequest()) == ("Audio data is empty", invalid)
    for junk in (b"hello, this is no audio" * 10, wav(buzz(1, 16000), 16000)[:44]):
        message, code = failure(grpc_server, AudioRequest(audio_data=junk))
        assert message.startswith("Failed to parse audio: ")
        assert code == invalid


def test_what_is_no_request(grpc_server: Running) -> None:
    message, code = failure(grpc_server, b"\xff\xff\xff")
    assert "AudioRequest" in message
    assert code == grpc.StatusCode.INVALID_ARGUMENT


def test_a_full_server_says_so_at_once(sound: np.ndarray) -> None:
    with run_grpc(max_streams=1) as own:
        slot = own.service.engine.slots.reserve()
        message, code = failure(own, AudioRequest(audio_data=wav(sound, 16000)))
        assert message == "Server is busy, queue is full. Please try again later."
        assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
        slot.close()
        assert weights_of(process(own, wav(sound, 16000))).shape == (38, 52)


def test_a_file_of_more_than_the_limit() -> None:
    with run_grpc(max_file_bytes=1024) as own:
        message, code = failure(own, AudioRequest(audio_data=wav(buzz(1, 16000), 16000)))
        assert "1024" in message
        assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert own.service.uploads.held == 0


def test_a_message_above_the_default_of_grpc(grpc_server: Running) -> None:
    """Without an option of the server, 4 MB would be the limit."""
    data = wav(np.zeros(60 * 48000, np.float32), 48000)
    assert len(data) > 5 << 20
    assert weights_of(process(grpc_server, data)).shape == (1800, 52)


def test_too_long_a_file(sound: np.ndarray) -> None:
    with run_grpc(max_utterance_s=1.0) as own:
        _, code = failure(own, AudioRequest(audio_data=wav(sound, 16000)))
        assert code == grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_backend_that_fails(sound: np.ndarray) -> None:
    with run_grpc(mock_fail_after=0.0) as own:
        message, code = failure(own, AudioRequest(audio_data=wav(sound, 16000)))
        assert message
        assert code == grpc.StatusCode.INTERNAL


def test_a_client_that_leaves_frees_everything() -> None:
    with run_grpc(mock_latency=0.05) as own:

        async def work(opened: Any) -> None:
            call = file_responses(opened, AudioRequest(audio_data=wav(buzz(60, 16000), 16000), chunk_duration=0.1))
            await call.read()
            call.cancel()

        on_loop(own, work)
        until(lambda: own.service.engine.slots.taken == 0)
        until(lambda: own.service.uploads.held == 0)
        until(lambda: not own.service.connections)


def test_a_client_that_never_reads_is_dropped() -> None:
    with run_grpc(send_timeout_s=0.3) as own:

        async def work(opened: Any) -> None:
            call = file_responses(opened, AudioRequest(audio_data=wav(buzz(120, 16000), 16000), chunk_duration=0.1))
            await call.initial_metadata()
            await asyncio.to_thread(until, lambda: not own.service.connections)

        on_loop(own, work)
        assert own.service.engine.slots.taken == 0


def test_its_health_check(grpc_server: Running) -> None:
    with channel(grpc_server) as opened:
        check = opened.unary_unary(
            f"/{emotalk.NAME}/HealthCheck", HealthCheckRequest.SerializeToString, HealthCheckResponse.FromString
        )
        assert check(HealthCheckRequest(), timeout=PATIENCE).status == HealthCheckResponse.SERVING


def test_broken_files_leave_memory_at_once(grpc_server: Running) -> None:
    request = AudioRequest(audio_data=bytes(range(256)) * 4096).SerializeToString()
    failure(grpc_server, request)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(8):
            failure(grpc_server, request)
        until(lambda: tracemalloc.get_traced_memory()[0] < 2 * len(request))
    finally:
        tracemalloc.stop()
        gc.enable()
