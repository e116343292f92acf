"""FaceClip: a piece of facial animation, and its conversion to and from JSON, CSV and npz."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any, BinaryIO, Self

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Float64Array, UInt16Array, Weights
from a2f_server.errors import BadMessage
from a2f_server.timecode import MIDNIGHT, FrameRate, StartTimecode, frame_rate, timecode

FULL = 65535
"""The u16 value of weight 1 in the WebSocket protocol: weight = value / FULL."""


def quantise(weights: Weights) -> UInt16Array:
    """Converts weights to u16, clamped to [0, 1], rounded half to even. All output is derived from these values."""
    scaled = weights * np.float32(FULL)
    np.maximum(scaled, np.float32(0), out=scaled)
    np.minimum(scaled, np.float32(FULL), out=scaled)
    np.rint(scaled, out=scaled)
    return scaled.astype(np.uint16)


@dataclass(frozen=True)
class FaceClip:
    """`weights[T, n]` in [0, 1], one column per name; frame i is at `(first + i) / fps` seconds."""

    weights: Weights
    fps: FrameRate
    names: tuple[str, ...] = arkit.NAMES
    first: int = 0

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or self.weights.shape[1] != len(self.names):
            raise BadMessage(f"a clip of {len(self.names)} shapes cannot hold weights of shape {self.weights.shape}")

    def __len__(self) -> int:
        return len(self.weights)

    def __getitem__(self, name: str) -> Weights:
        """Returns the weights of one shape over time, `[T]`: `clip["jawOpen"]`. It is a view. Raises KeyError."""
        if name not in self.names:
            raise KeyError(name)
        return self.weights[:, self.names.index(name)]

    @property
    def duration(self) -> float:
        """Seconds."""
        return float(len(self) / self.fps)

    @property
    def start(self) -> float:
        """The time of the first frame, in seconds."""
        return float(self.first / self.fps)

    @property
    def times(self) -> Float64Array:
        """The times of all frames in seconds, `[T]` float64."""
        rate = Fraction(self.fps)
        return (self.first + np.arange(len(self), dtype=np.float64)) * rate.denominator / rate.numerator

    @classmethod
    def from_u16(cls, values: UInt16Array, fps: FrameRate, first: int = 0) -> Self:
        """Builds a clip from u16 values, `[T, 52]`."""
        return cls(values.astype(np.float32) / np.float32(FULL), fps, first=first)

    def slice(self, start: int, stop: int) -> Self:
        """Returns frames start … stop − 1, which keep their times."""
        start, stop, _ = slice(start, stop).indices(len(self))
        return type(self)(self.weights[start:stop], self.fps, self.names, self.first + start)

    def between(self, start: float, stop: float) -> Self:
        """Returns the frames with start ≤ time < stop, in seconds; they keep their times."""
        low, high = (ceil(Fraction(at).limit_denominator(10**6) * self.fps) - self.first for at in (start, stop))
        return self.slice(max(0, low), max(0, high))

    def moved(self, first: int = 0) -> Self:
        """Returns the same frames with another number of the first one: `clip.slice(30, 60).moved()` begins at 0 s."""
        return type(self)(self.weights, self.fps, self.names, first)

    def resample(self, fps: FrameRate) -> Self:
        """Returns the clip at another frame rate, interpolated linearly between frames; times stay the same."""
        if not len(self) or fps == self.fps:
            return type(self)(self.weights, fps, self.names, ceil(self.first * Fraction(fps) / self.fps))
        ratio = Fraction(fps) / self.fps
        first, stop = ceil(self.first * ratio), ceil((self.first + len(self)) * ratio)
        low, rest = np.divmod(np.arange(first, stop) * ratio.denominator, ratio.numerator)
        low -= self.first
        high = np.minimum(low + 1, len(self) - 1)
        share = (rest / ratio.numerator).astype(np.float32)[:, None]
        between = self.weights[low] + (self.weights[high] - self.weights[low]) * share
        return type(self)(between, fps, self.names, first)

    @classmethod
    def concat(cls, clips: Iterable[Self]) -> Self:
        """Joins consecutive clips. Raises BadMessage for a gap, an overlap, or different names or fps."""
        parts = list(clips)
        if not parts:
            raise BadMessage("nothing to concatenate: give at least one clip")
        for before, after in pairwise(parts):
            if (before.names, before.fps, before.first + len(before)) != (after.names, after.fps, after.first):
                raise BadMessage("clips to concatenate must share names and fps and follow one another without a gap")
        head = parts[0]
        return cls(np.concatenate([p.weights for p in parts]), head.fps, head.names, head.first)

    def rename(self, sources: Mapping[str, str | None]) -> Self:
        """Returns a clip with columns `{target: source}`; a source that is None or not in this clip gives zeros."""
        column = {name: self.weights[:, i] for i, name in enumerate(self.names)}
        rest = np.zeros(len(self), np.float32)
        columns = [column.get(source, rest) if source is not None else rest for source in sources.values()]
        return type(self)(np.stack(columns, axis=1), self.fps, tuple(sources), self.first)

    def to_json(self) -> dict[str, Any]:
        """Returns `{fps, blendshapes, weights}`; weights have four decimals."""
        return {"fps": number(self.fps), "blendshapes": list(self.names), "weights": rounded(self.weights)}

    @classmethod
    def from_json(cls, document: str | bytes | Mapping[str, Any], first: int = 0) -> Self:
        """Reads what `to_json` and `POST /v1/animate` give, as text or parsed. Raises BadMessage."""
        try:
            fields = document if isinstance(document, Mapping) else json.loads(document)
            names = tuple(str(name) for name in fields["blendshapes"])
            weights = np.array(fields["weights"], np.float32).reshape(-1, len(names))
            return cls(weights, frame_rate(fields["fps"]), names, first)
        except (ValueError, TypeError, LookupError, RecursionError):
            raise BadMessage("this JSON has no fps, blendshapes and weights of an animation") from None

    def to_csv(self, start: StartTimecode = MIDNIGHT) -> str:
        """Writes Live Link Face columns: Timecode, BlendShapeCount, 52 shapes, head and eye angles (all 0)."""
        return "".join(self.csv_lines(start))

    def csv_lines(self, start: StartTimecode = MIDNIGHT) -> Iterator[str]:
        """Yields the lines of `to_csv`, each with its end. `start` is the time code of the instant 0."""
        header = ["Timecode", "BlendShapeCount", *map(arkit.pascal, arkit.LIVE_LINK), *_ANGLES]
        yield ",".join(header) + "\n"
        live = self.rename({name: name for name in arkit.LIVE_LINK}).weights
        count, angles = len(header) - 2, ",0.0000000000" * len(_ANGLES)
        for i, row in enumerate(live, start=self.first + start.frame):
            values = _CELLS % tuple(row.tolist())
            yield f"{timecode(i, self.fps, drop=start.drop)},{count},{values}{angles}\n"

    @classmethod
    def from_csv(cls, text: str, fps: FrameRate) -> Self:
        """Reads a CSV whose header has shape names in ARKit's or Live Link's spelling; other columns are ignored."""
        table = list(csv.DictReader(io.StringIO(text)))
        known = {arkit.pascal(n): n for n in arkit.NAMES} | {n: n for n in arkit.NAMES}
        header = [k for k in (table[0] if table else {}) if k]
        columns = {known[bare]: k for k in header if (bare := k.rsplit(".", 1)[-1]) in known}
        if not columns:
            raise BadMessage("this CSV has no column named like an ARKit blendshape")
        weights = [[_number(row[columns[n]]) if n in columns else 0.0 for n in arkit.NAMES] for row in table]
        return cls(np.array(weights, np.float32), fps)

    def save(self, file: BinaryIO) -> None:
        """Writes an npz file: names, weights (float32), fps, first."""
        rate = self.fps if isinstance(self.fps, int) else [self.fps.numerator, self.fps.denominator]
        np.savez_compressed(file, names=np.array(self.names), weights=self.weights, fps=rate, first=self.first)

    @classmethod
    def load(cls, file: BinaryIO) -> Self:
        """Reads a file written by `save`."""
        with np.load(file, allow_pickle=False) as data:
            names = tuple(str(n) for n in data["names"])
            rate = Fraction(*np.atleast_1d(data["fps"]).tolist())
            return cls(data["weights"], frame_rate(rate), names, int(data["first"]))


_CELLS = ",".join(["%.10f"] * arkit.COUNT)
_ANGLES = tuple(f"{part}{axis}" for part in ("Head", "LeftEye", "RightEye") for axis in ("Yaw", "Pitch", "Roll"))


def rounded(weights: Weights) -> list[list[float]]:
    """Returns rows of floats with four decimals, the precision of all JSON output, rounded to u16 steps first."""
    values = np.rint(weights.astype(np.float64) * FULL) / FULL
    return [[round(w, 4) for w in row] for row in values.tolist()]


def named(names: Sequence[str], row: Sequence[float]) -> dict[str, float]:
    """Returns one frame as `{name: weight}`."""
    return dict(zip(names, row, strict=True))


def number(fps: FrameRate) -> float:
    """Returns a frame rate for JSON."""
    return fps if isinstance(fps, int) else float(fps)


def _number(text: str) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        raise BadMessage(f"{text!r} in this CSV is not a number") from None
