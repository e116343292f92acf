"""Recordings: audio files, and the phones in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from a2f_server.audio.files import DecodedAudio, decode_file
from a2f_server.errors import A2FError
from training.phones import Phone

LONGEST = 3600.0
"""Maximum length of a recording, in seconds."""


class EvaluationError(Exception):
    """A file, folder or server is unusable; the message says what to do."""


@dataclass(frozen=True)
class AlignedRecording:
    """A file and the phones in it; `seconds` is its length according to the list."""

    path: Path
    speaker: str
    seconds: float
    phones: tuple[Phone, ...]
    groups: tuple[str, ...] = ()
    """Groups that it is also counted with, such as its language."""


def read(path: Path) -> DecodedAudio:
    """Decodes a recording. Raises EvaluationError if it is missing or not audio."""
    try:
        return decode_file(path.read_bytes(), LONGEST)
    except OSError:
        raise EvaluationError(f"{path} is missing or cannot be read; it is listed as a recording") from None
    except A2FError as error:
        raise EvaluationError(f"{path}: {error.message}") from None
