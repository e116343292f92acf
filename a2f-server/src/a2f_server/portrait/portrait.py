"""A photo of a face becomes a GLB with 52 ARKit shapes. export.py describes the file and its camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from a2f_server.portrait import (
    anatomy,
    contact,
    contours,
    export,
    eyes,
    framing,
    inner_mouth,
    own_teeth,
    rest,
    skin,
    template,
)
from a2f_server.portrait.atlas import Atlas
from a2f_server.portrait.faces import FaceFinder
from a2f_server.portrait.geometry import Frame, Pose, pose
from a2f_server.portrait.landmarks import Landmarks
from a2f_server.portrait.light import light
from a2f_server.portrait.mouth_shapes import Mouth
from a2f_server.portrait.part import MeshPart, merged
from a2f_server.portrait.picture import read_picture
from a2f_server.portrait.tissue import Tissue


@dataclass(frozen=True)
class Portrait:
    """An avatar.

    glb: the file. width, height: pixels of the picture that it shows, both even. faces: how many were found. warning:
    what could make it look bad, or None.
    """

    glb: bytes
    width: int
    height: int
    faces: int
    warning: str | None


class PortraitMaker:
    """Loads the networks and the mesh once. Threads may share it."""

    def __init__(self) -> None:
        self.finder = FaceFinder()
        self._template = template.load()
        self._tissue = Tissue(self._template)

    def make(self, picture: bytes, face: int = 0, *, crop: bool = True) -> Portrait:
        """Makes the avatar of a face: the largest one, or the one at that index by size.

        With `crop` it shows head and shoulders, else the whole picture. Raises BadPicture, NoFace, TooLarge.
        """
        found = self.finder.find(read_picture(picture), face)
        shown, landmarks = framing.framed(found.picture, found.landmarks, crop=crop)
        glb = self._glb(shown, landmarks)
        return Portrait(glb, *shown.size, found.others + 1, found.warning)

    def _glb(self, picture: Image.Image, landmarks: Landmarks) -> bytes:
        parts, atlas, frame, pivot = self.parts(picture, landmarks)
        return export.write(parts, atlas.jpeg(), frame, picture.size, pivot)

    def parts(
        self, picture: Image.Image, landmarks: Landmarks
    ) -> tuple[dict[str, MeshPart], Atlas, Frame, np.ndarray[tuple[int], np.dtype[np.float64]]]:
        """Returns the meshes, their texture, the frame, and the pivot of the head."""
        where = pose(landmarks, self._template.landmarks)
        frame = _frame(picture.size, where)
        points = where.head(landmarks)
        shown = rest.openings(points)
        line = contact.contact(picture, where, shown.outer, shown.lips)
        shown = rest.Openings(shown.outer, line.shown, shown.eyes)
        placed = rest.place(points, shown, where, frame, self._template.corners, self._template.shares)
        placed = rest.Rest(skin.smoothed_depth(placed, self._template), placed.outside)
        at = placed.at @ where.rotation
        if line.closing is not None:
            at = at + self._tissue.dragged(line.closing)
        red = contact.red(shown.outer, line)
        mouth = Mouth(red if line.closing is None else red + line.closing, skin.hinge(points))
        face = skin.FaceGeometry(points, at, mouth, shown)
        atlas = Atlas(picture)
        lit = light(picture, landmarks)
        own = None
        if line.closing is not None and own_teeth.visible(picture, where, line.inside, red):
            own = own_teeth.part(picture, where, line.inside, atlas)
        parts = {
            "Face": skin.part(face, placed, where, frame, self._template, self._tissue, lit),
            "Eyes": merged([_eye(side, points, shown, picture, where, atlas) for side in anatomy.EYES]),
            "Mouth": inner_mouth.InnerMouth(mouth, where, atlas, lit, own).part(),
        }
        for part in parts.values():
            part.place = atlas.share(part.place)
        ears = points[[anatomy.RIGHT_EAR, anatomy.LEFT_EAR]].mean(axis=0)
        return parts, atlas, frame, where.picture(ears + skin.NECK)


def _frame(size: tuple[int, int], where: Pose) -> Frame:
    left, top = (np.zeros(2) - where.origin) / where.scale
    return Frame(left, top * -1 - size[1] / where.scale, left + size[0] / where.scale, -top)


def _eye(
    side: str,
    points: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    shown: rest.Openings,
    picture: Image.Image,
    where: Pose,
    atlas: Atlas,
) -> MeshPart:
    lids = contours.lid_rings(points, anatomy.EYES[side], shown.eyes[side].edge)
    eye = eyes.eye(shown.eyes[side], lids, points[list(anatomy.EYES[side].iris)])
    left, top, *_ = eyes.box(eye, where)
    x, y = atlas.add(eyes.completed(picture, eye, where))
    return eyes.part(eye, side, where, (x - left, y - top))
