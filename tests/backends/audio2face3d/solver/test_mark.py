"""The solver of Mark's skin with NVIDIA's own poses, if A2F_TEST_BUNDLE names the folder of
nvidia/Audio2Face-3D-v3.0. The expected numbers were computed with NVIDIA's files and SciPy's solver.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from a2f_server.backends.audio2face3d.bundle import FacePart
from a2f_server.backends.audio2face3d.loading.index import load_bundle
from a2f_server.backends.audio2face3d.solver import BlendshapeProblem
from a2f_server.backends.audio2face3d.solver.exact import ExactSolver

SQUARES = {
    "eyeBlinkLeft": 42.63,
    "eyeSquintLeft": 10.05,
    "eyeWideLeft": 7.82,
    "eyeBlinkRight": 52.00,
    "jawForward": 961.53,
    "jawOpen": 4564.58,
    "mouthClose": 137.99,
    "mouthFunnel": 1108.91,
    "mouthPucker": 1215.92,
    "mouthSmileLeft": 937.09,
    "mouthSmileRight": 781.72,
    "mouthStretchLeft": 381.95,
    "mouthShrugLower": 553.30,
    "mouthPressLeft": 202.03,
    "mouthPressRight": 300.62,
    "mouthLowerDownLeft": 336.46,
    "mouthLowerDownRight": 530.18,
    "cheekPuff": 1021.29,
    "noseSneerLeft": 330.06,
    "noseSneerRight": 237.63,
}
"""Lengths are |delta|² within the mask."""
ALONE = {
    "jawOpen": {"jawOpen": 0.9992, "mouthRollLower": 0.018},
    "mouthClose": {"mouthClose": 0.9541},
    "jawForward": {"jawForward": 0.9800},
    "mouthFunnel": {"mouthFunnel": 0.8917, "mouthPucker": 0.103},
    "eyeSquintLeft": {"eyeSquintLeft": 0.6134},
    "eyeBlinkLeft": {"eyeBlinkLeft": 0.391, "eyeBlinkRight": 0.369},
    "mouthSmileLeft": {"mouthStretchLeft": 1.0},
}
"""Weights found for a face that is exactly one pose."""


@pytest.fixture(scope="module")
def skin() -> FacePart:
    folder = os.environ.get("A2F_TEST_BUNDLE")
    if not folder:
        pytest.skip("A2F_TEST_BUNDLE is not set: NVIDIA's poses are not ours to ship")
    return load_bundle(Path(folder), identity="Mark").actor.skin


@pytest.fixture(scope="module")
def problem(skin: FacePart) -> BlendshapeProblem:
    return BlendshapeProblem.of(skin)


def test_the_size_of_the_head(problem: BlendshapeProblem) -> None:
    assert problem.deltas.shape == (12786, 39)
    assert problem.scale == pytest.approx(0.9902511022, abs=2e-7)
    assert problem.pairs == ()


def test_the_strength_of_the_regularisation(skin: FacePart, problem: BlendshapeProblem) -> None:
    bare = BlendshapeProblem.of(replace(skin, solving=replace(skin.config, l1=0.0, l2=0.0, temporal=0.0, symmetry=0.0)))
    added = problem.matrix - bare.matrix
    names = [problem.names[k] for k in problem.active]
    left, right = names.index("mouthSmileLeft"), names.index("mouthSmileRight")
    lone = names.index("jawOpen")
    assert added[lone, left] == pytest.approx(0.00247563, abs=1e-8)
    assert added[lone, lone] == pytest.approx(0.00247563 + 0.9902511 + 4.9512555, abs=1e-5)
    assert added[left, right] == pytest.approx(0.00247563 - 990.25110, abs=1e-3)
    assert (added < -900).sum() == 26


def test_the_lengths_of_the_poses(problem: BlendshapeProblem) -> None:
    squares = (problem.deltas**2).sum(0)
    by_name = {problem.names[k]: square for k, square in zip(problem.active, squares, strict=True)}
    for name, square in SQUARES.items():
        assert by_name[name] == pytest.approx(square, abs=0.006), name
    assert squares.min() == pytest.approx(7.823, abs=0.001)
    assert np.median(squares) == pytest.approx(118, abs=0.6)


@pytest.mark.parametrize("pose", ALONE)
def test_a_single_pose_is_found(problem: BlendshapeProblem, pose: str) -> None:
    names = [problem.names[k] for k in problem.active]
    b = problem.deltas.T @ problem.deltas[:, names.index(pose)]
    weights, _ = ExactSolver(problem).solve(b[None], [None])
    found = dict(zip(problem.names, problem.weights(weights[0]), strict=True))
    for name, weight in ALONE[pose].items():
        assert found[name] == pytest.approx(weight, abs=0.0006), name


def test_a_face_at_rest_has_no_weights(problem: BlendshapeProblem) -> None:
    weights, _ = ExactSolver(problem).solve(np.zeros((1, 39)), [None])
    assert not weights.any()
