"""Writes files as a whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

_NUMBERS = count()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields the path of a temporary file beside `path`, with the same suffix, which then becomes `path`.

    If the block raises, nothing is left of it. Folders are created. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".a2f-{os.getpid()}-{next(_NUMBERS)}{path.suffix}"
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
