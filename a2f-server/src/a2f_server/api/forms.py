"""The forms of an answer over HTTP that `Accept` chooses from, and events as lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from a2f_server.api.turn import encode_json
from a2f_server.errors import BadMessage

NDJSON, SSE, CSV, JSON = "application/x-ndjson", "text/event-stream", "text/csv", "application/json"

Event = tuple[str, dict[str, object]]
"""A kind and its fields."""


def accepted(accept: str, forms: Sequence[str]) -> str:
    """The first of `forms` that the header names; JSON where anything will do. Raises BadMessage."""
    for part in accept.split(","):
        form = part.partition(";")[0].strip().lower()
        if form in forms:
            return form
        if form in ("", "*/*", "application/*"):
            return JSON
    raise BadMessage(f"Accept names nothing that is written here; ask for {', '.join(forms)}")


def _ndjson(kind: str, event: dict[str, object]) -> str:
    return encode_json({"type": kind, **event}) + "\n"


def _sse(kind: str, event: dict[str, object]) -> str:
    return f"event: {kind}\ndata: {encode_json(event)}\n\n"


LINES: dict[str, Callable[[str, dict[str, object]], str]] = {NDJSON: _ndjson, SSE: _sse}
"""The forms that are sent while they are computed."""
