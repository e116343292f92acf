"""Small faces to solve for, and an independent reference solver."""

from __future__ import annotations

import numpy as np
from scipy.optimize import lsq_linear

from a2f_server.backends.audio2face3d.bundle import BlendshapeSet, FacePart, SolverConfig
from a2f_server.backends.audio2face3d.solver import BlendshapeProblem

POSES, VERTICES = 8, 60


def part(seed: int = 0, poses: int = POSES, deltas: np.ndarray | None = None, **solving: object) -> FacePart:
    """Returns a head of random poses. `solving` overrides fields of its configuration, whose strengths are v3.0's."""
    rng = np.random.default_rng(seed)
    neutral = rng.normal(0, 10, (VERTICES, 3)).astype(np.float32)
    if deltas is None:
        deltas = rng.normal(0, 0.5, (poses, VERTICES, 3)).astype(np.float32)
    mask = np.sort(rng.choice(VERTICES, VERTICES // 2, replace=False))
    size = float(np.linalg.norm(np.ptp(neutral.astype(float), axis=0)))
    fields = {
        "l1": 0.1,
        "l2": 0.1,
        "temporal": 0.05,
        "symmetry": 100.0,
        "active": np.ones(poses, bool),
        "cancel": np.full(poses, -1),
        "mirror": np.full(poses, -1),
        "multipliers": np.ones(poses),
        "offsets": np.zeros(poses),
        "template_size": size,
    }
    return FacePart(
        BlendshapeSet(tuple(f"pose{k}" for k in range(poses)), neutral, deltas, mask), SolverConfig(**fields | solving)
    )


def problem(seed: int = 0, poses: int = POSES, **solving: object) -> BlendshapeProblem:
    return BlendshapeProblem.of(part(seed, poses, **solving))


def frames(one: BlendshapeProblem, count: int, seed: int = 0, scale: float = 0.8) -> np.ndarray:
    """Returns b, `[count, n]`, for randomly walking weights, some beyond their bounds, plus noise that fits no pose."""
    rng = np.random.default_rng(seed)
    weights = 0.2 + scale * np.cumsum(rng.normal(0, 0.15, (count, len(one.active))), axis=0)
    return (weights @ one.deltas.T + rng.normal(0, 0.3, (count, len(one.deltas)))) @ one.deltas


def reference(one: BlendshapeProblem, b: np.ndarray, upper: np.ndarray | float = 1.0) -> np.ndarray:
    """Solves one right-hand side, `[n]`, with SciPy's bounded-variable least squares."""
    found = lsq_linear(one.matrix, b, (0, upper), method="bvls", tol=1e-14, max_iter=1000)
    return np.asarray(found.x)


def cost(one: BlendshapeProblem, b: np.ndarray, x: np.ndarray) -> float:
    return float(0.5 * ((one.matrix @ x - b) ** 2).sum())
