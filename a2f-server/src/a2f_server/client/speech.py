"""Speech from the server, and the face that moves with it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from a2f_server.client.errors import NotAServer
from a2f_server.clip import FaceClip


@dataclass(frozen=True)
class Speech:
    """A text as audio and animation."""

    wav: bytes
    """The audio as a WAV file."""
    sample_rate: int
    """Hz."""
    clip: FaceClip
    visemes: Sequence[Mapping[str, Any]]
    """`{time, id}`: seconds, and Azure's id."""
    words: Sequence[Mapping[str, Any]]
    """`{time, duration, text}`."""
    problems: Sequence[str]
    """Failures that concern only the face."""

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """Reads the answer of `POST /v1/speak`. Raises NotAServer."""
        try:
            return cls(
                base64.b64decode(fields["audio"]),
                int(fields["sample_rate"]),
                FaceClip.from_json(fields),
                fields["visemes"],
                fields["words"],
                [str(error.get("message")) for error in fields["errors"]],
            )
        except (KeyError, ValueError, TypeError, AttributeError):
            raise NotAServer("the answer is not that of an a2f-server") from None
