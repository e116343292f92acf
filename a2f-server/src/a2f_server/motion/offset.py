"""Adds a set of weights that the client chooses by `offset_name`: dlp3d's `Offset`."""

from __future__ import annotations

from a2f_server.arrays import Float32Array, Weights
from a2f_server.motion.column_values import per_column
from a2f_server.motion.contract import Context
from a2f_server.motion.validation import number, table


class Offset:
    """v → v + offset, without limits; an unknown or missing name changes nothing.

    `sets` is `{offset_name: {shape: value}}`; a set may be the path of a JSON file. With `levels`, the set `anger` is
    also available as `anger_1` … `anger_<levels>`: from 1 / levels of it to the whole set.
    Raises ValueError if a value is not a number.
    """

    any_names = True

    def __init__(self, context: Context, sets: object, levels: int = 0) -> None:
        self._offsets = context.offsets
        steps = int(number(levels, "levels", 0, 100))
        self._sets: dict[str | None, Float32Array] = {}
        for name, values in table(sets, "sets").items():
            whole = self._sets[name] = per_column(context, values, f"sets, {name!r}", 0)
            for step in range(1, steps + 1):
                self._sets[f"{name}_{step}"] = whole * (step / steps)

    def process(self, weights: Weights, first: int, emotions: Weights | None) -> Weights:
        for begin, end, name in self._offsets.runs(first, first + len(weights)):
            if (offset := self._sets.get(name)) is not None:
                weights[begin - first : end - first] += offset
        return weights
