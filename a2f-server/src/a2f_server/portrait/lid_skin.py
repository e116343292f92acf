"""The skin of a closed upper lid.

A blink stretches the narrow strip between lashes and crease, and each lash in it becomes a streak. So a copy of the
strip, blurred along the lid, lies behind it and comes to the front halfway through a blink.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from a2f_server.face_shapes.rings import around
from a2f_server.face_shapes.vectors import Float64Array, smooth
from a2f_server.portrait import layout, pixels
from a2f_server.portrait.atlas import Atlas
from a2f_server.portrait.contours import LID, LID_COLUMNS
from a2f_server.portrait.part import MeshPart, grid_triangles

RINGS = np.array([1, 2, 3, 4])
"""The rings of the lids that are copied: from the lashes to above the crease."""
UPPER = np.arange(LID_COLUMNS // 2, -1, -1)
"""The columns of the upper lid, from smaller to larger x."""
BEHIND, FORWARD = 0.012, 0.03
"""Distance of the copy behind the skin, and distance that a blink brings it forward, in units."""
WIDE, TALL = 64, 16
"""Pixels of the patch."""
EVENED = 7.0
"""Pixels of the blur along the lid."""
ABOVE, LIFTED = 0.45, 0.5
"""A closed lid takes this share of the brightness of the skin so far above the strip, in its heights: an open lid is
folded, and in the shadow of its lashes."""


def part(face: MeshPart, side: str, picture: Image.Image, places: Float64Array, atlas: Atlas) -> MeshPart:
    """Returns the copy for one eye. `places` are the pixels of the skin's vertices in the picture, `[n, 2]`."""
    rows = layout.LIDS[side][np.ix_(RINGS, UPPER)]
    left, top = atlas.add(_evened(picture, places[rows]))
    u, v = np.meshgrid(np.linspace(0, 1, len(UPPER)), (LID[RINGS] - LID[RINGS[0]]) / np.ptp(LID[RINGS]))
    place = np.stack([left + 0.5 + u * (WIDE - 1), top + 0.5 + (1 - v) * (TALL - 1)], axis=-1)
    flat = rows.ravel()
    moves = {name: move[flat].copy() for name, move in face.moves.items() if np.abs(move[flat]).max() > 0}
    full = np.clip(1 - around(LID_COLUMNS)[UPPER] ** 2, 0, 1)
    moves[f"eyeBlink{side}"][:, 2] += np.tile(FORWARD * np.sqrt(full), len(RINGS))
    return MeshPart(
        face.at[flat] - [0, 0, BEHIND],
        grid_triangles(*rows.shape),
        place.reshape(-1, 2),
        face.color[flat],
        face.head[flat],
        moves,
        {name: shade[flat] for name, shade in face.shades.items() if np.abs(shade[flat]).max() > 0},
    )


def _evened(picture: Image.Image, places: Float64Array) -> Image.Image:
    """Returns the strip of pixels at places `[4, 17, 2]`, blurred along the lid, less so towards its borders."""
    u = np.linspace(0, places.shape[1] - 1, WIDE)
    t = np.interp(np.linspace(1, 0, TALL), (LID[RINGS] - LID[RINGS[0]]) / np.ptp(LID[RINGS]), np.arange(len(RINGS)))
    grid = np.stack(np.meshgrid(u, t), axis=-1) + 0.5
    colors = pixels.sample(np.asarray(picture, np.float64), pixels.sample(places, grid))
    even = _lifted(_blurred(colors), np.asarray(picture, np.float64), places)
    across, up = np.linspace(-1, 1, WIDE)[None], np.linspace(1, 0, TALL)[:, None]
    share = smooth(1.0, 0.75, np.abs(across)) * smooth(1.0, 0.6, up)
    mixed = colors + (even - colors) * share[..., None]
    return Image.fromarray(np.clip(np.rint(mixed), 0, 255).astype(np.uint8))


def _lifted(even: Float64Array, picture: Float64Array, places: Float64Array) -> Float64Array:
    """Returns a blurred strip `[16, 64, 3]` as bright as the skin above it, if that is brighter."""
    above = pixels.sample(picture, places[-1] + ABOVE * (places[-1] - places[0]))
    middle = above[len(above) // 4 : -(len(above) // 4)]
    skin = np.median(middle.reshape(-1, 3), axis=0)
    gain = np.maximum(skin / np.maximum(np.median(even.reshape(-1, 3), axis=0), 1.0), 1.0)
    gain = gain.min() ** 0.7 * gain**0.3
    across = np.linspace(-1, 1, WIDE)[None, :, None]
    return np.asarray(even * (1 + LIFTED * smooth(0.9, 0.2, np.abs(across)) * (gain - 1)))


def _blurred(colors: Float64Array) -> Float64Array:
    """Blurs along rows; the ends are continued."""
    reach = int(2.5 * EVENED)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / EVENED) ** 2)
    padded = np.pad(colors, ((0, 0), (reach, reach), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel), axis=1)
    return np.asarray(windows @ (kernel / kernel.sum()))
