"""Streaming resampling with soxr, in float32 only: there it is bit-identical over any chunking; in int16 it dithers."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import cast

import numpy as np
import soxr

from a2f_server.audio.pcm import Samples

_QUALITY = "HQ"


class Resampler:
    """One stream's converter. Output sample k lies at k / target seconds: soxr compensates its own delay and
    withholds samples instead, which `lookahead` counts."""

    def __init__(self, source: int, target: int) -> None:
        self._stream = soxr.ResampleStream(source, target, 1, dtype="float32", quality=_QUALITY)

    def feed(self, samples: Samples) -> Samples:
        """The target samples that these source samples complete."""
        return cast(Samples, self._stream.resample_chunk(samples))

    def finish(self) -> Samples:
        """What was withheld."""
        return cast(Samples, self._stream.resample_chunk(np.empty(0, np.float32), last=True))


@lru_cache(maxsize=256)
def lookahead(source: int, target: int) -> Fraction:
    """Seconds of sound that a resampler withholds at worst, measured on the real one.

    soxr works in blocks, so the wait rises and falls; two seconds of sound in steps of 1 ms show its top.
    One step is added, since the top may fall within a step.
    """
    if source == target:
        return Fraction(0)
    converter, step = Resampler(source, target), max(1, source // 1000)
    fed = got = 0
    worst = Fraction(0)
    for _ in range(2000):
        fed += step
        worst = max(worst, Fraction(fed, source) - Fraction(got, target))
        got += len(converter.feed(np.zeros(step, np.float32)))
    return worst + Fraction(step, source)
