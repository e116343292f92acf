"""The backend: sound through a bundle's network to 52 weights, for many voices at once.

The network and the fold run over the whole batch; frame by frame follow the animator and the solvers, whose memories
are each voice's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from a2f_server import arkit
from a2f_server.backends.audio2face3d import jaw
from a2f_server.backends.audio2face3d.animator import Animator, Moved, Moving
from a2f_server.backends.audio2face3d.bundle import read
from a2f_server.backends.audio2face3d.clock import layout
from a2f_server.backends.audio2face3d.face import ArkitFace
from a2f_server.backends.audio2face3d.fold import Fold
from a2f_server.backends.audio2face3d.inference import LOUD
from a2f_server.backends.audio2face3d.network import Latents, Precision, open_network
from a2f_server.backends.audio2face3d.parts import Bundle, Floats
from a2f_server.backends.audio2face3d.solver import SOLVERS, Prepared, Solved, Solver
from a2f_server.backends.contract import Backend, Batch, Layout, Result
from a2f_server.backends.onnx import capacity
from a2f_server.backends.onnx import session as onnx
from a2f_server.settings import Settings

Doubles = NDArray[np.float64]

LONGEST_CALL_S = 0.5
"""A call of the network, so that a file does not hold up the voices beside it for longer, and nothing seems to hang."""
WINDOWS, SYLLABLES = 10, 4.0
"""Of a rehearsal: windows until it begins anew, and syllables a second."""


class Memory(NamedTuple):
    """What a voice carries from window to window. A value: never written into."""

    heard: Latents | None
    moving: Moving
    solved: Solved
    tongue: Solved


class Faces(NamedTuple):
    """F consecutive frames of each of B voices: all that a bundle makes of a sound."""

    weights: Floats
    """`[B, F, 52]` in `arkit.NAMES` order, not clamped."""
    tongue: Doubles
    """`[B, F, poses]`: the tongue's own poses, which ARKit has not; `Audio2Face3DBackend.tongue_names`."""
    teeth: jaw.Rigid
    """`[B, F, …]`: how the lower teeth have moved."""
    eyes: Doubles
    """`[B, F, 4]` degrees (eyes.py)."""
    states: list[Memory]
    """`[B]`."""


class Audio2Face3DBackend(Backend):
    """See the module. Raises ValueError with a sentence where the bundle, the device or a package will not do."""

    name = "audio2face3d"
    own_motion = frozenset({"brows", "emotion", "gaze"})
    """The network feels the ten emotions and moves the upper face; the bundle has saccades of its own."""

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
        """`fps`: frames a second that a regression network is asked for; a diffusion network has its own."""
        skin, tongue = Prepared.of(bundle.actor.skin), Prepared.of(bundle.actor.tongue)
        fold = Fold.of(bundle, skin, tongue)
        self._layout = layout(bundle.graph, fps)
        self._network = open_network(
            bundle.graph,
            fold,
            strength=bundle.actor.face.input_strength,
            device=device,
            precision=precision,
            largest=max_batch,
        )
        self._animator = Animator.of(bundle, fold, self._layout.frame_rate)
        self._skin, self._tongue = skin, tongue
        self._solver, self._tongue_solver = SOLVERS[solver](skin), SOLVERS[solver](tongue)
        self._face = ArkitFace.of(skin.names)
        self._neutral_jaw = bundle.actor.geometry.jaw
        self.tongue_names = tongue.names
        self.device, self.provider = self._network.place, onnx.NAMES[self._network.place]
        self._plan()
        self.model = {"name": bundle.name, "solver": solver, "precision": precision}

    @classmethod
    def from_settings(cls, settings: Settings) -> Audio2Face3DBackend:
        """The bundle that A2F_MODEL_DIR names."""
        if settings.model_dir is None:
            raise ValueError(
                "the backend audio2face3d needs a bundle: set A2F_MODEL_DIR to its folder; "
                "`a2f-server models pull` fetches one"
            )
        return cls(
            read(settings.model_dir, settings.identity, settings.face),
            settings.device,
            precision=settings.precision,
            solver=settings.solver,
            fps=settings.fps,
            max_batch=settings.max_batch,
        )

    def layout(self, sample_rate: int) -> Layout:
        """The network's own rate; sound of another is resampled."""
        return self._layout

    def initial_state(self, seed: int) -> Memory:
        """The seed says when the eyes jump."""
        return Memory(
            None, self._animator.start(seed, -self._layout.lead), self._solver.start(), self._tongue_solver.start()
        )

    def infer(self, batch: Batch, states: Sequence[Memory]) -> Result:
        """See the contract. The tongue is not solved for: the 52 weights have none of its poses."""
        moved, after = self._move(batch, states)
        return self._weights(moved, after)

    def faces(self, batch: Batch, states: Sequence[Memory]) -> Faces:
        """As `infer`, with all else that the bundle knows of these frames."""
        moved, after = self._move(batch, states)
        weights, after = self._weights(moved, after)
        tongue, last = _solve(self._tongue_solver, moved.b_tongue, [state.tongue for state in states])
        after = [state._replace(tongue=solved) for state, solved in zip(after, last, strict=True)]
        teeth = jaw.fit(self._neutral_jaw, moved.jaw)
        return Faces(weights, self._tongue.weights(tongue), teeth, moved.eyes, after)

    def close(self) -> None:
        """Frees the network."""
        self._network.close()

    def _plan(self) -> None:
        """What a call takes and what the device carries, by how long a call of the network's largest batch takes here.

        A network with a memory takes one window of a voice at a time: more would only wait for each other.
        """
        rows = self._network.largest
        took = capacity.seconds(self.rehearsal(rows))
        windows = rows * max(1, int(LONGEST_CALL_S / took))
        self.max_run = 1 if self._network.remembers else min(Backend.max_run, windows)
        self.max_batch = min(Backend.max_batch, windows)
        self.carries = capacity.carried(rows, took, self._layout.frame_rate / self._layout.hop)
        self.capacity = capacity.streams(self.carries, self.name)

    def rehearsal(self, voices: int) -> Callable[[], None]:
        """What makes a call as a server does, again and again: the next window of so many voices, which hiss in
        syllables (a solver's work is what changes)."""
        layout, rng = self._layout, np.random.default_rng(0)
        length = layout.start(WINDOWS) - layout.start(0) + layout.window
        loud = LOUD * (1 + np.sin(2 * np.pi * SYLLABLES * np.arange(length) / layout.sample_rate))
        sound = (loud * rng.standard_normal((voices, length), np.float32)).astype(np.float32)
        emotions = np.zeros((voices, layout.hop, len(arkit.EMOTIONS)), np.float32)
        starts = cycle(layout.start(j) - layout.start(0) for j in range(WINDOWS))
        memories: Sequence[Memory] = [self.initial_state(seed) for seed in range(voices)]

        def call() -> None:
            nonlocal memories
            start = next(starts)
            samples = sound[:, None, start : start + layout.window]
            _, memories = self.infer(Batch(samples, emotions, layout.sample_rate), memories)

        call()  # the first one solves for every pose anew
        return call

    def _move(self, batch: Batch, states: Sequence[Memory]) -> tuple[Moved, list[Memory]]:
        """Network, fold and animator."""
        z, heard = self._network.hear(batch.samples, batch.emotions, [state.heard for state in states])
        moved = self._animator.advance(z, [state.moving for state in states])
        news = zip(states, heard, moved.states, strict=True)
        return moved, [state._replace(heard=latents, moving=moving) for state, latents, moving in news]

    def _weights(self, moved: Moved, states: Sequence[Memory]) -> tuple[Floats, list[Memory]]:
        """The skin's poses, and the eyes."""
        solved, last = _solve(self._solver, moved.b_skin, [state.solved for state in states])
        after = [state._replace(solved=skin) for state, skin in zip(states, last, strict=True)]
        return self._face.weights(self._skin.weights(solved), moved.eyes), after


def _solve(solver: Solver, targets: Doubles, states: Sequence[Solved]) -> tuple[Doubles, list[Solved]]:
    """`[B, F, n]`: each frame leans on the one before it."""
    solved, last = np.empty_like(targets), list(states)
    for frame in range(targets.shape[1]):
        solved[:, frame], last = solver.solve(targets[:, frame], last)
    return solved, last
