"""Whether a bundle is whole: every problem, not only the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from a2f_server.backends.audio2face3d.loading import face_parameters
from a2f_server.backends.audio2face3d.loading.index import BundleIndex

Step = Callable[[], object]
"""Reads a part of a bundle, and raises ValueError where it is not right."""


def problems(folder: Path, identity: str | None = None) -> list[str]:
    """A sentence for each thing that is missing or wrong in its files; of all actors, or of one.

    Whether the network says numbers is only known once it runs (cost.py).
    """
    try:
        index = BundleIndex.open(folder)
        numbers = [index.number(identity)] if identity else list(range(len(index.actors)))
    except ValueError as error:
        return [str(error)]
    steps: list[Step] = [partial(index.network_spec, 0, None)]
    steps += [step for number in numbers for step in _reading(index, number)]
    return list(dict.fromkeys(sentence for step in steps for sentence in _fault(step)))


def _reading(index: BundleIndex, number: int) -> Iterator[Step]:
    """What is read of an actor, each for itself."""
    yield lambda: face_parameters.load(index.config(number), index.kind, {})
    yield lambda: index.implicit(index.config(number))
    yield partial(index.data, number)
    yield partial(index.part, number, "skin")
    yield partial(index.part, number, "tongue")


def _fault(step: Step) -> list[str]:
    try:
        step()
    except ValueError as error:
        return [str(error)]
    return []
