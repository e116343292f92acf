"""What the emulator remembers of its visitors, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass
class TurnRecord:
    """One request; times are of `time.perf_counter`."""

    request_id: str
    ssml: str
    format: str
    connection: int
    """Which one it came over, counted from 1."""
    asked: float
    """When the SSML had arrived."""
    sounded: float | None = None
    """When the first sound left."""
    sent: int = 0
    """Bytes of sound that left so far."""
    state: Literal["open", "done", "cancelled", "failed"] = "open"
    """`cancelled` is the client's doing, `failed` the emulator's."""


@dataclass
class Records:
    """Everything that came in."""

    handshakes: int = 0
    """Connections that were tried, refused ones included."""
    connections: int = 0
    """Connections that were opened."""
    open: int = 0
    """Connections that are open."""
    turns: list[TurnRecord] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    """That were issued."""
    voice_lists: int = 0
    """How often the voices were asked for."""
