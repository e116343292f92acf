"""The emotions of a stream over time, for the model and for the report with each frame."""

from __future__ import annotations

from collections.abc import Mapping

from a2f_server.arrays import Weights
from a2f_server.engine.utterance import Utterance
from a2f_server.grpc_server.notices import Notices
from a2f_server.grpc_server.parameter_checks import emotions, finite
from a2f_server.grpc_server.protos.emotion_with_timecode_v1_pb2 import EmotionWithTimeCode
from a2f_server.motion.emotion import EmotionTrack, vector

MOST_KEYS = 2048
"""Changes that may be pending: clients that write everything at once send one with every message."""


class EmotionKeys:
    """Sets changes on the utterance's track, and on a second one that keeps them until their frames are sent."""

    def __init__(self, utterance: Utterance, beginning: Mapping[str, float], blend_s: float, notices: Notices) -> None:
        """Replaces the utterance's emotions with those of the header (`beginning`)."""
        self._notices, self._beginning = notices, vector(beginning)
        utterance.emotions = EmotionTrack(beginning, blend_s, MOST_KEYS)
        self._tracks = utterance.emotions, EmotionTrack(beginning, blend_s, MOST_KEYS)
        self._latest: tuple[float, Mapping[str, float]] = 0.0, beginning
        self._count = 0

    def add(self, key: EmotionWithTimeCode) -> None:
        """Sets emotions from a time on. Raises BadMessage for a number that is not finite."""
        at = max(finite(key.time_code, "time_code"), 0.0)
        if key.time_code < 0:
            self._notices.warn(f"time_code {key.time_code:g} is negative: 0 is used instead")
        wanted = emotions(key.emotion, self._notices)
        if at >= self._latest[0] and wanted == self._latest[1]:
            return  # some clients repeat the same emotions every second
        if self._count >= MOST_KEYS - 1:
            self._notices.warn(f"more than {MOST_KEYS} emotion changes: the rest are ignored")
            return
        self._count += 1
        self._latest = max((at, wanted), self._latest, key=lambda pair: pair[0])
        for track in self._tracks:
            track.set(wanted, at)

    def take(self, seconds: float) -> Weights:
        """Returns the emotions `[10]` of the frame at this time; frames come in order."""
        if not self._count:
            return self._beginning
        weights = self._tracks[1].at(seconds)
        self._tracks[1].forget(seconds)
        return weights
