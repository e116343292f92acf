"""Chooses the number of processes that serve clients."""

from __future__ import annotations

from a2f_server.cores import usable_cores
from a2f_server.settings import Settings

MOST = 8
"""Workers that A2F_WORKERS=0 starts at most: each takes memory, whether there are clients or not."""


def worker_count(settings: Settings) -> int:
    """Returns the number of workers that the settings ask for. Raises ValueError if they cannot have several.

    Programs on A2F_LIVELINK and A2F_VMC show one face: one process chooses whose.
    """
    one_face = settings.livelink or settings.vmc
    if one_face and settings.workers > 1:
        raise ValueError("A2F_LIVELINK and A2F_VMC show one face at a time: they need A2F_WORKERS=1 (--workers 1)")
    return 1 if one_face else settings.workers or min(usable_cores(), MOST)
