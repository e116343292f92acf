"""The checks of `a2f-server doctor`, in the order of the report. A new check is one new file and one line here."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a2f_server.doctor.contract import CheckFunction

CHECKS = {
    "python": "python",
    "packages": "packages",
    "extras": "extras",
    "settings": "settings",
    "keys": "keys",
    "network": "network",
    "ports": "ports",
    "certificate": "certificate",
    "onnxruntime": "runtime",
    "gpu": "gpu",
    "model": "model",
    "voice": "voice",
    "profiles": "motion_profiles",
    "live": "live_targets",
    "resources": "resources",
}
"""Names, and the modules in `checks/` whose function `check` looks."""


def load(name: str) -> CheckFunction:
    """Returns the check with this name."""
    check: CheckFunction = resolve_name(f"a2f_server.doctor.checks.{CHECKS[name]}:check")
    return check
