"""What a profile may say about a processor: checks that the processors share."""

from __future__ import annotations

from itertools import pairwise


def ascending(*values: object) -> bool:
    """Whether these are numbers, none smaller than the one before it; a nan is no number."""
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return len(numbers) == len(values) and all(a <= b for a, b in pairwise(numbers))
