"""Options of the emulator."""

from __future__ import annotations

from dataclasses import dataclass

from a2f_server.azure_emulator.failures import Failure


@dataclass(frozen=True, slots=True)
class EmulatorOptions:
    fail: Failure | None = None
    """Failure of every request; the name of a voice can select one per request (failures.py)."""
    pace: float = 8.0
    """Seconds of audio sent per second; 0 or infinity: unlimited."""
    delay: float = 0.05
    """Seconds before the first audio, in addition to synthesis."""
    key: str | None = None
    """Key that clients must send; None: no authentication."""
