"""Edges: open borders, separate surfaces and outlines have several samples a pixel, smooth surfaces one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from a2f_server.drawing.edges import Edges, find_edges
from a2f_server.drawing.scene import build_scene
from a2f_server.glb.reader import read_glb
from tests.drawing.scenes import framed, painted
from tests.glb.building import Building

SIZE = 32


def grid(building: Building, *, slit: bool = False, half: float = 0.5) -> None:
    """Adds a sheet of 4 × 4 squares; `slit` opens it across its middle: both edges are in the same place at rest."""
    side = np.linspace(-half, half, 5)
    points = [[x, y, 0.0] for y in side for x in side]
    upper, moves = np.arange(10, 15), np.zeros((30 if slit else 25, 3))
    if slit:
        points += [points[i] for i in upper]
        moves[25:, 1] = [0, 0.1, 0.1, 0.1, 0]
    moves[12, 1] = -0.1
    triangles = []
    for row in range(4):
        low = np.arange(25, 30) if slit and row == 2 else np.arange(5) + 5 * row
        high = np.arange(5) + 5 * (row + 1)
        for i in range(4):
            triangles += [[low[i], low[i + 1], high[i + 1]], [low[i], high[i + 1], high[i]]]
    primitive = {
        "attributes": {"POSITION": building.accessor(points)},
        "indices": building.accessor(np.array(triangles).ravel().tolist(), "uint16"),
        "targets": [{"POSITION": building.accessor(moves.tolist())}],
        "material": painted(building, (1, 1, 1, 1)),
    }
    building.mesh(primitive, ["jawOpen"])


def edges(building: Building) -> Edges:
    scene = build_scene(read_glb(building.file()))
    return find_edges(scene, (1 + scene.positions[:, :2]) * np.float32(SIZE / 2), (SIZE, SIZE))


def test_only_the_border_of_a_sheet_has_edges() -> None:
    building = framed()
    grid(building)
    found = edges(building)
    assert found.edged.sum() == 14  # two corners are in two triangles, two in one
    assert ((found.neighbours < 0).any(axis=1) == (found.edged == 1)).all()


def test_a_border_that_stays_outside_the_picture_is_no_edge() -> None:
    building = framed()
    grid(building)
    scene = build_scene(read_glb(building.file()))
    outside = (1 + 2.2 * scene.positions[:, :2]) * np.float32(SIZE / 2)
    assert find_edges(scene, outside, (SIZE, SIZE)).edged.any()
    assert not find_edges(replace(scene, live_vertices=0), outside, (SIZE, SIZE)).edged.any()


def test_lips_that_are_closed_at_rest_are_edges() -> None:
    building = framed()
    grid(building, slit=True)
    inner = [8 * row + 2 * i + upper for row, upper in ((1, 1), (2, 0)) for i in (1, 2)]
    found = edges(building)
    assert found.edged[inner].all()


def test_everything_of_a_second_surface_is_an_edge() -> None:
    building = framed()
    grid(building)
    grid(building, slit=True, half=0.2)
    assert edges(building).edged[32:].all()


def test_neighbours_are_mutual() -> None:
    building = framed()
    grid(building, slit=True)
    neighbours = edges(building).neighbours
    for triangle, around in enumerate(neighbours):
        assert all(triangle in neighbours[other] for other in around if other >= 0)
