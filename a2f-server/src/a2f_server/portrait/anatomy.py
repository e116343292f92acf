"""The meaning of the landmarks. "Left" is the person's left: larger x in a picture."""

from __future__ import annotations

from dataclasses import dataclass

OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""The outline of the face, from the middle of the forehead to the left and around."""

# From the right corner of the mouth to the left one.
OUTER_UPPER_LIP = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
OUTER_LOWER_LIP = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
INNER_UPPER_LIP = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
INNER_LOWER_LIP = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)

NOSE_TIP, NOSE_BASE, CHIN, FOREHEAD = 1, 2, 152, 10
RIGHT_EAR, LEFT_EAR = 234, 454
RIGHT_WING, LEFT_WING = 49, 279
CHEEKS = (50, 280, 205, 425, 101, 330)
ON_LIPS = (72, 302, 86, 316, 16)
OUTER_CORNERS = (33, 263)
"""Outer corners of the right and the left eye."""


@dataclass(frozen=True)
class EyeLandmarks:
    """Landmarks of one eye, each line from smaller to larger x.

    upper, lower: edges of the lids. above, below: a line around the eye, below the brow and above the cheek. iris: its
    centre, then four points on its edge. brow: both edges of the eyebrow.
    """

    upper: tuple[int, ...]
    lower: tuple[int, ...]
    above: tuple[int, ...]
    below: tuple[int, ...]
    iris: tuple[int, ...]
    brow: tuple[int, ...]


EYES = {
    "Left": EyeLandmarks(
        upper=(362, 398, 384, 385, 386, 387, 388, 466, 263),
        lower=(362, 382, 381, 380, 374, 373, 390, 249, 263),
        above=(464, 413, 441, 442, 443, 444, 445, 342),
        below=(464, 453, 452, 451, 450, 449, 448, 261, 446),
        iris=(473, 474, 475, 476, 477),
        brow=(285, 295, 282, 283, 276, 336, 296, 334, 293, 300),
    ),
    "Right": EyeLandmarks(
        upper=(33, 246, 161, 160, 159, 158, 157, 173, 133),
        lower=(33, 7, 163, 144, 145, 153, 154, 155, 133),
        above=(113, 225, 224, 223, 222, 221, 189, 244),
        below=(226, 31, 228, 229, 230, 231, 232, 233, 244),
        iris=(468, 469, 470, 471, 472),
        brow=(46, 53, 52, 65, 55, 70, 63, 105, 66, 107),
    ),
}
