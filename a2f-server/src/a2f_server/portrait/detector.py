"""Finds faces in a picture with MediaPipe's short-range face detector (networks/NOTICE).

The network takes a square of 128 × 128 pixels. For each of 896 anchors, at the cell centres of two grids, it returns
the centre and the size of a box, six points (eyes, nose, mouth, ears; "left" and "right" as seen), and a score, in
pixels relative to the anchor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from a2f_server.portrait.networks import open_network

SIDE = 128
GRIDS = ((16, 2), (8, 6))
"""Cells on a side of each grid, and anchors per cell."""
LEAST_SCORE = 0.5
MOST_OVERLAP = 0.3
"""Intersection over union above which two boxes are the same face."""

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """A face: its box `(left, top, right, bottom)` and six points `[6, 2]` in pixels of the picture, and its score."""

    box: Points
    points: Points
    score: float

    @property
    def side(self) -> float:
        """The longer side of its box, in pixels."""
        return float(max(self.box[2] - self.box[0], self.box[3] - self.box[1]))

    @property
    def centre(self) -> Points:
        """The centre of its box."""
        return (self.box[:2] + self.box[2:]) / 2

    def moved(self, by: tuple[int, int]) -> Found:
        """Returns the same face in the coordinates of a larger picture, in which this one begins at `by`."""
        return Found(self.box + np.tile(by, 2), self.points + by, self.score)


class FaceDetector:
    """The network, loaded once."""

    def __init__(self) -> None:
        self._network = open_network("face_detector")
        self._anchors = np.concatenate([_anchors(cells, count) for cells, count in GRIDS])

    def find(self, picture: Image.Image) -> list[Found]:
        """Returns the faces in an RGB picture, the highest score first."""
        scale = SIDE / max(picture.size)
        width, height = (max(1, round(side * scale)) for side in picture.size)
        left, top = (SIDE - width) // 2, (SIDE - height) // 2
        square = Image.new("RGB", (SIDE, SIDE))
        square.paste(picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0), (left, top))
        pixels = np.asarray(square, np.float32)[None] / 127.5 - 1
        boxes, logits = self._network.run(None, {"input": pixels})
        return _without_doubles(self._decode(boxes[0], logits[0, :, 0], np.array([left, top]), 1 / scale))

    def _decode(self, boxes: NDArray[Any], logits: NDArray[Any], offset: NDArray[Any], scale: float) -> list[Found]:
        scores = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -50, 50)))
        found = []
        for i in sorted(np.flatnonzero(scores > LEAST_SCORE), key=lambda i: -scores[i]):
            pairs = boxes[i].reshape(8, 2).astype(np.float64)  # centre, size, six points
            centre, half = pairs[0] + self._anchors[i], pairs[1] / 2
            corners = np.stack([centre - half, centre + half])
            box, points = ((where - offset) * scale for where in (corners, pairs[2:] + self._anchors[i]))
            found.append(Found(box.ravel(), points, float(scores[i])))
        return found


def overlap(one: Points, other: Points) -> float:
    """Returns the intersection over union of two boxes."""
    size = np.clip(np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2]), 0, None)
    shared = float(size.prod())
    return shared / (float((one[2:] - one[:2]).prod() + (other[2:] - other[:2]).prod()) - shared)


def _without_doubles(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for face in found:
        if all(overlap(face.box, other.box) < MOST_OVERLAP for other in kept):
            kept.append(face)
    return kept


def _anchors(cells: int, count: int) -> Points:
    """Returns the anchors of a grid in pixels, `count` in the centre of each cell, row by row."""
    y, x = np.mgrid[:cells, :cells]
    centres = (np.stack([x.ravel(), y.ravel()], axis=1) + 0.5) * SIDE / cells
    return np.repeat(centres, count, axis=0)
