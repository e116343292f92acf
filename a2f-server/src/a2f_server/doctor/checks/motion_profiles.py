"""The motion profiles of A2F_PROFILES."""

from __future__ import annotations

from collections.abc import Iterator

from a2f_server.doctor.contract import CheckContext, Finding, error, ok
from a2f_server.motion import profiles


def check(context: CheckContext) -> Iterator[Finding]:
    """Checks that they can be read."""
    try:
        loaded = profiles.load(context.settings.profiles)
    except ValueError as failure:
        yield error(str(failure), "correct the file; docs/motion.md shows its format")
        return
    yield ok(f"{len(loaded.names)} profiles: {', '.join(loaded.names)}")
