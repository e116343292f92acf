"""The contents of a bundle, loaded and checked (`loading/` does both). Lengths in centimetres, angles in degrees.

V skin vertices, W tongue vertices, P poses of a part (52 skin, 16 tongue), K principal components.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from a2f_server.arrays import BoolArray, Float32Array, Float64Array, Int64Array

NetworkKind = Literal["regression", "diffusion"]


@dataclass(frozen=True)
class SolverConfig:
    """`bs_*_config.json`: the solver's parameters for one part of the face. Arrays have one entry per pose, `[P]`."""

    l1: float
    l2: float
    temporal: float
    symmetry: float
    active: BoolArray
    cancel: Int64Array
    """Poses with the same number exclude each other; −1: no partner."""
    mirror: Int64Array
    """Poses with the same number mirror each other; −1: no partner."""
    multipliers: Float64Array
    offsets: Float64Array
    template_size: float = 54.7
    """Diagonal of the bounding box, in centimetres, of the head that the strengths were tuned on."""


@dataclass(frozen=True)
class BlendshapeSet:
    """`bs_*.npz`: the blendshapes (poses) of one part of the face."""

    names: tuple[str, ...]
    """`[P]`, without "neutral"."""
    neutral: Float32Array
    """`[V, 3]`."""
    deltas: Float32Array
    """`[P, V, 3]`, relative to neutral."""
    mask: Int64Array | None
    """`[M]` indices of the vertices that the solver uses, in the file's order; None: all vertices."""


@dataclass(frozen=True)
class FacePart:
    """The skin or the tongue."""

    shapes: BlendshapeSet
    config: SolverConfig


@dataclass(frozen=True)
class FaceParameters:
    """`model_config*.json`: the animator's parameters, named as in the file. The defaults are neutral."""

    input_strength: float = 1.0
    upper_face_smoothing: float = 0.0
    lower_face_smoothing: float = 0.0
    """Half-life in seconds of the smoothing; 0 turns it off."""
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
class HeadGeometry:
    """`model_data*.npz`: the actor's head, and the basis in which the network expresses its movement."""

    skin: Float32Array
    """`[V, 3]` neutral pose: `shapes_mean_skin` or `neutral_skin`."""
    tongue: Float32Array
    """`[W, 3]` neutral pose."""
    jaw: Float32Array
    """`[5, 3]` markers on the lower teeth, neutral pose."""
    lip_open: Float32Array
    """`[V, 3]` delta."""
    eye_close: Float32Array
    """`[V, 3]` delta."""
    saccades: Float32Array
    """`[S, 2]` degrees, 30 rows per second."""
    skin_basis: Float32Array | None = None
    """`[K, V, 3]` principal components; None if the network outputs vertices."""
    tongue_basis: Float32Array | None = None
    """`[10, W, 3]`."""


@dataclass(frozen=True)
class Actor:
    """One of the faces in a bundle."""

    name: str
    face: FaceParameters
    geometry: HeadGeometry
    skin: FacePart
    tongue: FacePart


@dataclass(frozen=True)
class NetworkSpec:
    """`network_info.json`, and the path of `network.onnx`. Sample counts are at `sample_rate`."""

    path: Path
    kind: NetworkKind
    version: str
    emotions: tuple[str, ...]
    """The ten emotion names in the order of the network's input."""
    sample_rate: int
    window: int
    """Samples per window (`buffer_len`)."""
    before: int
    """Samples of the first window before the audio starts: regression's `buffer_ofs`, diffusion's `padding_left`."""
    skin: int
    """Outputs per frame for the skin: K, or 3 V."""
    tongue: int
    jaw: int
    eyes: int
    implicit: Float32Array | None = None
    """Regression: `[16]`, the row of the implicit emotion database selected by `source_shot` and `source_frame`."""
    identity: Float32Array | None = None
    """Diffusion: `[identities]`, one-hot."""
    steps: int = 0
    """Diffusion: denoising steps."""
    layers: int = 0
    """Diffusion: GRU layers."""
    latent: int = 0
    """Diffusion: width of a GRU's state."""
    left: int = 0
    """Diffusion: frames of a run before those that are kept."""
    centre: int = 1
    """Frames of a run that are kept."""
    right: int = 0

    @property
    def outputs(self) -> int:
        """Outputs per frame: skin, tongue, jaw, eyes, in this order."""
        return self.skin + self.tongue + self.jaw + self.eyes

    @property
    def computed(self) -> int:
        """Frames that one run of the network outputs."""
        return self.left + self.centre + self.right


@dataclass(frozen=True)
class Bundle:
    """A bundle's network, and one of its actors."""

    folder: Path
    name: str
    """Shown to people, for example "v2.3 Mark" or "v3.0 Claire"."""
    network: NetworkSpec
    actor: Actor
