"""The backend: runs audio through a bundle's network to 52 weights, for many streams in one batch.

The network and the projection run over the whole batch. The animator and the solvers follow frame by frame, with a
state per stream.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle
from typing import NamedTuple

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Float32Array, Float64Array
from a2f_server.backends.audio2face3d.animation import jaw
from a2f_server.backends.audio2face3d.animation.animator import AnimatedFrames, Animator, AnimatorState
from a2f_server.backends.audio2face3d.animation.arkit_mapping import ArkitMapping
from a2f_server.backends.audio2face3d.bundle import Bundle
from a2f_server.backends.audio2face3d.loading.index import load_bundle
from a2f_server.backends.audio2face3d.network.base import NOISE_LEVEL
from a2f_server.backends.audio2face3d.network.opening import Latents, Precision, open_network
from a2f_server.backends.audio2face3d.projection import Projection
from a2f_server.backends.audio2face3d.solver import SOLVERS, BlendshapeProblem, Solver, SolverState
from a2f_server.backends.audio2face3d.window_layout import layout
from a2f_server.backends.contract import Backend, Batch, Layout, Result
from a2f_server.onnx_runtime import capacity
from a2f_server.onnx_runtime import session as onnx
from a2f_server.settings import Settings

LONGEST_CALL_S = 0.5
"""Longest duration of a call: a file must not delay live streams for longer, and no call may look like a hang."""
WINDOWS, SYLLABLES = 10, 4.0
"""Benchmark audio: windows until it repeats, and syllables per second."""


class UtteranceState(NamedTuple):
    """The state of an utterance between windows. Immutable."""

    latents: Latents | None
    animation: AnimatorState
    skin: SolverState
    tongue: SolverState


class DetailedFrames(NamedTuple):
    """F consecutive frames of each of B streams, with everything that a bundle computes."""

    weights: Float32Array
    """`[B, F, 52]` in `arkit.NAMES` order, not clamped."""
    tongue: Float64Array
    """`[B, F, poses]`: the tongue's own poses, which ARKit does not have; see `Audio2Face3DBackend.tongue_names`."""
    teeth: jaw.RigidMotion
    """`[B, F, …]`: movement of the lower teeth."""
    eyes: Float64Array
    """`[B, F, 4]` degrees (eyes.py)."""
    states: list[UtteranceState]
    """`[B]`."""


class Audio2Face3DBackend(Backend):
    """NVIDIA's Audio2Face-3D.

    Raises ValueError with an actionable message if the bundle, the device or an installed package is unsuitable.
    """

    name = "audio2face3d"
    own_motion = frozenset({"affect", "brows", "emotion", "gaze"})
    """The network takes the ten emotions and moves the upper face; the bundle includes saccades."""

    def __init__(
        self,
        bundle: Bundle,
        device: str = "auto",
        *,
        precision: Precision = "fp32",
        solver: str = "exact",
        fps: int = 30,
        max_batch: int = 64,
    ) -> None:
        """`fps`: native frame rate of a regression network; a diffusion network has a fixed one."""
        skin, tongue = BlendshapeProblem.of(bundle.actor.skin), BlendshapeProblem.of(bundle.actor.tongue)
        projection = Projection.of(bundle, skin, tongue)
        self._layout = layout(bundle.network, fps)
        self._network = open_network(
            bundle.network,
            projection,
            strength=bundle.actor.face.input_strength,
            device=device,
            precision=precision,
            largest=max_batch,
        )
        self._animator = Animator.of(bundle, projection, self._layout.frame_rate)
        self._skin, self._tongue = skin, tongue
        self._skin_solver, self._tongue_solver = SOLVERS[solver](skin), SOLVERS[solver](tongue)
        self._mapping = ArkitMapping.of(skin.names)
        self._neutral_jaw = bundle.actor.geometry.jaw
        self.tongue_names = tongue.names
        self.device, self.provider = self._network.device_kind, onnx.PROVIDER_NAMES[self._network.device_kind]
        self._set_limits()
        self.model = {"name": bundle.name, "solver": solver, "precision": precision}

    @classmethod
    def from_settings(cls, settings: Settings) -> Audio2Face3DBackend:
        """Loads the bundle that A2F_MODEL_DIR names."""
        if settings.model_dir is None:
            raise ValueError(
                "the backend audio2face3d needs a bundle: set A2F_MODEL_DIR to its folder; "
                "`a2f-server models pull` fetches one"
            )
        return cls(
            load_bundle(settings.model_dir, settings.identity, settings.face),
            settings.device,
            precision=_precision(settings),
            solver=settings.solver,
            fps=settings.fps,
            max_batch=settings.max_batch,
        )

    def layout(self, sample_rate: int) -> Layout:
        """Returns the network's windows, at its own sample rate."""
        return self._layout

    def initial_state(self, seed: int) -> UtteranceState:
        """Returns the state before the first window. The seed selects the saccades."""
        return UtteranceState(
            None, self._animator.start(seed, -self._layout.lead), self._skin_solver.start(), self._tongue_solver.start()
        )

    def infer(self, batch: Batch, states: Sequence[UtteranceState]) -> Result:
        """Implements `Backend.infer`. Does not solve for the tongue: the 52 weights contain none of its poses."""
        animated, after = self._animate(batch, states)
        return self._solve_skin(animated, after)

    def infer_detailed(self, batch: Batch, states: Sequence[UtteranceState]) -> DetailedFrames:
        """Like `infer`, with everything else that the bundle computes: tongue, lower teeth and eyes."""
        animated, after = self._animate(batch, states)
        weights, after = self._solve_skin(animated, after)
        tongue, last = _solve(self._tongue_solver, animated.b_tongue, [state.tongue for state in states])
        after = [state._replace(tongue=solved) for state, solved in zip(after, last, strict=True)]
        teeth = jaw.fit(self._neutral_jaw, animated.jaw)
        return DetailedFrames(weights, self._tongue.weights(tongue), teeth, animated.eyes, after)

    def close(self) -> None:
        """Frees the network."""
        self._network.close()

    def _set_limits(self) -> None:
        """Sets batch limits and capacity from a timed call with the network's largest batch.

        A stateful network takes one window of an utterance per call: several would only wait for each other.
        """
        rows = self._network.largest
        took = capacity.time_call(self.benchmark_call(rows))
        windows = rows * max(1, int(LONGEST_CALL_S / took))
        self.max_run = 1 if self._network.stateful else min(Backend.max_run, windows)
        self.max_batch = min(Backend.max_batch, windows)
        self.measured_capacity = capacity.streams_in_real_time(rows, took, self._layout.frame_rate / self._layout.hop)
        self.capacity = capacity.to_capacity(self.measured_capacity, self.name)

    def benchmark_call(self, streams: int) -> Callable[[], None]:
        """Returns a function that runs the next window of `streams` streams, as the server does."""
        layout, audio = self._layout, self._benchmark_audio(streams)
        emotions = np.zeros((streams, layout.hop, len(arkit.EMOTIONS)), np.float32)
        starts = cycle(layout.start(j) - layout.start(0) for j in range(WINDOWS))
        states: Sequence[UtteranceState] = [self.initial_state(seed) for seed in range(streams)]

        def call() -> None:
            nonlocal states
            start = next(starts)
            samples = audio[:, None, start : start + layout.window]
            _, states = self.infer(Batch(samples, emotions, layout.sample_rate), states)

        call()  # in the first frame the solver starts from scratch
        return call

    def _benchmark_audio(self, streams: int) -> Float32Array:
        """Returns noise that swells in syllables: the solver's work depends on how much the face moves."""
        layout, rng = self._layout, np.random.default_rng(0)
        length = layout.start(WINDOWS) - layout.start(0) + layout.window
        level = NOISE_LEVEL * (1 + np.sin(2 * np.pi * SYLLABLES * np.arange(length) / layout.sample_rate))
        return (level * rng.standard_normal((streams, length), np.float32)).astype(np.float32)

    def _animate(self, batch: Batch, states: Sequence[UtteranceState]) -> tuple[AnimatedFrames, list[UtteranceState]]:
        """Runs the network, the projection and the animator."""
        z, latents = self._network.infer(batch.samples, batch.emotions, [state.latents for state in states])
        animated = self._animator.advance(z, [state.animation for state in states])
        rows = zip(states, latents, animated.states, strict=True)
        return animated, [state._replace(latents=latent, animation=animation) for state, latent, animation in rows]

    def _solve_skin(
        self, animated: AnimatedFrames, states: Sequence[UtteranceState]
    ) -> tuple[Float32Array, list[UtteranceState]]:
        """Solves for the skin's poses and maps them and the eyes to the 52 weights."""
        solved, last = _solve(self._skin_solver, animated.b_skin, [state.skin for state in states])
        after = [state._replace(skin=skin) for state, skin in zip(states, last, strict=True)]
        return self._mapping.weights(self._skin.weights(solved), animated.eyes), after


def _solve(
    solver: Solver, targets: Float64Array, states: Sequence[SolverState]
) -> tuple[Float64Array, list[SolverState]]:
    """Solves `[B, F, n]` frame by frame, since each frame depends on the one before it."""
    solved, last = np.empty_like(targets), list(states)
    for frame in range(targets.shape[1]):
        solved[:, frame], last = solver.solve(targets[:, frame], last)
    return solved, last


def _precision(settings: Settings) -> Precision:
    if settings.precision == "int8":
        raise ValueError("A2F_PRECISION=int8 is for the built-in model: set fp32 or fp16")
    return settings.precision
