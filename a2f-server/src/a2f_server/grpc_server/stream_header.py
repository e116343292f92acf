"""Reads the header of NVIDIA's audio stream: the audio's format and the parameters of the face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.errors import UnsupportedAudio
from a2f_server.grpc_server import face_parameters
from a2f_server.grpc_server.notices import Notices
from a2f_server.grpc_server.parameter_checks import emotions, finite, known, within
from a2f_server.grpc_server.protos.a2f_v1_pb2 import BlendShapeParameters, EmotionPostProcessingParameters
from a2f_server.grpc_server.protos.audio_v1_pb2 import AudioHeader
from a2f_server.grpc_server.protos.controller_v1_pb2 import AudioStreamHeader
from a2f_server.motion.emotion import BLEND_S

RATES = range(16000, 144001)
"""Sample rates, Hz."""
LONGEST_BLEND_S = 60.0
MOST_FACTOR = 1000.0
"""Multipliers and offsets beyond it would leave the numbers that a float holds."""

SHAPES = tuple(arkit.pascal(name) for name in arkit.NAMES)
"""The names of the 52 shapes in NVIDIA's spelling."""
TONGUE_SHAPES = tuple(
    f"Tongue{part}"
    for part in (
        *("TipUp", "TipDown", "TipLeft", "TipRight", "RollUp", "RollDown", "RollLeft", "RollRight"),
        *("Up", "Down", "Left", "Right", "In", "Stretch", "Wide", "Narrow"),
    )
)
"""Shapes of NVIDIA's models that this server does not have."""

_EMOTION_RANGES = {
    "emotion_contrast": (0.3, 3.0),
    "live_blend_coef": (0.0, 1.0),
    "preferred_emotion_strength": (0.0, 1.0),
    "emotion_strength": (0.0, 1.0),
    "max_emotions": (1, 6),
}


@dataclass(frozen=True)
class ShapeMotion:
    """Multipliers and offsets `[52]` of the shapes. Without `clamped`, weights may leave [0, 1]."""

    multipliers: Weights
    offsets: Weights
    clamped: bool
    acts: bool

    def process(self, weights: Weights) -> Weights:
        """Returns frames `[n, 52]`."""
        if not self.acts:
            return weights
        out: Weights = weights * self.multipliers + self.offsets
        return np.clip(out, np.float32(0), np.float32(1)) if self.clamped else out


@dataclass(frozen=True)
class StreamHeader:
    """A valid header."""

    sample_rate: int
    """Hz."""
    face: dict[str, float]
    """Parameters of `FaceMotion`."""
    shapes: ShapeMotion
    beginning: dict[str, float]
    """Emotions at the start."""
    blend_s: float
    """Seconds over which emotions change."""


def read_header(header: AudioStreamHeader, notices: Notices) -> StreamHeader:
    """Checks a header. Raises UnsupportedAudio, or BadMessage for values that are not finite numbers."""
    _check_post_processing(header.emotion_post_processing_params, notices)
    return StreamHeader(
        _sample_rate(header.audio_header),
        _face(header.face_params.float_params, notices),
        _shapes(header.blendshape_params, notices),
        emotions(header.emotion_params.beginning_emotion, notices),
        _blend_s(header, notices),
    )


def _sample_rate(audio: AudioHeader) -> int:
    if audio.audio_format != AudioHeader.AUDIO_FORMAT_PCM:
        raise UnsupportedAudio(f"the audio format {audio.audio_format} is not supported; send AUDIO_FORMAT_PCM")
    if (audio.channel_count, audio.bits_per_sample) != (1, 16):
        got = f"{audio.channel_count} channels of {audio.bits_per_sample} bits"
        raise UnsupportedAudio(f"{got} are not supported; send mono PCM of 16 bits")
    if audio.samples_per_second not in RATES:
        got = f"a sample rate of {audio.samples_per_second} Hz"
        raise UnsupportedAudio(f"{got} is not supported; send {RATES[0]}-{RATES[-1]} Hz")
    return audio.samples_per_second


def _face(wanted: Mapping[str, float], notices: Notices) -> dict[str, float]:
    silent = face_parameters.WITHOUT_EFFECT
    found = known(wanted, face_parameters.RANGES, "face parameters", notices, silent=silent)
    if idle := [name for name in silent if name in wanted]:
        notices.inform(f"face parameters that have no effect here: {', '.join(idle)}")
    return {name: within(v, *face_parameters.RANGES[name], f"{name!r}", notices) for name, v in found.items()}


def _shapes(wanted: BlendShapeParameters, notices: Notices) -> ShapeMotion:
    multipliers = known(
        wanted.bs_weight_multipliers, SHAPES, "shapes in bs_weight_multipliers", notices, silent=TONGUE_SHAPES
    )
    offsets = known(wanted.bs_weight_offsets, SHAPES, "shapes in bs_weight_offsets", notices, silent=TONGUE_SHAPES)
    return ShapeMotion(
        _of_shapes(multipliers, 1.0, "multiplier", notices),
        _of_shapes(offsets, 0.0, "offset", notices),
        wanted.enable_clamping_bs_weight,
        bool(multipliers or offsets),
    )


def _of_shapes(found: Mapping[str, float], default: float, what: str, notices: Notices) -> Weights:
    values = {k: within(v, -MOST_FACTOR, MOST_FACTOR, f"{what} {k!r}", notices) for k, v in found.items()}
    return np.array([values.get(name, default) for name in SHAPES], np.float32)


def _blend_s(header: AudioStreamHeader, notices: Notices) -> float:
    if not header.emotion_params.HasField("live_transition_time"):
        return BLEND_S
    seconds = finite(header.emotion_params.live_transition_time, "live_transition_time")
    if seconds <= 0:
        notices.warn(f"live_transition_time is {seconds:g}, ignored: it must be more than 0")
        return BLEND_S
    return within(seconds, 0, LONGEST_BLEND_S, "live_transition_time", notices)


def _check_post_processing(wanted: EmotionPostProcessingParameters, notices: Notices) -> None:
    """Checks parameters that tune emotion detection from the voice, which this server does not have."""
    for name, (least, most) in _EMOTION_RANGES.items():
        if wanted.HasField(name):
            within(finite(getattr(wanted, name), name), least, most, name, notices)
    if wanted.ListFields():
        notices.inform(
            "emotion_post_processing_params have no effect: this server does not detect emotions in the voice"
        )
