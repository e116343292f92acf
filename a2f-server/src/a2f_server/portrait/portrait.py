"""Makes a GLB with 52 ARKit shapes from a photo of a face. export.py describes the file and its camera."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from a2f_server.portrait import anatomy, contours, export, eyes, framing, lid_skin, own_teeth, skin, template
from a2f_server.portrait.atlas import Atlas
from a2f_server.portrait.faces import FaceFinder
from a2f_server.portrait.inner_mouth import InnerMouth
from a2f_server.portrait.landmarks import Landmarks
from a2f_server.portrait.part import MeshPart, merged
from a2f_server.portrait.picture import read_picture
from a2f_server.portrait.sitter import Sitter, sitter
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
    """Makes portraits. Loads the networks and the mesh once; threads may share it."""

    def __init__(self) -> None:
        self.finder = FaceFinder()
        self._template = template.load()
        self._tissue = Tissue(self._template)

    def make(self, picture: bytes, face: int = 0, *, crop: bool = True) -> Portrait:
        """Makes the avatar of a face: the largest one, or the one at that index by size.

        With `crop` it shows the head and shoulders, otherwise the whole picture. Raises BadPicture, NoFace, TooLarge.
        """
        found = self.finder.find(read_picture(picture), face)
        shown, landmarks = framing.framed(found.picture, found.landmarks, crop=crop)
        person = self.sitter(shown, landmarks)
        parts, atlas = self.parts(person)
        glb = export.write(parts, atlas.jpeg(), person.frame, shown.size, person.pivot)
        return Portrait(glb, *shown.size, found.others + 1, found.warning)

    def sitter(self, picture: Image.Image, landmarks: Landmarks) -> Sitter:
        """Places the mesh on a face."""
        return sitter(picture, landmarks, self._template, self._tissue)

    def parts(self, person: Sitter) -> tuple[dict[str, MeshPart], Atlas]:
        """Returns the meshes, whose places are fractions of the atlas, and the atlas."""
        atlas = Atlas(person.picture)
        face = skin.part(
            person.face, person.rest, person.pose, person.frame, self._template, self._tissue, person.light
        )
        places = person.pose.pixels(person.rest.at)
        lids = [lid_skin.part(face, side, person.picture, places, atlas) for side in anatomy.EYES]
        balls = [_eye(side, person, atlas) for side in anatomy.EYES]
        mouth = InnerMouth(person.face.mouth, person.pose, atlas, person.light, _own_teeth(person, atlas)).part()
        parts = {"Face": face, "Eyes": merged([*balls, *lids]), "Mouth": mouth}
        for part in parts.values():
            part.place = atlas.share(part.place)
        return parts, atlas


def _eye(side: str, person: Sitter, atlas: Atlas) -> MeshPart:
    points, opening = person.face.landmarks, person.face.openings.eyes[side]
    lids = contours.lid_rings(points, anatomy.EYES[side], opening.edge)
    eye = eyes.eye(opening, lids, points[list(anatomy.EYES[side].iris)])
    left, top, *_ = eyes.box(eye, person.pose)
    x, y = atlas.add(eyes.completed(person.picture, eye, person.pose))
    return eyes.part(eye, side, person.pose, (x - left, y - top))


def _own_teeth(person: Sitter, atlas: Atlas) -> MeshPart | None:
    """Returns the teeth that an open mouth shows."""
    inside = person.contact.inside
    if person.contact.closing is None or not own_teeth.visible(person.picture, person.pose, inside, person.red):
        return None
    return own_teeth.part(person.picture, person.pose, inside, atlas)
