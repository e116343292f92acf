"""Recordings: files of sound, and the phones in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from a2f_server.audio.files import DecodedAudio, decode_file
from a2f_server.errors import A2FError
from training.evaluation.phones import Said

LONGEST = 3600.0
"""Seconds of a recording."""


class Unusable(Exception):
    """A file, folder or server that cannot be measured with; says what to do."""


@dataclass(frozen=True)
class Recording:
    """A file and the phones in it; `seconds` is its length as the list tells it."""

    path: Path
    speaker: str
    seconds: float
    said: tuple[Said, ...]


def read(path: Path) -> DecodedAudio:
    """A recording. Raises Unusable where it is missing or no audio."""
    try:
        return decode_file(path.read_bytes(), LONGEST)
    except OSError:
        raise Unusable(f"{path} is missing or cannot be read; it is listed as a recording") from None
    except A2FError as error:
        raise Unusable(f"{path}: {error.message}") from None
