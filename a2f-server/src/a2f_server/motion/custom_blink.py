"""Replays recorded blinks at random intervals: dlp3d's `CustomBlink`."""

from __future__ import annotations

import numpy as np

from a2f_server.arrays import Float32Array, Weights
from a2f_server.motion.contract import Context
from a2f_server.motion.random_stream import RandomStream
from a2f_server.motion.validation import number, table

RECORDED_FPS = 30
"""Frame rate of the recorded blinks. Intervals count frames at this rate, too."""
MOST_FRAMES = 300
DEFAULT = "default"


class CustomBlink:
    """Plays a recorded blink, `blink_interval_lowerbound` … `upperbound` − 1 frames after the end of the last one.

    `blinks` is `{offset_name: {shape: [weights]}}` and includes `default`, used for unknown names; a blink may
    be the path of a JSON file, also in dlp3d's form `{blendshape_names, blendshape_values[T][n]}`. The name at the
    first frame of a blink decides. At other frame rates than 30 the recording is interpolated. In dlp3d, only blinks
    that fit into a chunk are shown; here they do not depend on chunks. Raises ValueError for parameters out of range.
    """

    any_names = True
    stream = 4
    """Number of its RandomStream: part of every frame, so it must never change."""

    def __init__(
        self,
        context: Context,
        blinks: object,
        blink_interval_lowerbound: int = 60,
        blink_interval_upperbound: int = 120,
    ) -> None:
        self._fps, self._offsets = context.fps, context.offsets
        self._random = RandomStream(context.seed, self.stream)
        recorded = table(blinks, "blinks")
        if DEFAULT not in recorded:
            raise ValueError(f"blinks lacks the blink {DEFAULT!r}, which is used for unknown names")
        self._blinks = {name: _Recording(context, name, blink) for name, blink in recorded.items()}
        self._least = int(number(blink_interval_lowerbound, "blink_interval_lowerbound", 0, 10**6))
        upper = int(number(blink_interval_upperbound, "blink_interval_upperbound", self._least + 1, 10**6))
        self._spread, self._end = upper - self._least, 0
        self._blink: _Recording | None = None
        self._plan()

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        for frame, row in enumerate(weights, first):
            at = frame * RECORDED_FPS / self._fps
            if (blink := self._blink_at(at, frame)) is not None:
                blink.replace(row, at - self._start)
        return weights

    def _blink_at(self, at: float, frame: int) -> _Recording | None:
        """Returns the blink of a frame, which is at `at` in frames of the recording. Times must ascend."""
        while at >= self._start:
            if self._blink is None:
                self._blink = self._blinks.get(self._offsets.at(frame) or DEFAULT, self._blinks[DEFAULT])
            if at < self._start + len(self._blink):
                return self._blink
            self._end = self._start + len(self._blink)
            self._plan()
        return None

    def _plan(self) -> None:
        """Schedules the next blink, in frames of the recording."""
        self._start, self._blink = self._end + self._least + self._random.below(self._spread), None


class _Recording:
    """The columns of one blink, and its weights `[frames, columns]`."""

    def __init__(self, context: Context, name: str, blink: object) -> None:
        curves = _curves(table(blink, f"the blink {name!r}"), name)
        columns = {column: curve for shape, curve in curves.items() for column in context.columns(shape)}
        self._columns = list(columns)
        self._frames = len(next(iter(curves.values())))
        self._weights: Float32Array = np.array(list(columns.values()), np.float32).reshape(-1, self._frames).T

    def __len__(self) -> int:
        return self._frames

    def replace(self, row: Weights, frame: float) -> None:
        low = int(frame)
        high = min(low + 1, self._frames - 1)
        before, after = self._weights[low], self._weights[high]
        row[self._columns] = before + (after - before) * np.float32(frame - low)


def _curves(blink: dict[str, object], name: str) -> dict[str, list[float]]:
    """Returns `{shape: weights}`, all of the same length. Raises ValueError."""
    if "blendshape_names" in blink:
        blink = _transposed(blink, name)
    curves = {shape: _curve(values, f"the blink {name!r}, {shape!r}") for shape, values in blink.items()}
    if len({len(curve) for curve in curves.values()}) != 1:
        raise ValueError(f"the blink {name!r} needs one curve or more, all of the same length")
    return curves


def _transposed(blink: dict[str, object], name: str) -> dict[str, object]:
    names, rows = blink["blendshape_names"], blink.get("blendshape_values")
    if not isinstance(names, list) or not isinstance(rows, list):
        raise ValueError(f"the blink {name!r}: blendshape_names and blendshape_values must be lists")  # noqa: TRY004 - as above
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        raise ValueError(
            f"the blink {name!r}: every row of blendshape_values must be a list as long as blendshape_names"
        )
    return {str(shape): list(curve) for shape, curve in zip(names, zip(*rows, strict=True), strict=True)}


def _curve(values: object, what: str) -> list[float]:
    if not isinstance(values, list) or not 0 < len(values) <= MOST_FRAMES:
        raise ValueError(f"{what} is not a list of 1 to {MOST_FRAMES} weights")
    return [number(value, what, -1, 1) for value in values]
