"""Maps solved poses and eye rotations to the 52 ARKit weights, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Float32Array, Float64Array, Int64Array
from a2f_server.backends.audio2face3d.animation.eyes import LOOK_NAMES, look_weights

_LOOK_COLUMNS = np.array([arkit.INDEX[name] for name in LOOK_NAMES])


@dataclass(frozen=True, eq=False)
class ArkitMapping:
    """The ARKit column of each pose of a bundle's skin."""

    columns: Int64Array
    """`[P]`: indices into `arkit.NAMES`."""

    @classmethod
    def of(cls, names: Sequence[str]) -> ArkitMapping:
        """Maps the skin's poses, `names[P]`. Raises ValueError for a name that is not ARKit's, or occurs twice."""
        strange = sorted({name for name in names if name not in arkit.INDEX})
        if strange:
            raise ValueError(f"the skin has poses that are not among ARKit's 52: {', '.join(strange)}")
        if len(set(names)) < len(names):
            raise ValueError("the skin has two poses of one name")
        return cls(np.array([arkit.INDEX[name] for name in names], np.int64))

    def weights(self, solved: Float64Array, eyes: Float64Array) -> Float32Array:
        """Returns `[…, 52]` in `arkit.NAMES` order, not clamped, from `solved[…, P]` weights and `eyes[…, 4]` degrees.

        The eyeLook* weights of the eyes are added to the solved ones. NVIDIA's bundles do not solve for eyeLook*, so
        only the eyes count there. Weights without a pose in the bundle stay 0.
        """
        weights = np.zeros((*solved.shape[:-1], arkit.COUNT), np.float32)
        weights[..., self.columns] = solved
        weights[..., _LOOK_COLUMNS] += look_weights(eyes).astype(np.float32)
        return weights
