"""Shared validation of processor parameters."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any

MOST = 100.0
"""Largest absolute value of factors, bounds and offsets: no product of them and of weights overflows."""


def ascending(*values: object) -> bool:
    """Returns whether all values are numbers in non-descending order. NaN fails."""
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return len(numbers) == len(values) and all(a <= b for a, b in pairwise(numbers))


def number(value: object, what: str, least: float = -MOST, most: float = MOST) -> float:
    """Returns a finite number. Raises ValueError that names `what` if it is not one, or out of range."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"{what}: {value!r} is not a number")
    if not least <= value <= most:
        raise ValueError(f"{what}: {value!r} is outside {least:g} to {most:g}")
    return float(value)


def table(value: object, what: str) -> dict[str, Any]:
    """Returns a table, read from a JSON file if its path is given. Raises ValueError."""
    value = read_json(value) if isinstance(value, str) else value
    if not isinstance(value, dict):
        raise ValueError(f"{what} is not a table")  # noqa: TRY004 - parameters raise one kind
    return value


def numbers(value: object, what: str) -> dict[str, float]:
    """Returns a table `{name: number}`, read from a JSON file if its path is given. Raises ValueError."""
    return {name: number(v, f"{what}, {name!r}") for name, v in table(value, what).items()}


@lru_cache(maxsize=256)
def read_json(path: str) -> Any:
    """Returns the contents of a JSON file, read once. Raises ValueError."""
    try:
        return json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from None
