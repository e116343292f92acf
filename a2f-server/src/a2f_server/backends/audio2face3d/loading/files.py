"""Checks a bundle's files before they are read: present, complete, and not a Git LFS pointer."""

from __future__ import annotations

import os
from pathlib import Path

from a2f_server.onnx_runtime import protobuf
from a2f_server.onnx_runtime.initializers import GRAPH

POINTER = b"version https://git-lfs"
"""Beginning of the text that Git LFS leaves in place of a file that it did not fetch."""


def inside(folder: Path, name: str, at: str) -> Path:
    """Returns the file that a path in the bundle refers to. Raises ValueError, naming `at`, if it leads outside.

    Links are not resolved: Hugging Face's cache consists of links to files outside the folder.
    """
    clean = os.path.normpath(name.replace("\\", "/"))
    if os.path.isabs(clean) or clean.split(os.sep)[0] in {"..", "."} or ":" in clean:
        raise ValueError(f"{at} is {name!r}; expected a file inside of {folder}")
    return folder / clean


def check(path: Path) -> None:
    """Raises ValueError if a file is missing, unreadable, empty, or a Git LFS pointer."""
    try:
        beginning = _beginning(path)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    if beginning is None:
        raise ValueError(f"{path} is missing; fetch the whole bundle: a2f-server models pull")
    if not beginning:
        raise ValueError(f"{path} is empty; fetch it again: a2f-server models pull")
    if beginning == POINTER:
        raise ValueError(
            f"{path} is a pointer of Git LFS, not the file itself; run `git lfs pull` in {path.parent}, "
            "or fetch the bundle with a2f-server models pull"
        )


def read(path: Path) -> bytes:
    """Reads and checks a whole file. Raises ValueError with an actionable message."""
    check(path)
    return path.read_bytes()


def check_network(path: Path) -> None:
    """Raises ValueError if a file is not an ONNX graph, or is truncated. Fast: only reads the outermost lengths."""
    check(path)
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            ends = {field.number: field.end for field in protobuf.fields(file, size)}
    except ValueError:
        raise ValueError(
            f"{path} is not an ONNX file, or it is truncated; fetch it again: a2f-server models pull"
        ) from None
    if (end := max(ends.values())) > size:
        raise ValueError(f"{path} is truncated: it has {size} bytes of at least {end}; fetch it again")
    if GRAPH not in ends:
        raise ValueError(f"{path} is not an ONNX file: it holds no graph")


def _beginning(path: Path) -> bytes | None:
    """Returns the first bytes of a file; None if there is no file."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(len(POINTER))
