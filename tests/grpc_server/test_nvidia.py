"""NVIDIA's service: the same frames as at every other endpoint, in the order and form that its clients expect."""

from __future__ import annotations

from typing import Any

import grpc
import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.grpc_server.protos.animation_data_v1_pb2 import AnimationData
from a2f_server.grpc_server.protos.controller_v1_pb2 import AnimationDataStream, AudioStream
from a2f_server.grpc_server.protos.emotion_aggregate_v1_pb2 import EmotionAggregate
from a2f_server.grpc_server.protos.status_v1_pb2 import Status
from tests.support.grpc_clients import (
    animate,
    audio,
    clip,
    end,
    header,
    notices_of,
    on_loop,
    open_stream,
    run_grpc,
    weights_of,
)
from tests.support.running import Running
from tests.support.sounds import buzz, s16, wav


def frames_of(answer: list[AnimationDataStream]) -> list[AnimationData]:
    return [message.animation_data for message in answer if message.HasField("animation_data")]


@pytest.mark.parametrize("step", [999, 1280, 1 << 18])
def test_frames_equal_those_of_animate(
    grpc_server: Running, sound: np.ndarray, expected: np.ndarray, step: int
) -> None:
    weights = weights_of(animate(grpc_server, clip(s16(sound), step)))
    assert np.array_equal(np.round(weights.astype(float), 4), np.round(expected.astype(float), 4))


def test_splitting_changes_no_bit(grpc_server: Running, sound: np.ndarray) -> None:
    whole, parts = (weights_of(animate(grpc_server, clip(s16(sound), step))) for step in (1 << 18, 777))
    assert np.array_equal(whole, parts)


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 144000])
def test_other_sample_rates(grpc_server: Running, rate: int) -> None:
    sound = buzz(0.7, rate)
    with grpc_server.http() as http:
        rows = http.post("/v1/animate", content=wav(sound, rate)).json()["weights"]
    weights = weights_of(animate(grpc_server, clip(s16(sound), opening=header(rate))))
    assert np.allclose(weights, rows, atol=6e-5)


def test_the_order_of_messages(grpc_server: Running, sound: np.ndarray) -> None:
    first, *between, event, status = animate(grpc_server, clip(s16(sound)))
    stated = first.animation_data_stream_header
    assert list(stated.skel_animation_header.blend_shapes) == [arkit.pascal(name) for name in arkit.NAMES]
    assert list(stated.skel_animation_header.joints) == []
    assert stated.audio_header == header().audio_stream_header.audio_header
    assert stated.start_time_code_since_epoch > 1.7e9
    assert {message.WhichOneof("stream_part") for message in between} == {"animation_data"}
    assert event.HasField("event")
    assert event.event.event_type == 0
    assert status.status.code == Status.SUCCESS


def test_the_audio_comes_back_padded_to_whole_frames(grpc_server: Running, sound: np.ndarray) -> None:
    frames = frames_of(animate(grpc_server, clip(s16(sound))))
    assert len(frames) == 38
    echoed = b"".join(frame.audio.audio_buffer for frame in frames)
    assert len(echoed) == 2 * (38 * 16000 // 30)
    assert echoed[: len(sound) * 2] == s16(sound)
    assert not any(echoed[len(sound) * 2 :])


def test_a_client_that_writes_everything_before_it_reads(grpc_server: Running) -> None:
    sound = buzz(60, 16000)

    async def work(opened: Any) -> list[AnimationDataStream]:
        call = open_stream(opened)()
        for message in clip(s16(sound), 16000):
            await call.write(message)
        return [message async for message in call]

    assert len(weights_of(on_loop(grpc_server, work))) == 1800


def test_a_client_that_never_half_closes_gets_the_end(grpc_server: Running, sound: np.ndarray) -> None:
    async def work(opened: Any) -> grpc.StatusCode:
        call = open_stream(opened)()
        for message in clip(s16(sound)):
            await call.write(message)
        async for _ in call:
            pass
        return await call.code()

    assert on_loop(grpc_server, work) == grpc.StatusCode.OK


def test_the_end_of_the_call_ends_the_audio(grpc_server: Running, sound: np.ndarray) -> None:
    assert len(weights_of(animate(grpc_server, clip(s16(sound))[:-1]))) == 38


def test_frames_come_while_audio_still_comes(grpc_server: Running, sound: np.ndarray) -> None:
    async def work(opened: Any) -> int:
        call = open_stream(opened)()
        for message in clip(s16(sound))[:-1]:
            await call.write(message)
        await call.read()
        for number in range(10):
            frame = await call.read()
            assert frame.animation_data.audio.time_code == number / 30
        await call.write(end())
        rest = 0
        while await call.read() is not grpc.aio.EOF:
            rest += 1
        return rest

    assert on_loop(grpc_server, work) == 28 + 2


def emotional(at: float, emotions: dict[str, float], pcm: bytes) -> list[AudioStream]:
    return [header(), audio(b"", (at, emotions)), audio(pcm), end()]


def reported(frame: AnimationData) -> dict[str, float]:
    packed = frame.metadata["emotion_aggregate"]
    assert packed.type_url == "type.googleapis.com/nvidia_ace.emotion_aggregate.v1.EmotionAggregate"
    aggregate = EmotionAggregate.FromString(packed.value)
    assert not aggregate.a2e_output
    (output,) = aggregate.a2f_smoothed_output
    return dict(output.emotion)


def test_emotions_act_from_their_time_on_and_are_reported(grpc_server: Running, sound: np.ndarray) -> None:
    plain = weights_of(animate(grpc_server, clip(s16(sound))))
    answer = animate(grpc_server, emotional(0.5, {"joy": 1.0}, s16(sound)))
    smile = weights_of(answer)[:, arkit.INDEX["mouthSmileLeft"]] - plain[:, arkit.INDEX["mouthSmileLeft"]]
    assert not smile[:16].any()
    assert smile[-1] > 0.3
    joys = [reported(frame)["joy"] for frame in frames_of(answer)]
    assert not any(joys[:16])
    assert joys[-1] == 1.0
    assert set(reported(frames_of(answer)[0])) == set(arkit.EMOTIONS)


def test_beginning_emotions_equal_those_of_animate(grpc_server: Running, sound: np.ndarray) -> None:
    opening = header()
    opening.audio_stream_header.emotion_params.beginning_emotion.update({"anger": 0.5})
    with grpc_server.http() as http:
        answer = http.post("/v1/animate?emotions=" + '{"anger":0.5}', content=wav(sound, 16000)).json()
    weights = weights_of(animate(grpc_server, clip(s16(sound), opening=opening)))
    assert np.allclose(weights, answer["weights"], atol=6e-5)


def test_the_transition_takes_the_time_that_was_asked_for(grpc_server: Running, sound: np.ndarray) -> None:
    opening, *rest = emotional(0.2, {"joy": 1.0}, s16(sound))
    opening.audio_stream_header.emotion_params.live_transition_time = 1.0
    joys = [reported(frame)["joy"] for frame in frames_of(animate(grpc_server, [opening, *rest]))]
    assert joys[21] == pytest.approx(0.5, abs=1e-5)


def test_multipliers_offsets_and_clamping(grpc_server: Running, sound: np.ndarray) -> None:
    plain = weights_of(animate(grpc_server, clip(s16(sound))))
    jaw, smile = arkit.INDEX["jawOpen"], arkit.INDEX["mouthSmileLeft"]
    answers = {}
    for clamped in (False, True):
        opening = header()
        shapes = opening.audio_stream_header.blendshape_params
        shapes.bs_weight_multipliers.update({"JawOpen": 3.0, "TongueTipUp": 2.0})
        shapes.bs_weight_offsets.update({"MouthSmileLeft": -0.25})
        shapes.enable_clamping_bs_weight = clamped
        answer = animate(grpc_server, clip(s16(sound), opening=opening))
        assert notices_of(answer) == []
        answers[clamped] = weights_of(answer)
    assert np.allclose(answers[False][:, jaw], plain[:, jaw] * 3, atol=1e-6)
    assert np.allclose(answers[False][:, smile], plain[:, smile] - 0.25, atol=1e-6)
    assert np.array_equal(answers[True], np.clip(answers[False], 0, 1))


def test_weights_stay_finite(grpc_server: Running, sound: np.ndarray) -> None:
    opening = header()
    shapes = opening.audio_stream_header.blendshape_params
    shapes.bs_weight_multipliers["JawOpen"] = shapes.bs_weight_offsets["JawOpen"] = 3e38
    answer = animate(grpc_server, clip(s16(sound), opening=opening))
    assert [code for code, _ in notices_of(answer)] == [Status.WARNING] * 2
    assert np.isfinite(weights_of(answer)).all()


def test_face_parameters(grpc_server: Running, sound: np.ndarray) -> None:
    plain = weights_of(animate(grpc_server, clip(s16(sound))))
    opening = header()
    opening.audio_stream_header.face_params.float_params.update({"lowerFaceStrength": 0.5})
    halved = weights_of(animate(grpc_server, clip(s16(sound), opening=opening)))
    jaw = arkit.INDEX["jawOpen"]
    assert plain[:, jaw].max() > 0.1
    assert np.allclose(halved[:, jaw], plain[:, jaw] / 2, atol=1e-6)


def test_what_is_unknown_or_out_of_range_is_a_warning(grpc_server: Running, sound: np.ndarray) -> None:
    opening = header()
    wanted = opening.audio_stream_header
    wanted.face_params.float_params.update({"upperFaceStrength": 5.0, "noseLength": 1.0, "faceMaskLevel": 0.6})
    wanted.blendshape_params.bs_weight_multipliers.update({"Nose": 1.0})
    wanted.emotion_post_processing_params.emotion_strength = 1.2
    wanted.emotion_params.live_transition_time = -1
    messages = [opening, audio(s16(sound), (-1.0, {"out_of_breath": 1.0, "Joy": 1.0, "joy": 7.0})), end()]
    answer = animate(grpc_server, messages)
    said = notices_of(answer)
    warnings = "\n".join(text for code, text in said if code == Status.WARNING)
    for name in ("upperFaceStrength", "noseLength", "Nose", "emotion_strength", "live_transition", "out_of_breath"):
        assert name in warnings
    assert "'Joy'" in warnings
    assert "'joy' is 7" in warnings
    assert "time_code" in warnings
    assert any(code == Status.INFO and "faceMaskLevel" in text for code, text in said)
    assert len(weights_of(answer)) == 38


def test_repeated_emotions_may_be_many_and_lie_beyond_the_end(grpc_server: Running, sound: np.ndarray) -> None:
    keys = [(float(2 * second), {"joy": 0.5}) for second in range(600)]
    answer = animate(grpc_server, [header(), audio(s16(sound), *keys), end()])
    assert notices_of(answer) == []


def test_too_many_changes_of_emotions_are_a_warning(grpc_server: Running, sound: np.ndarray) -> None:
    keys = [(i / 1000, {"joy": i % 2}) for i in range(3000)]
    answer = animate(grpc_server, [header(), audio(s16(sound), *keys), end()])
    assert "2048 emotion changes" in notices_of(answer)[0][1]


def test_a_slow_reader_gets_the_audio_of_each_frame() -> None:
    """While it does not read, the utterance is paused and its audio waits."""
    long = buzz(40, 16000)

    async def work(opened: Any) -> list[AnimationDataStream]:
        call = open_stream(opened)()
        for message in clip(s16(long), 32000):
            await call.write(message)
        return [message async for message in call]

    with run_grpc() as own:
        answer = on_loop(own, work)
        echoed = b"".join(frame.audio.audio_buffer for frame in frames_of(answer))
        assert echoed[: len(long) * 2] == s16(long)
        assert own.service.uploads.held == 0
