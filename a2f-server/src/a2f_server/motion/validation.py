"""Shared validation of processor parameters."""

from __future__ import annotations

from itertools import pairwise


def ascending(*values: object) -> bool:
    """Returns whether all values are numbers in non-descending order. NaN fails."""
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return len(numbers) == len(values) and all(a <= b for a, b in pairwise(numbers))
