"""Shading that depends on the shapes: folds of the skin, the crease of the lids, the shadow below the lip."""

from __future__ import annotations

import numpy as np

from a2f_server.face_shapes.rings import around, upper
from a2f_server.face_shapes.vectors import Float64Array, bell, smooth
from a2f_server.portrait import anatomy, layout
from a2f_server.portrait.contours import LID, LID_COLUMNS
from a2f_server.portrait.light import Light
from a2f_server.portrait.template import Template
from a2f_server.portrait.tissue import SIDES

WARM = np.array([0.55, 1.0, 1.1])
"""Skin gets redder in the shade."""
LASHES, CREASE = np.array([0.5, 0.1, 0, 0, 0, 0]), np.array([0, 0, 0.03, 0.1, 0.04, 0])
"""Shares by which a blink darkens the rings of the upper lid, at its edge and at its crease."""


def shades(template: Template, light: Light) -> dict[str, Float64Array]:
    """Returns changes of the linear factors of the skin's colour `[n, 3]` by shape."""
    at = template.at
    found = {"jawOpen": _below_lip(at)}
    for side, sign in SIDES.items():
        mirrored = at * [sign, 1, 1]
        found[f"mouthSmile{side}"] = _smile_fold(mirrored, template.landmarks)
        found[f"noseSneer{side}"] = _sneer_fold(mirrored, template.landmarks)
        found[f"browDown{side}"] = 0.08 * bell(np.hypot((mirrored[:, 0] - 0.05) * 2.5, at[:, 1] - 0.42), 0.08)
        found[f"eyeBlink{side}"] = np.zeros(len(at))
        found[f"eyeBlink{side}"][layout.LIDS[side]] = _lid()
    return {name: darker(shade, light.tinted(WARM)) for name, shade in found.items()}


def darker(shade: Float64Array, warm: Float64Array) -> Float64Array:
    """Converts how much darker something looks, 0–1, to changes of linear factors `[…, 3]`; `warm` scales colours."""
    return np.asarray((1 - np.clip(shade[..., None] * warm, 0, 1)) ** 2.2 - 1)


def _lid() -> Float64Array:
    q, side = around(LID_COLUMNS), upper(LID_COLUMNS)
    above = np.clip(1 - q * q, 0, 1) ** 0.4 * (side > 0)
    below = 0.25 * (LID == 0)[:, None] * (side < 0)
    return np.asarray((LASHES + CREASE)[:, None] * above + below)


def _smile_fold(at: Float64Array, face: Float64Array) -> Float64Array:
    """Darkens the fold from the wing of the nose past the corner of the mouth."""
    wing, corner = face[anatomy.LEFT_WING], face[anatomy.OUTER_UPPER_LIP[-1]]
    start, end = wing[:2] + np.array([0.06, 0.0]), corner[:2] + np.array([0.13, -0.06])
    along = np.clip(((at[:, :2] - start) @ (end - start)) / ((end - start) @ (end - start)), 0, 1)
    bow = 0.03 * np.sin(np.pi * along)
    off = np.linalg.norm(at[:, :2] - start - along[:, None] * (end - start) - np.stack([bow, 0 * bow], axis=-1), axis=1)
    strength = smooth(0, 0.3, along) * smooth(1.05, 0.6, along) + 0.15
    return np.asarray(0.15 * bell(off, 0.032) * strength * (at[:, 0] > 0.05))


def _sneer_fold(at: Float64Array, face: Float64Array) -> Float64Array:
    wing = face[anatomy.LEFT_WING]
    return np.asarray(0.18 * bell(np.hypot(at[:, 0] - wing[0] - 0.05, (at[:, 1] - wing[1] - 0.03) * 0.7), 0.05))


def _below_lip(at: Float64Array) -> Float64Array:
    """Darkens the hollow between lip and chin, and the inner side of the lower lip's edge."""
    hollow = 0.1 * bell(np.hypot(at[:, 0] * 0.45, at[:, 1] + 0.63), 0.07)
    hollow[layout.RED] = 0
    return hollow
