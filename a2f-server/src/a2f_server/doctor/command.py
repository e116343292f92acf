"""`a2f-server doctor`: examines this machine and the settings."""

from __future__ import annotations

import typer

from a2f_server import logs
from a2f_server.doctor import registry, report
from a2f_server.doctor.contract import CheckContext

PROBLEMS = 1
"""Exit status if something does not work."""


def run(context: CheckContext, *, as_json: bool, only: list[str]) -> None:
    """Prints the report. Raises Exit with PROBLEMS if there is an error, and ValueError for an unknown check."""
    unknown = sorted(set(only) - registry.CHECKS.keys())
    if unknown:
        raise ValueError(f"there is no check {unknown[0]}; there are {', '.join(registry.CHECKS)}")
    logs.configure("error", as_json=False)
    chosen = {name: registry.load(name) for name in registry.CHECKS if name in only or not only}
    lines = []
    for line in report.examine(chosen, context):
        lines.append(line)
        if not as_json:
            typer.echo(report.text(line))
    typer.echo(report.as_json(lines) if as_json else report.summary(lines))
    if report.failed(lines):
        raise typer.Exit(PROBLEMS)
