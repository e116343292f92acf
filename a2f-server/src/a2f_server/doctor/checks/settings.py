"""The settings: whether the server would start with them."""

from __future__ import annotations

import os
from collections.abc import Iterator

from a2f_server import environment
from a2f_server.doctor.contract import CheckContext, Finding, error, ok, warning
from a2f_server.settings import Settings


def check(context: CheckContext) -> Iterator[Finding]:
    """Reports settings that stop the server, and names that are ignored."""
    if context.problem:
        yield error(context.problem, "correct it; all other checks use the defaults meanwhile")
        return
    chosen = sorted(context.settings.model_fields_set)
    names = ", ".join(f"A2F_{name.upper()}" for name in chosen)
    yield ok(f"{len(Settings.model_fields)} settings, of which these are set: {names or 'none'}")
    for name in environment.unknown([*os.environ, *environment.names_in(environment.FILE)]):
        yield warning(f"there is no setting {name}; it is ignored", "remove it: `a2f-server settings` lists all")
