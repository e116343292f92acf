"""Runs a server with cheap videos, whose brightness shows how wide the jaw is open; portraits are not made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from a2f_server.api.portrait_pool import PortraitPool
from a2f_server.errors import NoFace
from a2f_server.portrait.portrait import Portrait
from tests.browser.support.avatars import quad
from tests.support.faces import FlatFace
from tests.support.photos import SAMPLE
from tests.support.running import Running, run_server


class QuickMaker:
    """Finds a face only in the sample."""

    def make(self, picture: bytes, face: int = 0, *, crop: bool = True) -> Portrait:
        """Returns a tiny mesh."""
        if picture != SAMPLE:
            raise NoFace("there is no face in this picture; use a photo")
        return Portrait(quad(["jawOpen"]), 128, 128, 1, None)


@contextmanager
def run_videos(**settings: Any) -> Iterator[Running]:
    """Runs a server with the mock backend."""
    with run_server(video_size=128, video_sessions=8, **settings) as running:
        running.service.portraits = PortraitPool(QuickMaker)
        running.service.videos._load = lambda glb, width, height, label: FlatFace(width, height)
        yield running
