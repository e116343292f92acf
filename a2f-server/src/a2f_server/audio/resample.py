"""Streaming resampling with soxr, in float32: bit-identical for any chunking, unlike int16, which it dithers."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import cast

import numpy as np
import soxr

from a2f_server.arrays import Samples

_QUALITY = "HQ"


class Resampler:
    """The converter of one stream, rates in Hz. Output sample k lies at k / target seconds: soxr compensates its delay
    by withholding samples, which `lookahead` measures."""

    def __init__(self, source: int, target: int) -> None:
        self._stream = soxr.ResampleStream(source, target, 1, dtype="float32", quality=_QUALITY)

    def feed(self, samples: Samples) -> Samples:
        """Returns the target samples that these source samples complete."""
        return cast(Samples, self._stream.resample_chunk(samples))

    def finish(self) -> Samples:
        """Returns the withheld samples."""
        return cast(Samples, self._stream.resample_chunk(np.empty(0, np.float32), last=True))


COMMON = frozenset({8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 176400, 192000})
"""Sample rates, Hz, whose look-ahead is measured."""
MOST_WITHHELD = 1600
"""Samples at the lower of two rates that a resampler withholds at most: of 400 pairs of rates, the largest was 1406."""


def lookahead(source: int, target: int) -> Fraction:
    """Returns the most seconds of audio that a resampler withholds: measured, or an upper bound for a rare rate.

    Measuring takes 40 ms, and clients choose their rates.
    """
    if source == target:
        return Fraction(0)
    return _measured(source, target) if source in COMMON else Fraction(MOST_WITHHELD, min(source, target))


@lru_cache(maxsize=256)
def _measured(source: int, target: int) -> Fraction:
    """soxr works in blocks, so the delay varies; two seconds of audio in steps of 1 ms show its maximum. One step is
    added, since the maximum may lie within a step.
    """
    converter, step = Resampler(source, target), max(1, source // 1000)
    fed = got = 0
    worst = Fraction(0)
    for _ in range(2000):
        fed += step
        worst = max(worst, Fraction(fed, source) - Fraction(got, target))
        got += len(converter.feed(np.zeros(step, np.float32)))
    return worst + Fraction(step, source)
