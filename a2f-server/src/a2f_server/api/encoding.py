"""JSON as it is sent."""

from __future__ import annotations

import json
from typing import Any


def encode_json(message: Any) -> str:
    """Returns compact JSON."""
    return json.dumps(message, separators=(",", ":"))
