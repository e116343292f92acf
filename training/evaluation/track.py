"""Tracks of a face, and how their lips are read: as `aperture`, `rounding`, `spread` and `labiodental`.

What counts as closed or open is relative to p90, the 90th percentile of a recording's aperture in its speech, but
never to less than FLOOR: a face that hardly moves must not pass.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from a2f_server import arkit
from training.evaluation.phones import SILENCE, Said

Curve = NDArray[np.float64]

FLOOR = 0.12
"""The least p90; real tracks have .09 to .45."""


@dataclass(frozen=True)
class Track:
    """Channels by ARKit name, frame i of each at i / fps seconds; a shape without a channel is at rest."""

    fps: float
    frames: int
    channels: Mapping[str, Curve]

    def __getitem__(self, shape: str) -> Curve:
        return self.channels[shape] if shape in self.channels else np.zeros(self.frames)

    @property
    def times(self) -> Curve:
        """Seconds."""
        return np.arange(self.frames) / self.fps

    def sides(self, shape: str) -> Curve:
        """Left and right together."""
        return self[f"{shape}Left"] + self[f"{shape}Right"]


@dataclass(frozen=True)
class Spoken:
    """A recording of `seconds`, what was said in it, and the track that was made of it."""

    track: Track
    said: Sequence[Said]
    seconds: float

    @property
    def speaking(self) -> NDArray[np.bool_]:
        """The frames in which somebody speaks."""
        t, out = self.track.times, np.zeros(self.track.frames, bool)
        for one in self.said:
            if one.phone != SILENCE:
                out |= (t >= one.start) & (t < one.end)
        return out


def named(weights: Curve, names: Sequence[str], fps: float) -> Track:
    """A track from frames × shapes."""
    return Track(fps, len(weights), {name: weights[:, i] for i, name in enumerate(names)})


@cache
def from_csv(path: Path, fps: float) -> Track:
    """Columns named like `jawOpen`, `JawOpen` or `blendShapes.JawOpen`; others are left out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    names = [(last := column.rsplit(".", 1)[-1])[:1].lower() + last[1:] for column in header]
    shapes = {name: i for i, name in enumerate(names) if name in arkit.NAMES}
    return Track(fps, len(rows), {name: np.array([float(row[i]) for row in rows]) for name, i in shapes.items()})


def aperture(track: Track) -> Curve:
    """How far the lips are apart."""
    parted = track["jawOpen"] + 0.25 * (track.sides("mouthLowerDown") + track.sides("mouthUpperUp"))
    pressed = track["mouthClose"] + 0.25 * track.sides("mouthPress")
    rolled = 0.3 * (track["mouthRollLower"] + track["mouthRollUpper"])
    return np.maximum(parted - pressed - rolled, 0)


def rounding(track: Track) -> Curve:
    """How far the lips are rounded."""
    return track["mouthFunnel"] + track["mouthPucker"]


def spread(track: Track) -> Curve:
    """How far the corners of the mouth are apart; negative when rounded."""
    wide = track.sides("mouthStretch") + track.sides("mouthSmile") + track.sides("mouthDimple")
    return wide - rounding(track)


def labiodental(track: Track) -> Curve:
    """How much the lower lip meets the upper teeth."""
    bitten = track["mouthRollLower"] + 0.5 * track.sides("mouthUpperUp")
    return bitten - 0.3 * track["jawOpen"] - track["mouthRollUpper"]


def jaw(track: Track) -> Curve:
    """The jaw alone."""
    return track["jawOpen"]


def stir(track: Track) -> Curve:
    """How much the lips do that they ought not to do in silence."""
    return aperture(track) + rounding(track)


def speech_p90(opened: Curve) -> float:
    """The unit of apertures, from a recording's apertures while somebody speaks."""
    return max(float(np.quantile(opened, 0.9)), FLOOR) if len(opened) else FLOOR
