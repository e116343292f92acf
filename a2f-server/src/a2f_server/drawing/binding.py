"""Maps the 52 shapes to an avatar's morph targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Float32Array
from a2f_server.drawing.shape_names import Match, match_shape
from a2f_server.glb.model import Mesh, Model, Move

_OF_SIZE, _OF_MOVES = 1e-3, 1e-2
"""Moves below these fractions of the mesh's size, and of its largest move, are export noise."""


class Term(NamedTuple):
    """A morph target that shapes drive."""

    mesh: int
    target: int
    gains: dict[int, float]
    """Gain of each shape."""


def bind(model: Model) -> list[Term]:
    """Returns the morph targets that shapes drive."""
    return [term for mesh in range(len(model.meshes)) for term in _terms(model, mesh)]


def _terms(model: Model, index: int) -> list[Term]:
    mesh = model.meshes[index]
    moving = set(_moving_targets(mesh))
    best: dict[tuple[int, str], tuple[int, Match]] = {}
    for target, name in enumerate(mesh.target_names):
        match = match_shape(name) if target in moving else None
        if match is None:
            continue
        other = best.get((match.shape, match.part))
        if other is None or _is_better(mesh, target, match, other):
            best[match.shape, match.part] = target, match
    return [
        Term(index, target, {match.shape: 1.0})
        for target, match in best.values()
        if not match.part or (match.shape, "") not in best
    ]


def _is_better(mesh: Mesh, target: int, match: Match, other: tuple[int, Match]) -> bool:
    """Returns whether a name is closer to ARKit's: a mesh may have the same shape in two spellings."""
    if mesh.target_names[other[0]] in arkit.INDEX:
        return False
    return mesh.target_names[target] in arkit.INDEX or sum(match[2:]) < sum(other[1][2:])


def _moving_targets(mesh: Mesh) -> list[int]:
    """Returns the targets that move or colour vertices: some exporters also write empty ones."""
    count = len(mesh.target_names)
    reach, light = np.zeros(count), np.zeros(count)
    for primitive in mesh.primitives:
        for target, each in enumerate(primitive.targets[:count]):
            reach[target] = max(reach[target], _reach(each.position))
            light[target] = max(light[target], _reach(each.colour))
    noise = min(_OF_SIZE * _size(mesh), _OF_MOVES * float(reach.max(initial=0)))
    return [target for target in range(count) if reach[target] > noise or light[target] > 0]


def _reach(move: Move | None) -> float:
    return 0.0 if move is None else float(np.abs(move.change).max(initial=0))


def _size(mesh: Mesh) -> float:
    corners: list[Float32Array] = [each.positions for each in mesh.primitives if len(each.positions)]
    if not corners:
        return 0.0
    low = np.min([each.min(axis=0) for each in corners], axis=0)
    high = np.max([each.max(axis=0) for each in corners], axis=0)
    return float((high - low).max())


def gains_of(terms: Sequence[Term]) -> Float32Array:
    """Returns `[terms, 52]`: the gain of each shape."""
    gains = np.zeros((len(terms), arkit.COUNT), np.float32)
    for row, term in enumerate(terms):
        for shape, gain in term.gains.items():
            gains[row, shape] = gain
    return gains
