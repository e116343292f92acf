"""An utterance whose frame rate may change: the model runs once, and its frames can then be rendered at any rate."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from a2f_server.arrays import UInt16Array, Weights
from a2f_server.backends.contract import Layout, State
from a2f_server.clip import quantise
from a2f_server.engine.frames import FloatFrames
from a2f_server.engine.utterance import Utterance
from a2f_server.frameclock import frame_count
from a2f_server.motion.voice_track import VoiceTrack


class RecordedUtterance(Utterance):
    """Keeps the model's output and the voice's prosody: 7 kB per second at 30 native frames.

    Its own frames only show its progress.
    """

    def __init__(
        self,
        layout: Layout,
        state: State,
        *,
        sample_rate: int,
        emotions: Mapping[str, float] | None = None,
        max_seconds: float = 600.0,
    ) -> None:
        super().__init__(
            layout,
            state,
            (),
            sample_rate=sample_rate,
            fps=layout.frame_rate,
            emotions=emotions,
            max_seconds=max_seconds,
        )
        self.voice = VoiceTrack(layout.sample_rate, layout.ahead, keep=True)
        self.record: list[Weights] = []
        """The model's output, one `[n, 52]` per call."""

    @property
    def done(self) -> bool:
        """True once the model's last frame was recorded."""
        return super().done and self._native.stop > self._last_native()

    def accept_floats(self, weights: Weights, state: State) -> FloatFrames | None:
        """Records the weights, then does what every utterance does."""
        self.record.append(weights.copy())
        return super().accept_floats(weights, state)

    def _last_native(self) -> int:
        """Returns the native frame at or after the end of the audio, which the last frame of some rates needs."""
        return frame_count(self.received, self.sample_rate, self.layout.frame_rate)


class Rendering:
    """The frames of a recorded utterance at one rate: exactly those of a plain utterance at that rate."""

    def __init__(self, recorded: RecordedUtterance, plain: Utterance) -> None:
        """`plain` is a new utterance with the same options, at the rate to render. It takes frames but no audio."""
        self._recorded, self._plain = recorded, plain
        plain.follow(recorded.voice)
        self._rendered = 0
        self._first = self.stop = 0
        self._values: UInt16Array = np.empty((0, 52), np.uint16)

    def step(self) -> bool:
        """Renders the output of one more call of the model; returns False if everything recorded has been rendered.

        `stop` is then the number of frames rendered so far.
        """
        if self._rendered == len(self._recorded.record):
            return False
        self._plain.received, self._plain.ended = self._recorded.received, self._recorded.ended
        weights = self._recorded.record[self._rendered].copy()
        self._rendered += 1
        if frames := self._plain.accept_floats(weights, None):
            self._values = np.concatenate([self._values, quantise(frames[1])])
            self.stop += len(frames[1])
        return True

    def take(self, first: int, stop: int) -> UInt16Array:
        """Returns frames first … stop − 1, as far as rendered, and drops all before `stop`."""
        taken = self._values[max(0, first - self._first) : max(0, stop - self._first)]
        self._values = self._values[max(0, stop - self._first) :]
        self._first = self.stop - len(self._values)
        return taken
