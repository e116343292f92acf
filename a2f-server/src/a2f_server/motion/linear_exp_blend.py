"""Blends a line with an exponential, which raises small weights more than large ones: dlp3d's `LinearExpBlend`."""

from __future__ import annotations

from math import exp

from a2f_server.arrays import Weights
from a2f_server.motion.contract import Context
from a2f_server.motion.validation import number, read_json


class LinearExpBlend:
    """n = clip(v + offset, 0, 1) / normalize_reference; v → clip((1 − w) · n + w · (1 − e^(−s · n)), 0, 1).

    w is `blend_weight` (0-1), s `exponential_strength`; `bs_names` is a list of shapes, or the path of a JSON file with
    one. Raises ValueError for parameters out of range.
    """

    any_names = True

    def __init__(
        self,
        context: Context,
        bs_names: object,
        offset: float = 0.0,
        normalize_reference: float = 1.0,
        exponential_strength: float = 1.0,
        blend_weight: float = 0.5,
    ) -> None:
        self._columns = sorted({column for name in _names(bs_names) for column in context.columns(name)})
        self._offset = number(offset, "offset", -1, 1)
        self._reference = number(normalize_reference, "normalize_reference", 0.001)
        self._strength = number(exponential_strength, "exponential_strength", 0)
        self._share = number(blend_weight, "blend_weight", 0, 1)

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        for column in self._columns:
            weights[:, column] = [self._blend(weight) for weight in weights[:, column].tolist()]
        return weights

    def _blend(self, weight: float) -> float:
        """Uses math.exp: numpy's result may depend on the number of values."""
        n = min(max(weight + self._offset, 0.0), 1.0) / self._reference
        blended = (1 - self._share) * n + self._share * (1 - exp(-self._strength * n))
        return min(max(blended, 0.0), 1.0)


def _names(value: object) -> list[str]:
    names = read_json(value) if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("bs_names is no list of names")
    return names
