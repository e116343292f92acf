"""The skin of a portrait: its vertices and their shapes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from a2f_server.face_shapes.vectors import Float64Array, smooth
from a2f_server.portrait import anatomy, layout, lid_shapes, lip_edge, mouth_shapes, shading, smile
from a2f_server.portrait.geometry import Frame, Pose
from a2f_server.portrait.light import Light
from a2f_server.portrait.mouth_shapes import Mouth
from a2f_server.portrait.part import MeshPart
from a2f_server.portrait.rest import Openings, Rest
from a2f_server.portrait.template import Template
from a2f_server.portrait.tissue import Tissue

HINGE = np.array([0, -0.12, 0.02])
"""Offset of the jaw's axis from the middle between the ears."""
NECK = np.array([0, -0.45, -0.25])
"""Offset of the head's pivot from the middle between the ears."""
RIM = 0.25
"""Distance from the frame within which moves fade out."""
FULL, FADE, CROWN = 0.22, 0.75, 0.55
"""Distances from the face: within which all follows the head, over which this fades, and what is added above it."""
SMOOTHINGS = 40
INNER_SIDE = [3, 3, 2, 2, 2]
"""The rings of the red whose colours continue on the inner side of the lips."""


@dataclass(frozen=True)
class FaceGeometry:
    """A face in the head's coordinates: landmarks, and vertices `[n, 3]` with a closed mouth."""

    landmarks: Float64Array
    at: Float64Array
    mouth: Mouth
    openings: Openings


def hinge(landmarks: Float64Array) -> Float64Array:
    """Returns the jaw's axis."""
    return np.asarray(landmarks[[anatomy.RIGHT_EAR, anatomy.LEFT_EAR]].mean(axis=0) + HINGE)


def smoothed_depth(rest: Rest, template: Template) -> Rest:
    """Returns the vertices with smoothed depth at the outline, where the landmarks of a turned face are ragged."""
    at = rest.at.copy()
    free = np.zeros(len(at))
    free[layout.OVAL] = 0.7
    free[layout.AROUND[:-1]] = 0.7
    edge = np.linalg.norm(template.at[:, None, :2] - template.at[layout.OVAL][None, :, :2], axis=-1).min(axis=1)
    on_face = np.arange(len(at)) >= layout.SKIN_START
    free[on_face] = 0.7 * smooth(0.22, 0.03, edge[on_face])
    pairs = template.pairs
    count = np.bincount(pairs[:, 0], minlength=len(at))
    for _ in range(SMOOTHINGS):
        mean = np.bincount(pairs[:, 0], at[pairs[:, 1], 2], minlength=len(at)) / count
        at[:, 2] += free * (mean - at[:, 2])
    return Rest(at, rest.outside)


def head_shares(rest: Rest, frame: Frame) -> Float64Array:
    """Returns how much each vertex follows the head, `[n]`: all on the face, nothing on the frame."""
    outline = rest.at[layout.OVAL]
    chin, middle = outline[:, 1].min(), outline[:, 1].mean()
    crown = CROWN * smooth(0, 0.5, rest.at[:, 1] - middle)
    share = smooth(0, 1, 1 - np.clip((rest.outside - FULL - crown) / FADE, 0, 1))
    neck = 1 - smooth(0.05, 1.0, (chin - rest.at[:, 1]) / 0.95)
    return np.where(rest.at[:, 1] < chin, np.minimum(share, neck), share) * smooth(0, RIM, frame.inside(rest.at))


def shapes(face: FaceGeometry, jaw: Float64Array, tissue: Tissue) -> dict[str, Float64Array]:
    """Returns the moves `[n, 3]` of the shapes in the head's coordinates."""
    found = tissue.constant()
    for name, red in mouth_shapes.lip_moves(face.mouth).items():
        room = smile.room(face.mouth.red) if name.startswith("mouthSmile") else 1
        found[name] = found.get(name, 0) + room * tissue.dragged(red)
    found |= mouth_shapes.jaw_moves(face.mouth, face.at, jaw, tissue)
    for name, red in smile.undone(face.mouth.red).items():
        found[name] = found[name] + tissue.dragged(red)
    for side, eye in face.openings.eyes.items():
        found[f"mouthSmile{side}"] = found[f"mouthSmile{side}"] + tissue.cheek(side, 0.035)
        for name, move in lid_shapes.moves(eye).items():
            total = found.setdefault(f"{name}{side}", np.zeros_like(face.at))
            total[layout.LIDS[side]] += move
        found[f"eyeSquint{side}"] += tissue.cheek(side, 0.015)
    lip_edge.folded(found, face.mouth.red)
    return found


def part(
    face: FaceGeometry, rest: Rest, pose: Pose, frame: Frame, template: Template, tissue: Tissue, light: Light
) -> MeshPart:
    """Returns the skin."""
    at = face.at.copy()
    at[layout.BACK] = lip_edge.placed(face.mouth.red)
    closed = pose.picture(at)
    inside = smooth(0, RIM, frame.inside(rest.at))[:, None]
    place = pose.pixels(rest.at)
    place[layout.BACK] = place[layout.RED[INNER_SIDE]]
    moves = {name: pose.picture(move) * inside for name, move in shapes(face, template.jaw, tissue).items()}
    return MeshPart(
        closed,
        template.triangles,
        place,
        lip_edge.colors(len(closed)),
        head_shares(rest, frame),
        moves,
        shading.shades(template, light),
    )
