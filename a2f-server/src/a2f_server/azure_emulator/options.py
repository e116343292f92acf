"""How the emulator behaves."""

from __future__ import annotations

from dataclasses import dataclass

from a2f_server.azure_emulator.failures import Failure


@dataclass(frozen=True, slots=True)
class EmulatorOptions:
    """See each."""

    fail: Failure | None = None
    """How every request fails; a voice's name can choose for one (failures.py)."""
    pace: float = 8.0
    """Seconds of sound that are sent per second; 0 or infinity: as fast as can be."""
    delay: float = 0.05
    """Seconds before the first sound, over and above what the voice takes."""
    key: str | None = None
    """What clients must show; without one everybody may talk."""
