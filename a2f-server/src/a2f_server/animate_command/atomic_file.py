"""Writes files as a whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

_NUMBERS = count()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields the path of a temporary file beside `path`, with the same suffix, which then becomes `path`.

    If the block raises, nothing is left of it. Folders are created. Raises OSError; it names `path`, not the temporary
    file.
    """
    make_folder(path.parent)
    temporary = path.parent / f".a2f-{os.getpid()}-{next(_NUMBERS)}{path.suffix}"
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise (naming(path, error) if error.filename in (None, str(temporary)) else error) from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def make_folder(path: Path) -> None:
    """Creates a folder and those above it. Raises OSError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, "there is a file of this name, not a folder", error.filename) from None


def naming(path: Path, error: OSError) -> OSError:
    """Returns the error as one of this path."""
    return OSError(error.errno, error.strerror or str(error), str(path))
