"""Measures the blendshape solvers alone on one thread, with 1 to 400 streams: 52 poses on 4 262 vertices, as in v3.0.

The head is a point cloud with smooth poses; the strengths are those of NVIDIA's configurations. The movement contains
what costs a solver time: speech targets every tenth of a second, slow emotions, and skin that no pose can reproduce.
"""

from __future__ import annotations

import json
import os
import sys
import time
from itertools import pairwise
from pathlib import Path

# One thread; must be set before numpy is imported.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from a2f_server.arkit import NAMES
from a2f_server.backends.audio2face3d.bundle import BlendshapeSet, FacePart, SolverConfig
from a2f_server.backends.audio2face3d.solver import SOLVERS, BlendshapeProblem, Solver, SolverState
from a2f_server.backends.audio2face3d.solver.comparison import SolverDifference
from a2f_server.uvicorn_server import memory
from machine import describe
from tools.fake_bundles import configs, heads, point_clouds, poses, sizes

FPS, FRAMES = 30, 300
STRENGTHS = {"v2.3": (0.5, 0.5, 0.3, 100.0), "v3.0": (0.1, 0.1, 0.05, 100.0)}
"""L1, L2, temporal and symmetry strengths of Mark's skin."""
STREAM_COUNTS = (1, 8, 64, 400)
LOOSE = 0.2
"""Share of the movement that no pose can reproduce."""
SPOKEN = [i for i, name in enumerate(NAMES) if name.startswith(("jaw", "mouth"))]


def part(strengths: tuple[float, float, float, float]) -> FacePart:
    """Makes a head of real size with 52 active poses."""
    size = sizes.real("diffusion")
    points = point_clouds.head(size.skin)
    neutral = points.astype(np.float32)
    shapes = BlendshapeSet(
        NAMES, neutral, poses.skin(points, tongue_out=True), point_clouds.frontal(points, size.mask).astype(int)
    )
    config = configs.skin_solving("diffusion", 0)["blendshape_params"]
    numbers = {name: np.array(config[f"bsSolve{name}Poses"]) for name in ("Symmetry", "Cancel")}
    every = np.ones(len(NAMES))
    template = heads.TEMPLATE * heads.diagonal(neutral)
    mirror, cancel = numbers["Symmetry"], numbers["Cancel"]
    return FacePart(shapes, SolverConfig(*strengths, every > 0, cancel, mirror, every, 0 * every, template))


def eased(targets: np.ndarray, every: int) -> np.ndarray:
    """Interpolates targets, `every` frames apart, along minimum-jerk paths (Flash and Hogan 1985)."""
    s = np.arange(every)[:, None] / every
    path = s**3 * (10 - 15 * s + 6 * s**2)
    return np.concatenate([a + path * (b - a) for a, b in pairwise(targets)])[:FRAMES]


def sparse(rng: np.random.Generator, count: int, share: float, poses_: list[int]) -> np.ndarray:
    """Draws weights `[count, 52]`: a share of some poses, small, nearly the same left and right."""
    stems = {name.removesuffix("Left").removesuffix("Right") for name in (NAMES[i] for i in poses_)}
    out = np.zeros((count, len(NAMES)))
    for stem in sorted(stems):
        weight = rng.beta(1.2, 4, count) * (rng.random(count) < share)
        for i in (i for i, name in enumerate(NAMES) if name in (stem, stem + "Left", stem + "Right")):
            out[:, i] = weight * rng.uniform(0.9, 1.1, count)
    return out


def movement(prepared: BlendshapeProblem, seed: int) -> np.ndarray:
    """Returns b (the right-hand sides) of one stream, `[FRAMES, n]`."""
    rng = np.random.default_rng(seed)
    speech = eased(sparse(rng, FRAMES // 4 + 2, 0.3, SPOKEN), 4)
    emotions = eased(sparse(rng, FRAMES // 30 + 2, 0.2, list(range(len(NAMES)))), 30)
    moved = (speech + emotions) @ prepared.deltas.T
    away = loose(prepared, rng)
    away *= LOOSE * np.sqrt((moved**2).mean() / (away**2).mean())
    return (moved + away) @ prepared.deltas


def loose(prepared: BlendshapeProblem, rng: np.random.Generator) -> np.ndarray:
    """Returns movement that no pose can reproduce, `[FRAMES, 3M]`: 40 bumps."""
    points = prepared.neutral.reshape(-1, 3)
    bumps = np.stack([poses.bump(points, centre, 1.5) for centre in points[rng.integers(len(points), size=40)]])
    ways = (bumps[:, :, None] * rng.normal(0, 1, (40, 1, 3))).reshape(40, -1)
    return (1 + eased(rng.normal(0, 0.5, (FRAMES // 4 + 2, 40)), 4)) @ ways


def measure(solver: Solver, streams: np.ndarray) -> dict[str, object]:
    """Measures milliseconds per frame of a batch of streams `[N, FRAMES, n]`; the first frame is a cold start."""
    states: list[SolverState | None] = [None] * len(streams)
    took = []
    for frame in np.ascontiguousarray(streams.swapaxes(0, 1)):
        start = time.perf_counter()
        _, states[:] = solver.solve(frame, states)
        took.append(1000 * (time.perf_counter() - start))
    p50, p90, p99 = np.percentile(took[1:], [50, 90, 99])
    figures = {"mean": np.mean(took[1:]), "p50": p50, "p90": p90, "p99": p99, "max": max(took[1:]), "cold": took[0]}
    return {"voices": len(streams), "ms": {name: round(float(value), 4) for name, value in figures.items()}}


def liveliness(solver: Solver, frames: np.ndarray) -> dict[str, float]:
    """Describes the work of one stream.

    Returns poses per frame that reach or leave a bound, how many are between the bounds, and milliseconds of frames
    without and with such changes.
    """
    states: list[SolverState | None] = [None]
    free, took = np.empty(frames.shape, bool), np.empty(len(frames))
    for k, frame in enumerate(frames):
        start = time.perf_counter()
        weights, states[:] = solver.solve(frame[None], states)
        took[k] = 1000 * (time.perf_counter() - start)
        free[k] = (weights[0] > 0) & (weights[0] < 1)
    turned = (free[1:] != free[:-1]).sum(1)
    figures = {
        "turned_a_frame": turned.mean(),
        "frames_with_turns": (turned > 0).mean(),
        "free": free.sum(1).mean(),
        "ms_without_turns": np.median(took[1:][turned == 0]),
        "ms_with_turns": np.median(took[1:][turned > 0]),
    }
    return {name: round(float(value), 3) for name, value in figures.items()}


def main() -> None:
    """Prints the machine, and for each configuration the work, the time of each solver, and their difference."""
    print(json.dumps({"machine": describe()}))
    memory.tune()  # as in the server
    for config, strengths in STRENGTHS.items():
        start = time.perf_counter()
        prepared = BlendshapeProblem.of(part(strengths))
        line = {"config": config, "rows": len(prepared.deltas), "poses": len(prepared.active)}
        print(json.dumps(line | {"prepare_s": round(time.perf_counter() - start, 3)}))
        voices = np.stack([movement(prepared, seed) for seed in range(32)])
        solvers = {name: make(prepared) for name, make in SOLVERS.items()}
        print(json.dumps({"config": config, "sequence": liveliness(solvers["exact"], voices[0])}))
        for name, solver in solvers.items():
            measure(solver, voices[:8])
            for count in STREAM_COUNTS:
                streams = np.concatenate([np.roll(voices, turn, axis=1) for turn in range(-(-count // len(voices)))])
                print(json.dumps({"config": config, "solver": name} | measure(solver, streams[:count])), flush=True)
        for name in solvers.keys() - {"exact"}:
            apart = [SolverDifference.of(solvers["exact"], solvers[name], frames) for frames in voices[:4]]
            largest, mean = max(d.largest for d in apart), float(np.mean([d.mean for d in apart]))
            print(json.dumps({"config": config, "solver": name, "difference": {"largest": largest, "mean": mean}}))


if __name__ == "__main__":
    main()
