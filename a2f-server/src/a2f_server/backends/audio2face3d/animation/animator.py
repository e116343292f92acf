"""The animator: smooths the projected network output and adds the actor's constants; the result goes to the solver.

Elementwise over streams: a stream's bits do not depend on the rest of the batch. See NVIDIA Audio2Face-3D SDK,
animator.cpp and animator_cuda.cu; `projection.py` explains how the linear part became one matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from a2f_server.arrays import Float64Array
from a2f_server.backends.audio2face3d.animation import jaw, smoothing
from a2f_server.backends.audio2face3d.animation.eyes import Eyes
from a2f_server.backends.audio2face3d.animation.smoothing import SmootherState
from a2f_server.backends.audio2face3d.bundle import Actor, Bundle
from a2f_server.backends.audio2face3d.projection import Projection


class AnimatorState(NamedTuple):
    """The animator's state of one stream. Immutable."""

    smoothed: SmootherState
    saccade: int
    """Row of the saccade table for frame 0."""
    frame: int
    """Number of the next frame."""


class AnimatedFrames(NamedTuple):
    """T frames of B streams, `[B, T, …]`, or one frame of each, `[B, …]`, depending on the input of `advance`."""

    b_skin: Float64Array
    """`[…, n]`: D'·(pose − neutral), the solver's right-hand side for the skin."""
    b_tongue: Float64Array
    """`[…, nt]`: the same for the tongue."""
    jaw: Float64Array
    """`[…, 5, 3]` centimetres: positions of the markers on the lower teeth; `jaw.fit` turns them into a rotation."""
    eyes: Float64Array
    """`[…, 4]` degrees, as in eyes.py: right eye's x and y, left eye's x and y."""
    states: list[AnimatorState]
    """`[B]`."""


@dataclass(frozen=True, eq=False)
class Animator:
    """Animates one actor's face. Thread-safe."""

    actor: Actor
    projection: Projection
    eyes: Eyes
    alphas: Float64Array
    """`[2n]`: smoothing factors for the products of the lower and of the upper face."""

    @classmethod
    def of(cls, bundle: Bundle, projection: Projection, frame_rate: int) -> Animator:
        """Prepares an actor's animation at the network's frame rate."""
        face = bundle.actor.face
        seconds = (face.lower_face_smoothing, face.upper_face_smoothing)
        alphas = np.repeat([smoothing.alpha(s, frame_rate) for s in seconds], len(projection.skin))
        return cls(bundle.actor, projection, Eyes.of(bundle.actor, frame_rate), alphas)

    def start(self, seed: int, frame: int = 0) -> AnimatorState:
        """Returns the state before the first frame; the seed selects the saccades.

        `frame` is negative if the network outputs warm-up frames. These warm the smoothers up as well; the SDK starts
        the smoothers at frame 0 (executor_diffusion.cpp).
        """
        return AnimatorState(None, self.eyes.start(seed), frame)

    @np.errstate(invalid="ignore")  # infinite outputs are detected later, per stream
    def advance(self, z: NDArray[np.floating], states: Sequence[AnimatorState]) -> AnimatedFrames:
        """Advances each stream by one frame, `z[B, m]`, or by T consecutive frames, `z[B, T, m]`.

        The SDK's pose is neutral + upper strength · (1 − mask) · upper + lower strength · mask · lower, upper and lower
        smoothed; here all three are already products with D (animator_cuda.cu).
        """
        frames = z.reshape(len(states), -1, z.shape[-1]).astype(np.float64)
        n, nt = len(self.projection.skin), len(self.projection.tongue)
        regions, tongue, teeth, eyes = np.split(frames, [2 * n, 2 * n + nt, -4], axis=-1)
        smooth, smoothed = smoothing.smooth(regions, [state.smoothed for state in states], self.alphas)
        turned = self.eyes.degrees(eyes, [state.saccade for state in states], [state.frame for state in states])

        def shaped(part: Float64Array) -> Float64Array:
            return part.reshape(*z.shape[:-1], *part.shape[2:])

        return AnimatedFrames(
            b_skin=shaped(smooth[..., :n] + smooth[..., n:] + self.projection.skin),
            b_tongue=shaped(tongue + self.projection.tongue),
            jaw=shaped(jaw.markers(teeth, self.actor)),
            eyes=shaped(turned),
            states=[
                AnimatorState(new, state.saccade, state.frame + frames.shape[1])
                for new, state in zip(smoothed, states, strict=True)
            ],
        )
