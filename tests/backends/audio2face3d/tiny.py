"""A bundle of a few random vertices, all of whose parameters have an effect."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from a2f_server import arkit
from a2f_server.backends.audio2face3d.bundle import (
    Actor,
    BlendshapeSet,
    Bundle,
    FaceParameters,
    FacePart,
    HeadGeometry,
    NetworkSpec,
    SolverConfig,
)

SKIN, TONGUE, POSES, TONGUE_POSES, COMPONENTS, SACCADES = 60, 20, 9, 5, 7, 50

FACE = FaceParameters(
    lower_face_smoothing=0.05,
    upper_face_smoothing=0.02,
    upper_face_strength=0.8,
    lower_face_strength=1.4,
    face_mask_softness=0.1,
    skin_strength=1.1,
    eyelid_open_offset=0.06,
    lip_open_offset=-0.03,
    lower_teeth_strength=1.3,
    lower_teeth_height_offset=-0.1,
    lower_teeth_depth_offset=0.05,
    tongue_strength=1.5,
    tongue_height_offset=0.2,
    tongue_depth_offset=0.13,
    eyeballs_strength=0.7,
    saccade_strength=0.9,
    right_eye_rot_x_offset=0.5,
    right_eye_rot_y_offset=-2.0,
    left_eye_rot_x_offset=0.25,
    left_eye_rot_y_offset=2.0,
    eye_saccade_seed=45,
)


def bundle(kind: str = "regression", face: FaceParameters = FACE, seed: int = 0) -> Bundle:
    """Returns the same head for both kinds: unsorted mask, a neutral unlike the actor's, and an inactive pose."""
    chance = np.random.default_rng(seed)
    noise = lambda *shape: chance.standard_normal(shape).astype(np.float32)  # noqa: E731
    head = noise(SKIN, 3) * 10 + np.float32(150)
    geometry = HeadGeometry(
        skin=head,
        tongue=noise(TONGUE, 3),
        jaw=noise(5, 3) + np.float32(145),
        lip_open=noise(SKIN, 3),
        eye_close=noise(SKIN, 3),
        saccades=noise(SACCADES, 2),
        skin_basis=noise(COMPONENTS, SKIN, 3),
        tongue_basis=noise(COMPONENTS, TONGUE, 3),
    )
    mask = chance.permutation(SKIN)[:33].astype(np.int64)
    names = arkit.NAMES[-POSES:]
    skin = FacePart(BlendshapeSet(names, head + noise(SKIN, 3), noise(POSES, SKIN, 3), mask), solving(POSES))
    tongue_names = tuple(f"tongue{i}" for i in range(TONGUE_POSES))
    tongue_shapes = BlendshapeSet(tongue_names, noise(TONGUE, 3), noise(TONGUE_POSES, TONGUE, 3), None)
    actor = Actor("Nobody", face, geometry, skin, FacePart(tongue_shapes, solving(TONGUE_POSES)))
    return (
        Bundle(Path("nowhere"), "tiny", graph(COMPONENTS, COMPONENTS), actor) if kind == "regression" else bare(actor)
    )


def bare(actor: Actor) -> Bundle:
    """Returns the same actor for a network that outputs vertices."""
    actor = replace(actor, geometry=replace(actor.geometry, skin_basis=None, tongue_basis=None))
    vertices = replace(graph(3 * SKIN, 3 * TONGUE), kind="diffusion")
    return Bundle(Path("nowhere"), "tiny", vertices, actor)


def graph(skin: int, tongue: int) -> NetworkSpec:
    """Describes a network whose file does not exist."""
    return NetworkSpec(Path("none.onnx"), "regression", "0", arkit.EMOTIONS, 16000, 8320, 4160, skin, tongue, 15, 4)


def solving(poses: int) -> SolverConfig:
    """All poses but the second are active."""
    active = np.arange(poses) != 1
    none, ones, zeros = np.full(poses, -1), np.ones(poses), np.zeros(poses)
    return SolverConfig(0.1, 0.1, 0.05, 100.0, active, none, none, ones, zeros)


def rows(of: Bundle, frames: int, seed: int = 1) -> np.ndarray:
    """Returns random network outputs, `[frames, outputs]`."""
    return np.random.default_rng(seed).standard_normal((frames, of.network.outputs)).astype(np.float32)
