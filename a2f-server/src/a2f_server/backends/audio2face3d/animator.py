"""The animator: what the fold makes of the network's numbers, smoothed, with the actor's constants, ready to solve.

Elementwise over voices: a voice's bits do not depend on who else is in the batch. See NVIDIA Audio2Face-3D SDK,
animator.cpp and animator_cuda.cu; `fold.py` says how the part that is linear came to be one matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from a2f_server.backends.audio2face3d import jaw, smoothing
from a2f_server.backends.audio2face3d.eyes import Eyes
from a2f_server.backends.audio2face3d.fold import Fold
from a2f_server.backends.audio2face3d.parts import Actor, Bundle
from a2f_server.backends.audio2face3d.smoothing import Smoothed

Doubles = NDArray[np.float64]


class Moving(NamedTuple):
    """One voice's memory. A value: never written into."""

    smoothed: Smoothed
    saccade: int
    """The saccade table's row of frame 0."""
    frame: int
    """The next one."""


class Moved(NamedTuple):
    """T frames of B voices, `[B, T, …]`, or one of each, `[B, …]`: what `advance` was given."""

    b_skin: Doubles
    """`[…, n]`: D'·(pose − neutral), what the skin's weights are solved from."""
    b_tongue: Doubles
    """`[…, nt]`."""
    jaw: Doubles
    """`[…, 5, 3]` centimetres: where the markers on the lower teeth are; `jaw.fit` makes a rotation of them."""
    eyes: Doubles
    """`[…, 4]` degrees, as in eyes.py: right eye's x and y, left eye's x and y."""
    states: list[Moving]
    """`[B]`."""


@dataclass(frozen=True, eq=False)
class Animator:
    """How one actor's face is moved. Any number of threads may use it at once."""

    actor: Actor
    fold: Fold
    eyes: Eyes
    pace: Doubles
    """`[2n]`: how fast the smoothers of the lower and of the upper face are."""

    @classmethod
    def of(cls, bundle: Bundle, fold: Fold, frame_rate: int) -> Animator:
        """`frame_rate` is that of the frames that are advanced: the network's own."""
        face = bundle.actor.face
        seconds = (face.lower_face_smoothing, face.upper_face_smoothing)
        pace = np.repeat([smoothing.alpha(s, frame_rate) for s in seconds], len(fold.skin))
        return cls(bundle.actor, fold, Eyes.of(bundle.actor, frame_rate), pace)

    def start(self, seed: int, frame: int = 0) -> Moving:
        """A voice before its first frame; the seed says when its eyes jump.

        `frame` is negative where a network gives frames that only warm up. They warm the smoothers up, too; the SDK
        starts these at frame 0 (executor_diffusion.cpp).
        """
        return Moving(None, self.eyes.start(seed), frame)

    @np.errstate(invalid="ignore")  # a network that says infinity is found out later, by voice
    def advance(self, z: NDArray[np.floating], states: Sequence[Moving]) -> Moved:
        """The next frame of each voice, `z[B, m]`, or the next T in order, `z[B, T, m]`. Not written into.

        The SDK's pose is neutral + upper strength · (1 − mask) · upper + lower strength · mask · lower, with the two
        smoothed; here the three are products with D already (animator_cuda.cu).
        """
        frames = z.reshape(len(states), -1, z.shape[-1]).astype(np.float64)
        n, nt = len(self.fold.skin), len(self.fold.tongue)
        regions, tongue, teeth, eyes = np.split(frames, [2 * n, 2 * n + nt, -4], axis=-1)
        smooth, memories = smoothing.follow(regions, [state.smoothed for state in states], self.pace)
        turned = self.eyes.degrees(eyes, [state.saccade for state in states], [state.frame for state in states])

        def shaped(part: Doubles) -> Doubles:
            return part.reshape(*z.shape[:-1], *part.shape[2:])

        return Moved(
            b_skin=shaped(smooth[..., :n] + smooth[..., n:] + self.fold.skin),
            b_tongue=shaped(tongue + self.fold.tongue),
            jaw=shaped(jaw.markers(teeth, self.actor)),
            eyes=shaped(turned),
            states=[
                Moving(memory, state.saccade, state.frame + frames.shape[1])
                for memory, state in zip(memories, states, strict=True)
            ],
        )
