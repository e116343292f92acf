"""The contract of a motion processor.

To add a processor, write one new file and add one line to `processors.py`. A processor that draws random numbers
declares a `stream` number that no other processor has (random_stream.py). One that follows the voice is a
VoiceFollower. One that finds its shapes through `Context.columns` declares `any_names = True`; the others only work
before `rename`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol, runtime_checkable

from a2f_server import arkit
from a2f_server.arrays import Float32Array, Weights
from a2f_server.motion.offset_names import OffsetNames
from a2f_server.motion.voice_track import VoiceTrack


@dataclass(frozen=True)
class Context:
    """Properties of the utterance that a processor is created for."""

    fps: int
    seed: int
    expressions: Float32Array
    """`[10, 52]`: weights that each emotion adds at 1.0, in the order of `arkit.EMOTIONS`."""
    names: tuple[str, ...] = arkit.NAMES
    """Names of the columns of `weights`."""
    offsets: OffsetNames = field(default_factory=OffsetNames)
    """The `offset_name` of each frame."""
    unknown: set[str] = field(default_factory=set)
    """Names that `columns` did not find."""

    def columns(self, name: str) -> list[int]:
        """Returns the columns of a shape, also as `JawOpen`; `mouthSmile` stands for both sides.

        Returns none for a name that is not among `names`, and adds it to `unknown`.
        """
        index = _index(self.names)
        for spelling in (name, name[:1].lower() + name[1:]):
            if found := [index[n] for n in (spelling, f"{spelling}Left", f"{spelling}Right") if n in index]:
                return found
        self.unknown.add(name)
        return []


@lru_cache(maxsize=64)
def _index(names: tuple[str, ...]) -> Mapping[str, int]:
    return {name: i for i, name in enumerate(names)}


class Processor(Protocol):
    """One processing step, with the state of one utterance."""

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        """Processes frames `[n, 52]`, numbered from `first`, with `emotions[n, 10]` (None: neutral).

        May modify `weights` in place. The result must not depend on how frames are split into calls. After `rename`
        there are as many columns as names, and no emotions.
        """
        ...


@runtime_checkable
class VoiceFollower(Processor, Protocol):
    """A processor that also follows the voice."""

    voice: VoiceTrack | None
    """Set by the utterance before its first frame; None where there is no audio, as in tests of frames alone."""
