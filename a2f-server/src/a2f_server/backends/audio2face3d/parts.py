"""What a bundle holds, once it is read and checked (`bundle.py` reads it). Centimetres and degrees throughout.

V skin vertices, W tongue vertices, P poses of a part (52 skin, 16 tongue), K principal components.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Kind = Literal["regression", "diffusion"]


@dataclass(frozen=True)
class Solving:
    """`bs_*_config.json`: how the weights of one part are solved for. Arrays have one entry a pose, `[P]`."""

    l1: float
    l2: float
    temporal: float
    symmetry: float
    active: NDArray[np.bool_]
    cancel: NDArray[np.int64]
    """Poses of one number cancel each other; −1: none."""
    mirror: NDArray[np.int64]
    """Poses of one number are each other's mirror; −1: none."""
    multipliers: NDArray[np.float64]
    offsets: NDArray[np.float64]
    template_size: float = 54.7
    """Diagonal, in centimetres, of the head that the strengths were tuned on."""


@dataclass(frozen=True)
class Shapes:
    """`bs_*.npz`: the poses that a face is made of."""

    names: tuple[str, ...]
    """`[P]`, without "neutral"."""
    neutral: Floats
    """`[V, 3]`."""
    deltas: Floats
    """`[P, V, 3]`, from neutral."""
    mask: NDArray[np.int64] | None
    """`[M]` vertices that count, in the file's order; None: all."""


@dataclass(frozen=True)
class Part:
    """Skin or tongue."""

    shapes: Shapes
    solving: Solving


@dataclass(frozen=True)
class Face:
    """`model_config*.json`: the animator's parameters, with the names of the file. The defaults change nothing."""

    input_strength: float = 1.0
    upper_face_smoothing: float = 0.0
    lower_face_smoothing: float = 0.0
    """Seconds in which half of a change is followed; 0: at once."""
    upper_face_strength: float = 1.0
    lower_face_strength: float = 1.0
    face_mask_level: float = 0.6
    face_mask_softness: float = 0.0085
    skin_strength: float = 1.0
    blink_strength: float = 1.0
    eyelid_open_offset: float = 0.0
    lip_open_offset: float = 0.0
    lower_teeth_strength: float = 1.0
    lower_teeth_height_offset: float = 0.0
    lower_teeth_depth_offset: float = 0.0
    tongue_strength: float = 1.0
    tongue_height_offset: float = 0.0
    tongue_depth_offset: float = 0.0
    eyeballs_strength: float = 1.0
    saccade_strength: float = 0.0
    right_eye_rot_x_offset: float = 0.0
    right_eye_rot_y_offset: float = 0.0
    left_eye_rot_x_offset: float = 0.0
    left_eye_rot_y_offset: float = 0.0
    eye_saccade_seed: float = 0.0


@dataclass(frozen=True)
class Geometry:
    """`model_data*.npz`: the actor's head, and in what the network measures its movement."""

    skin: Floats
    """`[V, 3]` neutral: `shapes_mean_skin` or `neutral_skin`."""
    tongue: Floats
    """`[W, 3]` neutral."""
    jaw: Floats
    """`[5, 3]` neutral markers on the lower teeth."""
    lip_open: Floats
    """`[V, 3]` delta."""
    eye_close: Floats
    """`[V, 3]` delta."""
    saccades: Floats
    """`[S, 2]` degrees, 30 rows a second."""
    skin_basis: Floats | None = None
    """`[K, V, 3]` principal components; None where the network gives vertices."""
    tongue_basis: Floats | None = None
    """`[10, W, 3]`."""


@dataclass(frozen=True)
class Actor:
    """Whose face it is."""

    name: str
    face: Face
    geometry: Geometry
    skin: Part
    tongue: Part


@dataclass(frozen=True)
class Graph:
    """`network_info.json` and where `network.onnx` lies. Samples at `sample_rate`."""

    path: Path
    kind: Kind
    version: str
    emotions: tuple[str, ...]
    """The ten names in the order of the network's input."""
    sample_rate: int
    window: int
    """Samples that the network hears at once (`buffer_len`)."""
    before: int
    """Samples of the first window that lie before the sound: regression's `buffer_ofs`, diffusion's `padding_left`."""
    skin: int
    """Numbers a frame for the skin: K, or 3 V."""
    tongue: int
    jaw: int
    eyes: int
    implicit: Floats | None = None
    """Regression: `[16]`, the row of the implicit emotion database that `source_shot` and `source_frame` name."""
    identity: Floats | None = None
    """Diffusion: `[identities]`, one-hot."""
    steps: int = 0
    """Diffusion: denoising steps."""
    layers: int = 0
    """Diffusion: GRU layers."""
    latent: int = 0
    """Diffusion: width of a GRU's memory."""
    left: int = 0
    """Diffusion: frames of a run that lie before the kept ones."""
    centre: int = 1
    """Frames of a run that are kept."""
    right: int = 0

    @property
    def outputs(self) -> int:
        """Numbers a frame: skin, tongue, jaw, eyes, in this order."""
        return self.skin + self.tongue + self.jaw + self.eyes

    @property
    def computed(self) -> int:
        """Frames that a run of the network gives."""
        return self.left + self.centre + self.right


@dataclass(frozen=True)
class Bundle:
    """A folder, and one of its actors."""

    folder: Path
    name: str
    """For people: such as "v2.3 Mark" or "v3.0 Claire"."""
    graph: Graph
    actor: Actor
