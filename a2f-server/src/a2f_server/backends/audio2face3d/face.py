"""From solved poses and turned eyes to the 52 weights, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from a2f_server import arkit
from a2f_server.backends.audio2face3d.eyes import LOOKS, looks
from a2f_server.backends.audio2face3d.parts import Floats

_LOOKS_AT = np.array([arkit.INDEX[name] for name in LOOKS])


@dataclass(frozen=True, eq=False)
class ArkitFace:
    """Where each pose of a bundle's skin goes."""

    places: NDArray[np.int64]
    """`[P]`: indices in `arkit.NAMES`."""

    @classmethod
    def of(cls, names: Sequence[str]) -> ArkitFace:
        """`names[P]` of the skin's poses, in the bundle's order. Raises ValueError for one that is not ARKit's."""
        strange = sorted({name for name in names if name not in arkit.INDEX})
        if strange:
            raise ValueError(f"the skin has poses that are not among ARKit's 52: {', '.join(strange)}")
        if len(set(names)) < len(names):
            raise ValueError("the skin has two poses of one name")
        return cls(np.array([arkit.INDEX[name] for name in names], np.int64))

    def weights(self, solved: NDArray[np.float64], eyes: NDArray[np.float64]) -> Floats:
        """`solved[…, P]` weights and `eyes[…, 4]` degrees → `[…, 52]` in `arkit.NAMES` order, not clamped.

        The eyes' eyeLook* are added to what was solved for these: where a pose is not solved for, as in NVIDIA's
        bundles, that is the bundle's offset alone, 0, and the eyes decide. A pose that the bundle has not stays 0.
        """
        weights = np.zeros((*solved.shape[:-1], arkit.COUNT), np.float32)
        weights[..., self.places] = solved
        weights[..., _LOOKS_AT] += looks(eyes).astype(np.float32)
        return weights
