"""Waiting for something that other threads do."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 20.0
"""Seconds after which a test fails rather than waits."""


def until(condition: Callable[[], object], patience: float = PATIENCE) -> None:
    """Returns as soon as the condition holds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.005)
