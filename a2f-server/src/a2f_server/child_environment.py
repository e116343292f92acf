"""Environment variables of child processes."""

from __future__ import annotations

import os

NEEDED = {
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "ESPEAK_DATA_PATH"),
    *("SYSTEMROOT", "WINDIR", "TEMP", "TMP", "USERPROFILE"),  # Windows
}
"""Environment variables that child processes get."""


def child_environment() -> dict[str, str]:
    """Returns what a program needs to run and to find libraries: no keys, no tokens."""
    return {name: value for name, value in os.environ.items() if name.upper() in NEEDED}
