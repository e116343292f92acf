"""Records of the emulator's traffic, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass
class TurnRecord:
    """One request. Times are those of `time.perf_counter`."""

    request_id: str
    ssml: str
    format: str
    connection: int
    """Number of its connection, from 1."""
    asked: float
    """Arrival of the SSML."""
    sounded: float | None = None
    """Departure of the first audio."""
    sent: int = 0
    """Bytes of audio sent so far."""
    state: Literal["open", "done", "cancelled", "failed"] = "open"
    """`cancelled` by the client, or `failed` in the emulator."""


@dataclass
class Records:
    """Everything that the emulator has received."""

    handshakes: int = 0
    """Connection attempts, including refused ones."""
    connections: int = 0
    """Connections opened so far."""
    open: int = 0
    """Connections currently open."""
    turns: list[TurnRecord] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    """Tokens issued."""
    voice_lists: int = 0
    """Requests for the list of voices."""
