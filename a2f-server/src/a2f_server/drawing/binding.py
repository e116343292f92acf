"""Maps the 52 shapes to an avatar's morph targets, whatever they are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from a2f_server import arkit
from a2f_server.animation_files import visemes
from a2f_server.animation_files.morph_names import plan_meshes
from a2f_server.arrays import Float32Array, Weights
from a2f_server.glb.model import Mesh, Model, Move

_OF_SIZE, _OF_MOVES = 1e-3, 1e-2
"""Moves below these fractions of the mesh's size, and of its largest move, are export noise."""


class Term(NamedTuple):
    """A morph target that channels drive."""

    mesh: int
    target: int
    gains: dict[int, float]
    """Gain of each channel: the shapes, then what stands in for them (`animation_files.visemes.channels`)."""


def bind(model: Model) -> list[Term]:
    """Returns the morph targets that shapes drive."""
    moving = [_moving_targets(mesh) for mesh in model.meshes]
    names = [(list(own), mesh.target_names) for own, mesh in zip(moving, model.meshes, strict=True)]
    return [
        Term(mesh, moving[mesh][name], dict(terms))
        for mesh, planned in enumerate(plan_meshes(names))
        for name, terms in planned.items()
    ]


def _moving_targets(mesh: Mesh) -> dict[str, int]:
    """Returns the targets that move or colour vertices, by name: some exporters also write empty ones."""
    count = len(mesh.target_names)
    reach, light = np.zeros(count), np.zeros(count)
    for primitive in mesh.primitives:
        for target, each in enumerate(primitive.targets[:count]):
            reach[target] = max(reach[target], _reach(each.position))
            light[target] = max(light[target], _reach(each.colour))
    noise = min(_OF_SIZE * _size(mesh), _OF_MOVES * float(reach.max(initial=0)))
    return {mesh.target_names[i]: i for i in range(count) if reach[i] > noise or light[i] > 0}


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
    """Returns the gain of each channel, `[terms, 52]` if the shapes suffice, else as wide as `channels` returns."""
    width = arkit.COUNT
    if any(channel >= width for term in terms for channel in term.gains):
        width = visemes.channel_count()
    gains = np.zeros((len(terms), width), np.float32)
    for row, term in enumerate(terms):
        for channel, gain in term.gains.items():
            gains[row, channel] = gain
    return gains


def driving(weights: Weights, gains: Float32Array) -> Float32Array:
    """Returns the channels of a frame `[52]` that the gains are for."""
    return weights if gains.shape[1] == len(weights) else visemes.channels(weights[None])[0]
