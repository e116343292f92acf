"""Finds the face of a portrait in a picture, at any position and rotation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from a2f_server.errors import NoFace
from a2f_server.portrait.detector import FaceDetector, Found, overlap
from a2f_server.portrait.landmarks import LandmarkNetwork, Landmarks

TILE_SHARES = (0.5, 0.25)
"""Sides of the tiles that are searched for small faces, as fractions of the picture's shorter side."""
LEAST_TILE = 128
LEAST_PRESENCE = 0.5
LEAST_WIDTH, GOOD_WIDTH = 40, 100
"""Pixels between the ears below which a face is refused, and below which there is a warning."""
MOST_OUTSIDE = 0.2
"""Share of the landmarks that may be outside the picture."""
MOST_YAW = 40.0
"""Maximum degrees that a face may be turned away: beyond, half of it is hidden."""
EARS, EYES = (234, 454), (33, 263)
TURNS = {0: None, 180: Image.Transpose.ROTATE_180, 90: Image.Transpose.ROTATE_90, 270: Image.Transpose.ROTATE_270}
"""Degrees counter-clockwise by which a picture is turned in search of an upright face."""


@dataclass(frozen=True)
class Face:
    """A face: the picture, turned so that it is upright, its landmarks there, and the number of faces found."""

    picture: Image.Image
    landmarks: Landmarks
    others: int

    @property
    def width(self) -> float:
        """Pixels between the ears."""
        return float(np.linalg.norm(np.subtract(*self.landmarks[list(EARS)])))

    @property
    def warning(self) -> str | None:
        """A sentence on what could make the avatar look bad, or None."""
        if self.width < GOOD_WIDTH:
            return f"the face is only {self.width:.0f} pixels wide; it will look blurred"
        if self.others:
            return f"there are {self.others + 1} faces; the largest is used unless you choose one with face="
        return None


class FaceFinder:
    """Finds faces with both networks, which are loaded once."""

    def __init__(self) -> None:
        self._detector, self._network = FaceDetector(), LandmarkNetwork()

    def find(self, picture: Image.Image, index: int = 0) -> Face:
        """Returns a face of an RGB picture: the largest one, or the one at `index` by size. Raises NoFace."""
        for turn in TURNS.values():
            upright = picture.transpose(turn) if turn is not None else picture
            if faces := self._upright(upright):
                if index >= len(faces):
                    there_are = "is only 1 face" if len(faces) == 1 else f"are only {len(faces)} faces"
                    raise NoFace(f"there {there_are} in this picture; the largest has the number 0")
                return _checked(Face(upright, faces[index], len(faces) - 1))
        raise NoFace(
            "there is no face in this picture; use a photo, painting or drawing of one person who "
            "looks towards the viewer, with the whole face visible"
        )

    def _upright(self, picture: Image.Image) -> list[Landmarks]:
        """Returns the landmarks of all roughly upright faces, the largest first."""
        found = self._detector.find(picture)
        if not found:
            found = list(self._in_tiles(picture))
        faces = []
        for face in sorted(found, key=lambda face: -face.side):
            across, down = face.points[1] - face.points[0]
            landmarks, presence = self._network.find(picture, face)
            if presence >= LEAST_PRESENCE and across > abs(down):
                faces.append(landmarks)
        return faces

    def _in_tiles(self, picture: Image.Image) -> Iterator[Found]:
        """Searches overlapping squares: a face below a tenth of the picture is too small for the network."""
        kept: list[Found] = []
        for left, top, side in _tiles(*picture.size):
            for face in self._detector.find(picture.crop((left, top, left + side, top + side))):
                moved = face.moved((left, top))
                if all(overlap(moved.box, other.box) < 0.3 for other in kept):
                    kept.append(moved)
        yield from kept


def _tiles(width: int, height: int) -> Iterator[tuple[int, int, int]]:
    """Yields left, top and side of squares that overlap by half."""
    shorter = min(width, height)
    sides = [shorter] if max(width, height) > 1.3 * shorter else []
    for side in [*sides, *(int(shorter * share) for share in TILE_SHARES)]:
        if side < LEAST_TILE:
            return
        for top in _starts(height, side):
            for left in _starts(width, side):
                yield left, top, side


def _starts(length: int, side: int) -> list[int]:
    count = int(np.ceil((length - side) / (side / 2))) + 1
    return [int(at) for at in np.linspace(0, length - side, count)]


def _checked(face: Face) -> Face:
    if face.width < LEAST_WIDTH:
        raise NoFace(f"the face is only {face.width:.0f} pixels wide; at least {LEAST_WIDTH} are needed, better 300")
    if _outside(face) > MOST_OUTSIDE:
        raise NoFace("only part of the face is in this picture; the whole face must be visible")
    if abs(yaw(face.landmarks)) > MOST_YAW:
        raise NoFace("the face is turned too far to the side; use a picture in which it looks towards the viewer")
    return face


def _outside(face: Face) -> float:
    """Returns the share of the landmarks that are outside the picture."""
    at = face.landmarks[:, :2]
    return float(((at < 0) | (at > face.picture.size)).any(axis=1).mean())


def yaw(landmarks: Landmarks) -> float:
    """Returns the degrees by which the face is turned to its left or right."""
    across = landmarks[EARS[1]] - landmarks[EARS[0]]
    return float(np.degrees(np.arctan2(across[2], across[0])))
