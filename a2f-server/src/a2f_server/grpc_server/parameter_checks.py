"""Checks the named parameters of NVIDIA's clients: unknown ones are ignored, values out of range are clamped."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from a2f_server import arkit
from a2f_server.errors import BadMessage
from a2f_server.grpc_server.notices import Notices, listed

MOST_ENTRIES = 512
"""Entries of a map."""


def known(
    wanted: Mapping[str, float], names: Collection[str], what: str, notices: Notices, *, silent: Collection[str] = ()
) -> dict[str, float]:
    """Returns the entries with known names. `silent`: names to ignore without a warning.

    Raises BadMessage for values that are not finite numbers, and for more than MOST_ENTRIES entries.
    """
    if len(wanted) > MOST_ENTRIES:
        raise BadMessage(f"{what}: {len(wanted)} entries are more than the {MOST_ENTRIES} that this server takes")
    for name, value in wanted.items():
        finite(value, f"{what} {name[:40]!r}")
    if unknown := [name for name in wanted if name not in names and name not in silent]:
        notices.warn(f"unknown {what} ignored: {listed(unknown)}")
    return {name: value for name, value in wanted.items() if name in names}


def within(value: float, least: float, most: float, what: str, notices: Notices) -> float:
    """Returns the value clamped to its range."""
    if not least <= value <= most:
        notices.warn(f"{what} is {value:g}: clamped to the range {least:g} to {most:g}")
    return min(max(value, least), most)


def finite(value: float, what: str) -> float:
    """Returns the value. Raises BadMessage for NaN and infinity."""
    if not math.isfinite(value):
        raise BadMessage(f"{what} is not a finite number")
    return value


def emotions(wanted: Mapping[str, float], notices: Notices) -> dict[str, float]:
    """Returns the emotions that this server knows, each 0-1. Raises BadMessage."""
    found = known(wanted, arkit.EMOTIONS, "emotions", notices)
    return {name: within(value, 0, 1, f"emotion {name!r}", notices) for name, value in found.items()}
