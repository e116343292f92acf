"""Runs a server whose videos are grey pictures, for tests of calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.faces import FlatFace
from tests.support.running import Running, run_server


@contextmanager
def calling(**settings: Any) -> Iterator[Running]:
    """Runs a server whose faces are `FlatFace`s."""
    with run_server(**settings) as server:
        with_flat_faces(server)
        yield server


def with_flat_faces(server: Running) -> list[bytes]:
    """Returns the GLBs that the server draws from now on."""
    drawn: list[bytes] = []

    def load(glb: bytes, width: int, height: int, label: bool) -> FlatFace:
        drawn.append(glb)
        return FlatFace(width, height)

    server.service.videos.load = load
    return drawn


def free(server: Running) -> bool:
    """Returns whether no call holds resources."""
    service = server.service
    return not (len(service.calls) or service.engine.slots.taken or service.videos.capacity.taken)
