"""Plots one recording: its waveform with the phones above it, and the curves of the lips."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from a2f_server.audio.files import DecodedAudio
from training.evaluation.measures.track import SpeechTrack, TrackCurve, aperture, labiodental, rounding, speech_p90
from training.evaluation.phones import BILABIAL
from training.phones import SILENCE

ROW = 6.0
"""Maximum seconds per row."""
INK, PALE, SHADE = "#33373d", "#9aa3ad", "#f2d7a8"


def closure(spoken: SpeechTrack) -> TrackCurve:
    """Returns 1 where the lips are closed, 0 where the aperture is at least p90."""
    lips = aperture(spoken.track)
    return np.clip(1 - lips / speech_p90(lips[spoken.speaking]), 0, 1)


CURVES: dict[str, tuple[str, Callable[[SpeechTrack], TrackCurve]]] = {
    "jawOpen": ("#1f77b4", lambda spoken: spoken.track["jawOpen"]),
    "closure": ("#c0392b", closure),
    "rounding": ("#2e8b57", lambda spoken: rounding(spoken.track)),
    "labiodental": ("#8e44ad", lambda spoken: labiodental(spoken.track)),
}
"""Colour and values of each curve."""


def draw(sound: DecodedAudio, spoken: SpeechTrack, out: Path, title: str) -> None:
    """Writes a PNG with rows of up to ROW seconds: waveform and phones above, curves below."""
    seconds = len(sound.samples) / sound.sample_rate
    rows = max(1, ceil(seconds / ROW - 1e-6))
    width = seconds / rows
    figure, axes = plt.subplots(
        2 * rows, 1, figsize=(15, 4.4 * rows), height_ratios=[1, 1.7] * rows, squeeze=False, layout="constrained"
    )
    for row in range(rows):
        start, (wave, curves) = row * width, axes[2 * row : 2 * row + 2, 0]
        _waveform(wave, sound, spoken, start, start + width)
        _curves(curves, spoken, start, start + width)
    axes[0, 0].set_title(title, loc="left", color=INK)
    figure.legend(*axes[1, 0].get_legend_handles_labels(), loc="outside upper right", ncols=len(CURVES), frameon=False)
    axes[-1, 0].set_xlabel("seconds; shaded: p, b, m")
    figure.savefig(out, dpi=100, format="png")
    plt.close(figure)


def _framed(axes: Axes, spoken: SpeechTrack, start: float, end: float) -> None:
    """Sets the time range of a row and shades the phones that need closed lips."""
    axes.set_xlim(start, end)
    axes.spines[["top", "right"]].set_visible(False)
    for one in spoken.phones:
        if one.name in BILABIAL:
            axes.axvspan(one.start, one.end, color=SHADE, linewidth=0)


def _waveform(axes: Axes, sound: DecodedAudio, spoken: SpeechTrack, start: float, end: float) -> None:
    _framed(axes, spoken, start, end)
    first, stop = int(start * sound.sample_rate), int(end * sound.sample_rate)
    loudest = max(float(np.abs(sound.samples).max(initial=0)), 1e-6)
    axes.plot(np.arange(first, stop) / sound.sample_rate, sound.samples[first:stop] / loudest, color=PALE, lw=0.5)
    axes.set_ylim(-1.05, 1.75)
    axes.set_yticks([])
    axes.tick_params(labelbottom=False)
    _phones(axes, spoken, start, end)


def _phones(axes: Axes, spoken: SpeechTrack, start: float, end: float) -> None:
    """Writes the names of the phones at two alternating heights, so neighbours do not overlap."""
    for i, one in enumerate(spoken.phones):
        middle = (one.start + one.end) / 2
        if one.name == SILENCE or not start <= middle < end:
            continue
        axes.axvline(one.start, ymin=0.7, color=PALE, lw=0.4)
        weight = "bold" if one.name in BILABIAL else "normal"
        height = 1.18 + 0.3 * (i % 2)
        axes.text(middle, height, one.name, ha="center", va="center", fontsize=9, color=INK, fontweight=weight)


def _curves(axes: Axes, spoken: SpeechTrack, start: float, end: float) -> None:
    _framed(axes, spoken, start, end)
    for name, (colour, curve) in CURVES.items():
        axes.plot(spoken.track.times, curve(spoken), color=colour, lw=1.6, label=name)
    axes.set_ylim(-0.25, 1.05)
    axes.grid(axis="y", color="#e6e8eb", lw=0.8)
    axes.set_axisbelow(True)
