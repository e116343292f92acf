"""Runs the checks and prints what they find, as text or JSON. Secrets are replaced wherever they appear."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from pydantic import SecretStr

from a2f_server import __version__
from a2f_server.doctor.contract import CheckContext, CheckFunction, Finding, error
from a2f_server.settings import Settings

MARKS = {"ok": "✓", "info": "·", "warning": "!", "error": "✗"}
HIDDEN = "********"


@dataclass(frozen=True)
class Line:
    """A finding and the name of its check."""

    check: str
    finding: Finding


def examine(checks: Mapping[str, CheckFunction], context: CheckContext) -> Iterator[Line]:
    """Yields the findings as they come. A check that raises is an error of its own."""
    for name, check in checks.items():
        try:
            for finding in check(context):
                yield Line(name, _without_secrets(finding, context.settings))
        except Exception as failure:
            yield Line(name, _failed(failure, context.settings))


def text(line: Line) -> str:
    """Returns a finding for people, its remedy on a line of its own."""
    finding = line.finding
    indent = " " * 16
    body = f"{MARKS[finding.status]} {line.check:<13} " + finding.message.replace("\n", f"\n{indent}")
    return f"{body}\n{indent}→ {finding.remedy}" if finding.remedy else body


def summary(lines: Sequence[Line]) -> str:
    """Returns the last line of the text."""
    counts = {status: sum(line.finding.status == status for line in lines) for status in ("error", "warning")}
    parts = [f"{count} {status}{'s' if count > 1 else ''}" for status, count in counts.items() if count]
    return ", ".join(parts) or "no problems found"


def as_json(lines: Iterable[Line]) -> str:
    """Returns all findings for programs."""
    lines = list(lines)
    findings = [{"check": line.check, **asdict(line.finding)} for line in lines]
    return json.dumps({"version": __version__, "healthy": not failed(lines), "findings": findings}, indent=2)


def failed(lines: Iterable[Line]) -> bool:
    """Returns True if the server cannot do its work."""
    return any(line.finding.status == "error" for line in lines)


def _failed(failure: Exception, settings: Settings) -> Finding:
    found = error(f"this check failed: {type(failure).__name__}: {failure}", "report this as a bug")
    return _without_secrets(found, settings)


def _without_secrets(finding: Finding, settings: Settings) -> Finding:
    message, remedy = finding.message, finding.remedy
    for value in (getattr(settings, name, None) for name in Settings.model_fields):
        if isinstance(value, SecretStr) and value.get_secret_value().strip():
            secret = value.get_secret_value().strip()
            message, remedy = message.replace(secret, HIDDEN), remedy and remedy.replace(secret, HIDDEN)
    return Finding(finding.status, message, remedy)
