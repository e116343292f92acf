"""The files of a bundle before they are read: there, whole, and not a stand-in for what Git LFS keeps elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

POINTER = b"version https://git-lfs"
"""How the text begins that stands where Git LFS did not fetch a file."""
GRAPH = 7
"""The number of the field in which an ONNX file keeps its graph (onnx.proto, `ModelProto`)."""
LENGTHS = {1: 8, 5: 4}
"""Bytes of a protocol buffer's field by its wire type, where that tells them."""


def inside(folder: Path, name: str, at: str) -> Path:
    """The file that a path in the bundle means; `at` says where it stands. Raises ValueError where it leads outside.

    Links are left alone: Hugging Face's cache is made of links to files outside of the folder.
    """
    clean = os.path.normpath(name.replace("\\", "/"))
    if os.path.isabs(clean) or clean.split(os.sep)[0] in {"..", "."} or ":" in clean:
        raise ValueError(f"{at} is {name!r}; expected a file inside of {folder}")
    return folder / clean


def check(path: Path) -> None:
    """Raises ValueError where a file is missing, unreadable, empty, or a pointer of Git LFS."""
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
    """A whole file, checked. Raises ValueError with a sentence."""
    check(path)
    return path.read_bytes()


def check_network(path: Path) -> None:
    """Raises ValueError where a file is no ONNX graph or is cut: cheap, since only its outermost lengths are read."""
    check(path)
    size = path.stat().st_size
    with path.open("rb") as file:
        found = set()
        while file.tell() < size:
            key = _varint(file.read)
            number, kind = (key >> 3, key & 7) if key is not None else (0, 0)
            found.add(number)
            length = 0 if kind == 0 else LENGTHS.get(kind, 0)
            value = _varint(file.read) if kind in {0, 2} else 0
            if not number or value is None or kind not in {0, 1, 2, 5}:
                raise ValueError(f"{path} is no ONNX file, or it is cut; fetch it again: a2f-server models pull")
            file.seek(value if kind == 2 else length, os.SEEK_CUR)
        if file.tell() > size:
            raise ValueError(f"{path} is cut: it has {size} bytes of at least {file.tell()}; fetch it again")
    if GRAPH not in found:
        raise ValueError(f"{path} is no ONNX file: it holds no graph")


def _beginning(path: Path) -> bytes | None:
    """None where there is no file."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(len(POINTER))


def _varint(read_: Callable[[int], bytes]) -> int | None:
    """A number of a protocol buffer; None where the file ends in it or it is none."""
    value = 0
    for shift in range(0, 64, 7):
        byte = read_(1)
        if not byte:
            return None
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    return None
