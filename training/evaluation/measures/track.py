"""Face tracks, and the curves that describe their lips: `aperture`, `rounding`, `spread` and `labiodental`.

Closed and open are relative to p90, the 90th percentile of the aperture in speech, but never to less than FLOOR, so a
face that hardly moves does not pass.
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
from training.phones import SILENCE, Phone

TrackCurve = NDArray[np.float64]

FLOOR = 0.12
"""Lower limit of p90; real tracks have .09 to .45."""

INNER = "inner_h"
"""Column of a captured face's track: the height between the inner lips."""


@dataclass(frozen=True)
class Track:
    """Curves by ARKit name, with frame i at i / fps seconds. A shape without a curve is at rest."""

    fps: float
    frames: int
    channels: Mapping[str, TrackCurve]

    def __getitem__(self, shape: str) -> TrackCurve:
        return self.channels[shape] if shape in self.channels else np.zeros(self.frames)

    @property
    def times(self) -> TrackCurve:
        """Times of the frames, in seconds."""
        return np.arange(self.frames) / self.fps

    def sides(self, shape: str) -> TrackCurve:
        """Returns the sum of left and right."""
        return self[f"{shape}Left"] + self[f"{shape}Right"]


@dataclass(frozen=True)
class SpeechTrack:
    """The track of a recording of `seconds`, and the phones in it."""

    track: Track
    phones: Sequence[Phone]
    seconds: float

    @property
    def speaking(self) -> NDArray[np.bool_]:
        """Mask of the frames within phones other than silence."""
        t, out = self.track.times, np.zeros(self.track.frames, bool)
        for one in self.phones:
            if one.name != SILENCE:
                out |= (t >= one.start) & (t < one.end)
        return out


def named(weights: TrackCurve, names: Sequence[str], fps: float) -> Track:
    """Makes a track from weights `[frames, shapes]`."""
    return Track(fps, len(weights), {name: weights[:, i] for i, name in enumerate(names)})


@cache
def from_csv(path: Path, fps: float) -> Track:
    """Reads a track from columns named `jawOpen`, `JawOpen` or `blendShapes.JawOpen`, and INNER; ignores all others."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    names = [(last := column.rsplit(".", 1)[-1])[:1].lower() + last[1:] for column in header]
    shapes = {name: i for i, name in enumerate(names) if name in (*arkit.NAMES, INNER)}
    return Track(fps, len(rows), {name: np.array([float(row[i]) for row in rows]) for name, i in shapes.items()})


def lips_apart(track: Track) -> TrackCurve:
    """Returns the height between the inner lips where it was measured, else the aperture."""
    return track[INNER] if INNER in track.channels else aperture(track)


def aperture(track: Track) -> TrackCurve:
    """Returns how far the lips are apart."""
    parted = track["jawOpen"] + 0.25 * (track.sides("mouthLowerDown") + track.sides("mouthUpperUp"))
    pressed = track["mouthClose"] + 0.25 * track.sides("mouthPress")
    rolled = 0.3 * (track["mouthRollLower"] + track["mouthRollUpper"])
    return np.maximum(parted - pressed - rolled, 0)


def rounding(track: Track) -> TrackCurve:
    """Returns how far the lips are rounded."""
    return track["mouthFunnel"] + track["mouthPucker"]


def spread(track: Track) -> TrackCurve:
    """Returns how far the corners of the mouth are apart; negative if rounded."""
    wide = track.sides("mouthStretch") + track.sides("mouthSmile") + track.sides("mouthDimple")
    return wide - rounding(track)


def labiodental(track: Track) -> TrackCurve:
    """Returns how close the lower lip is to the upper teeth."""
    bitten = track["mouthRollLower"] + 0.5 * track.sides("mouthUpperUp")
    return bitten - 0.3 * track["jawOpen"] - track["mouthRollUpper"]


def jaw(track: Track) -> TrackCurve:
    """Returns jawOpen."""
    return track["jawOpen"]


def stir(track: Track) -> TrackCurve:
    """Returns the lip movement that should not occur in silence."""
    return aperture(track) + rounding(track)


def speech_p90(opened: TrackCurve) -> float:
    """Returns p90, the unit of apertures, from the apertures during speech."""
    return max(float(np.quantile(opened, 0.9)), FLOOR) if len(opened) else FLOOR
