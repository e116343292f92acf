"""Waits for other threads and processes."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 20.0
"""Seconds after which a waiting test fails."""


def until(condition: Callable[[], object], patience: float = PATIENCE) -> None:
    """Returns as soon as the condition holds; fails after `patience` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true"
        time.sleep(0.005)
