"""Paints what closed lips hide: teeth with gums, the tongue, and the dark mouth cavity."""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image

from a2f_server.face_shapes.vectors import Float64Array, bell, smooth
from a2f_server.portrait.light import GREY, Light

ENAMEL, NECK, EDGE = np.array([0.95, 0.9, 0.8]), np.array([0.89, 0.78, 0.62]), np.array([0.88, 0.84, 0.76])
GUM, GUM_DARK = np.array([0.74, 0.4, 0.39]), np.array([0.5, 0.22, 0.22])
TONGUE, TONGUE_DARK = np.array([0.8, 0.44, 0.42]), np.array([0.52, 0.22, 0.21])
DARK = np.array([0.27, 0.09, 0.08])
UPPER_WIDTHS = np.array([0.225, 0.175, 0.185, 0.17, 0.16, 0.16])
LOWER_WIDTHS = np.array([0.145, 0.155, 0.175, 0.18, 0.18, 0.18])
"""Width of each tooth from the middle outwards, as a share of half the row."""
CROWN = 0.6
"""Height of a crown, as a share of the patch; the rest is gum."""
SIZES = {"upper": (224, 80), "lower": (192, 72), "tongue": (96, 96), "dark": (16, 16)}
USUAL_SKIN = np.array([0.86, 0.66, 0.56])


def patches(light: Light) -> dict[str, Image.Image]:
    """Returns the patches in the light of a picture."""
    brightness = float(np.clip(light.skin @ GREY / (USUAL_SKIN @ GREY), 0.35, 1.05))
    tint = (light.skin / USUAL_SKIN) ** 0.3
    tint = light.tinted(tint / (tint @ GREY))
    found = {}
    for name, colors in _painted().items():
        grey = (colors @ GREY)[..., None]
        lit = (grey + (colors - grey) * light.colorful) * tint * brightness
        found[name] = Image.fromarray(np.rint(np.clip(lit, 0, 1) * 255).astype(np.uint8))
    return found


@cache
def _painted() -> dict[str, Float64Array]:
    return {
        "upper": _teeth(*SIZES["upper"], UPPER_WIDTHS),
        "lower": _teeth(*SIZES["lower"], LOWER_WIDTHS),
        "tongue": _tongue(*SIZES["tongue"]),
        "dark": np.tile(DARK, (SIZES["dark"][1], SIZES["dark"][0], 1)),
    }


def _mixed(base: Float64Array, other: Float64Array, share: Float64Array) -> Float64Array:
    return np.asarray(base + (other - base) * np.asarray(share)[..., None])


def _grid(width: int, height: int) -> tuple[Float64Array, Float64Array]:
    """Returns x from −1 to 1, and y from 0 at the bottom to 1 at the top, of the pixel centres."""
    x = (np.arange(width) + 0.5) / width * 2 - 1
    y = 1 - (np.arange(height) + 0.5) / height
    return np.broadcast_to(x, (height, width)), np.broadcast_to(y[:, None], (height, width))


def _teeth(width: int, height: int, widths: Float64Array) -> Float64Array:
    """Paints a row of teeth with the biting edge at the bottom."""
    x, y = _grid(width, height)
    edges = np.concatenate([[0], np.cumsum(widths / widths.sum())])
    tooth = np.clip(np.searchsorted(edges, np.abs(x), side="right") - 1, 0, len(widths) - 1)
    within = np.abs((np.abs(x) - edges[tooth]) / (edges[tooth + 1] - edges[tooth]) * 2 - 1)
    short = np.array([0.0, 0.045, 0.015, 0.06, 0.08, 0.1])[tooth]
    bottom = 0.03 + short + 0.06 * within**4
    gum = CROWN * (1 - 0.06 * (tooth == 1)) - 0.09 * within**2.5
    up = np.clip((y - bottom) / (gum - bottom), 0, 1)
    color = _mixed(np.broadcast_to(ENAMEL, (*x.shape, 3)), NECK, smooth(0.55, 1.0, up))
    color = _mixed(color, EDGE, 0.7 * smooth(0.18, 0.0, up))
    color = color * (1 - 0.13 * smooth(0.55, 1, within))[..., None]
    color = _mixed(color, GUM_DARK, 0.75 * smooth(0.9, 1.0, within) * (0.5 + 0.5 * smooth(0.5, 0.0, up)))
    gums = _mixed(np.broadcast_to(GUM, color.shape), GUM_DARK, smooth(CROWN, 1.0, y) * 0.8 + 0.25 * within**2)
    color = _mixed(color, gums, smooth(gum - 0.025, gum + 0.025, y))
    return _mixed(color, DARK, smooth(bottom + 0.02, bottom - 0.02, y))


def _tongue(width: int, height: int) -> Float64Array:
    """Paints the tongue: its tip at the bottom, its root at the top."""
    x, y = _grid(width, height)
    color = _mixed(np.broadcast_to(TONGUE, (*x.shape, 3)), TONGUE_DARK, smooth(0.55, 1.0, np.abs(x)) * 0.7)
    color = _mixed(color, TONGUE_DARK, 0.35 * bell(x, 0.09) * smooth(0.15, 0.4, y))
    rough = np.sin(x * 43 + np.sin(y * 31) * 2) * np.sin(y * 47 + np.sin(x * 29) * 2)
    return np.asarray(color * (1 + 0.025 * rough)[..., None])
