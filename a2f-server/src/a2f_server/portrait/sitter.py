"""The analysis of the face in a picture, from which its avatar is built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from a2f_server.face_shapes.vectors import Float64Array
from a2f_server.portrait import anatomy, contact, rest, skin
from a2f_server.portrait.contact import Contact
from a2f_server.portrait.geometry import Frame, Pose, pose
from a2f_server.portrait.landmarks import Landmarks
from a2f_server.portrait.light import Light, light
from a2f_server.portrait.mouth_shapes import Mouth
from a2f_server.portrait.rest import Rest
from a2f_server.portrait.skin import FaceGeometry
from a2f_server.portrait.template import Template
from a2f_server.portrait.tissue import Tissue


@dataclass(frozen=True)
class Sitter:
    """A face in its picture.

    pose, frame: its position. contact: how its lips meet. red: the lips as the picture shows them, `[6, 64, 3]`. rest:
    the vertices where the picture shows them. face: the same with closed lips, in the head's coordinates.
    """

    picture: Image.Image
    pose: Pose
    frame: Frame
    contact: Contact
    red: Float64Array
    rest: Rest
    face: FaceGeometry
    light: Light

    @property
    def pivot(self) -> Float64Array:
        """The point about which the head turns, in the picture's coordinates."""
        ears = self.face.landmarks[[anatomy.RIGHT_EAR, anatomy.LEFT_EAR]].mean(axis=0)
        return self.pose.picture(ears + skin.NECK)


def sitter(picture: Image.Image, landmarks: Landmarks, template: Template, tissue: Tissue) -> Sitter:
    """Places the template on a face."""
    where = pose(landmarks, template.landmarks)
    frame = _frame(picture.size, where)
    points = where.head(landmarks)
    shown = rest.openings(points)
    line = contact.contact(picture, where, shown.outer, shown.lips)
    shown = rest.Openings(shown.outer, line.shown, shown.eyes)
    placed = skin.smoothed_depth(rest.place(points, shown, where, frame, template.corners, template.shares), template)
    at, red = placed.at @ where.rotation, contact.red(shown.outer, line)
    closed = red
    if line.closing is not None:
        at, closed = at + tissue.dragged(line.closing), red + line.closing
    face = FaceGeometry(points, at, Mouth(closed, skin.hinge(points)), shown)
    return Sitter(picture, where, frame, line, red, placed, face, light(picture, landmarks))


def _frame(size: tuple[int, int], where: Pose) -> Frame:
    left, top = (np.zeros(2) - where.origin) / where.scale
    return Frame(float(left), float(-top - size[1] / where.scale), float(left + size[0] / where.scale), float(-top))
