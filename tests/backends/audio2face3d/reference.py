"""A reference for NVIDIA's animator: every vertex of every frame, in float64, formula by formula.

It shares no code with the backend but the dataclasses of a bundle. Formulas are those of the Audio2Face-3D SDK's
animator.cpp and animator_cuda.cu; masked rows and the products with the poses, of blendshape_solver_base.cpp.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from a2f_server.backends.audio2face3d.bundle import Bundle, FacePart


def vertices(part: FacePart) -> np.ndarray:
    """Returns the solver's vertices."""
    return np.arange(len(part.shapes.neutral)) if part.shapes.mask is None else part.shapes.mask


def products(part: FacePart, pose: np.ndarray) -> np.ndarray:
    """Returns D'·(masked pose − masked neutral) of the active poses."""
    seen = vertices(part)
    shift = (pose[seen] - part.shapes.neutral.astype(np.float64)[seen]).ravel()
    active = [delta for delta, on in zip(part.shapes.deltas, part.config.active, strict=True) if on]
    return np.array([delta[seen].astype(np.float64).ravel() @ shift for delta in active])


@dataclass
class Smoother:
    """Two cascaded exponential smoothers."""

    seconds: float
    dt: float
    at: list[np.ndarray] = field(default_factory=list)

    def __call__(self, value: np.ndarray) -> np.ndarray:
        alpha = 1 - 0.5 ** (self.dt / self.seconds) if self.seconds > 0 else 1.0
        first, second = self.at or [value, value]
        first = first + alpha * (value - first)
        self.at = [first, second + alpha * (first - second)]
        return self.at[1]


@dataclass
class Reference:
    """The animator of one stream: rows of the network's output in, meshes out."""

    bundle: Bundle
    fps: int

    def __post_init__(self) -> None:
        face = self.bundle.actor.face
        self.lower = Smoother(face.lower_face_smoothing, 1 / self.fps)
        self.upper = Smoother(face.upper_face_smoothing, 1 / self.fps)
        self.frame = 0

    def mask(self) -> np.ndarray:
        """Returns the share of each vertex in the lower face."""
        face = self.bundle.actor.face
        heights = [float(y) for y in self.bundle.actor.geometry.skin[:, 1]]
        low, high = min(heights), max(heights)
        along = [(face.face_mask_level - (y - low) / (high - low)) / face.face_mask_softness for y in heights]
        return np.array([1 / (1 + math.exp(-x)) for x in along])

    def parts(self, row: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Splits a row into skin deltas, tongue deltas, jaw and eyes."""
        graph, geometry = self.bundle.network, self.bundle.actor.geometry
        ends = np.cumsum([graph.skin, graph.tongue, graph.jaw])
        skin, tongue, jaw, eyes = np.split(row.astype(np.float64), ends)
        return decoded(skin, geometry.skin_basis), decoded(tongue, geometry.tongue_basis), jaw, eyes

    def skin(self, delta: np.ndarray) -> np.ndarray:
        """Returns the skin's vertices."""
        face, geometry = self.bundle.actor.face, self.bundle.actor.geometry
        close, lips = geometry.eye_close.astype(np.float64), geometry.lip_open.astype(np.float64)
        d = face.skin_strength * delta + close * -face.eyelid_open_offset + lips * face.lip_open_offset
        mask, low, up = self.mask()[:, None], self.lower(d), self.upper(d)
        return geometry.skin + face.upper_face_strength * (1 - mask) * up + face.lower_face_strength * mask * low

    def tongue(self, delta: np.ndarray) -> np.ndarray:
        """Returns the tongue's vertices."""
        face = self.bundle.actor.face
        pose = self.bundle.actor.geometry.tongue + face.tongue_strength * delta
        pose[:, 1] += face.tongue_height_offset
        pose[:, 2] += face.tongue_depth_offset
        return pose

    def eyes(self, raw: np.ndarray, saccade: np.ndarray) -> np.ndarray:
        """Returns degrees: right x, right y, left x, left y."""
        face = self.bundle.actor.face
        right = np.array([face.right_eye_rot_x_offset, face.right_eye_rot_y_offset])
        left = np.array([face.left_eye_rot_x_offset, face.left_eye_rot_y_offset])
        both = face.saccade_strength * saccade
        return np.concatenate(
            [right + face.eyeballs_strength * raw[:2] + both, left + face.eyeballs_strength * raw[2:] + both]
        )

    def step(self, row: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Returns the next frame's products of skin and tongue, markers of the jaw, and degrees of the eyes."""
        actor = self.bundle.actor
        skin, tongue, jaw, eyes = self.parts(row)
        offset = np.array([0, actor.face.lower_teeth_height_offset, actor.face.lower_teeth_depth_offset])
        marks = actor.geometry.jaw + actor.face.lower_teeth_strength * jaw.reshape(5, 3) + offset
        table = actor.geometry.saccades.astype(np.float64)
        saccade = table[(int(actor.face.eye_saccade_seed) + 30 * self.frame // self.fps) % len(table)]
        self.frame += 1
        return (
            products(actor.skin, self.skin(skin)),
            products(actor.tongue, self.tongue(tongue)),
            marks,
            self.eyes(eyes, saccade),
        )


def decoded(numbers: np.ndarray, basis: np.ndarray | None) -> np.ndarray:
    """Returns the deltas of all vertices, from coefficients if there is a basis."""
    if basis is None:
        return numbers.reshape(-1, 3)
    return np.einsum("k,kvc->vc", numbers, basis.astype(np.float64))
