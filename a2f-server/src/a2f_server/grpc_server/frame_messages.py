"""Encodes the messages of NVIDIA's animation stream."""

from __future__ import annotations

import time

from google.protobuf.message import Message

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.grpc_server.protos.animation_data_v1_pb2 import AnimationData, SkelAnimationHeader
from a2f_server.grpc_server.protos.audio_v1_pb2 import AudioHeader
from a2f_server.grpc_server.protos.controller_v1_pb2 import (
    END_OF_A2F_AUDIO_PROCESSING,
    AnimationDataStream,
    AnimationDataStreamHeader,
    Event,
)
from a2f_server.grpc_server.protos.emotion_aggregate_v1_pb2 import EmotionAggregate
from a2f_server.grpc_server.protos.status_v1_pb2 import Status
from a2f_server.grpc_server.stream_header import SHAPES

AGGREGATE = "emotion_aggregate"
"""Key of the metadata that holds the emotions of a frame."""
AGGREGATE_TYPE = f"type.googleapis.com/{EmotionAggregate.DESCRIPTOR.full_name}"


def header_message(audio: AudioHeader) -> bytes:
    """Returns the first message: the client's audio header, and the names of the shapes."""
    header = AnimationDataStreamHeader(
        audio_header=audio,
        skel_animation_header=SkelAnimationHeader(blend_shapes=SHAPES),
        start_time_code_since_epoch=time.time(),
    )
    return encoded(AnimationDataStream(animation_data_stream_header=header))


def frame_message(seconds: float, weights: list[float], pcm: bytes, emotions: Weights) -> bytes:
    """Returns one frame: 52 weights, its audio, and its emotions `[10]`."""
    message = AnimationDataStream()
    data: AnimationData = message.animation_data
    data.skel_animation.blend_shape_weights.add(time_code=seconds, values=weights)
    data.audio.time_code, data.audio.audio_buffer = seconds, pcm
    metadata = data.metadata[AGGREGATE]
    metadata.type_url, metadata.value = AGGREGATE_TYPE, _aggregate(seconds, emotions)
    return encoded(message)


def end_messages() -> list[bytes]:
    """Returns the last two messages."""
    event = AnimationDataStream(event=Event(event_type=END_OF_A2F_AUDIO_PROCESSING))
    status = AnimationDataStream(status=Status(code=Status.SUCCESS, message="all frames were sent"))
    return [encoded(event), encoded(status)]


def encoded(message: Message) -> bytes:
    """Returns the bytes of a message."""
    data: bytes = message.SerializeToString()
    return data


def _aggregate(seconds: float, emotions: Weights) -> bytes:
    """Returns an EmotionAggregate. NVIDIA's sample fails on `a2e_output` without `input_emotions`: both are empty."""
    aggregate = EmotionAggregate()
    of_frame = aggregate.a2f_smoothed_output.add(time_code=seconds)
    of_frame.emotion.update(zip(arkit.EMOTIONS, emotions.tolist(), strict=True))
    return encoded(aggregate)
