"""The shapes that speech moves, and their share in the lip aperture."""

from __future__ import annotations

import numpy as np

from a2f_server import arkit
from a2f_server.motion.emotion import APERTURE

MOUTH = np.array([i for i, name in enumerate(arkit.NAMES) if name.startswith(("jaw", "mouth", "cheekPuff", "tongue"))])
"""Columns of the shapes that speech moves."""

LIPS = np.array([APERTURE.get(arkit.NAMES[i], 0.0) for i in MOUTH])
"""Share of each of these in the lip aperture (emotion.py)."""
