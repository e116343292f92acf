"""Checks a bundle's files and reports every problem, not only the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from a2f_server.backends.audio2face3d.loading import face_parameters
from a2f_server.backends.audio2face3d.loading.index import BundleIndex

Check = Callable[[], object]
"""Reads a part of a bundle; raises ValueError if it is missing or invalid."""


def problems(folder: Path, identity: str | None = None) -> list[str]:
    """Returns a message for each missing or invalid part, of all actors or of one.

    A network that outputs NaN is only detected when it runs (benchmark.py).
    """
    try:
        index = BundleIndex.open(folder)
        numbers = [index.number(identity)] if identity else list(range(len(index.actors)))
    except ValueError as error:
        return [str(error)]
    checks: list[Check] = [partial(index.network_spec, 0, None)]
    checks += [check for number in numbers for check in _reading(index, number)]
    return list(dict.fromkeys(sentence for check in checks for sentence in _fault(check)))


def _reading(index: BundleIndex, number: int) -> Iterator[Check]:
    """Yields one check for each part of an actor."""
    yield lambda: face_parameters.load(index.config(number), index.kind, {})
    yield lambda: index.implicit(index.config(number))
    yield partial(index.data, number)
    yield partial(index.part, number, "skin")
    yield partial(index.part, number, "tongue")


def _fault(check: Check) -> list[str]:
    try:
        check()
    except ValueError as error:
        return [str(error)]
    return []
