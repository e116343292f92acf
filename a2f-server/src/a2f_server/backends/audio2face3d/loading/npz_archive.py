"""npz files, whose arrays are read by name and checked for type and shape."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np

from a2f_server.arrays import AnyArray, Float32Array, Int64Array
from a2f_server.backends.audio2face3d.loading import files

Shape = tuple[int | None, ...]
"""The shape of an array; None: any length."""


class NpzArchive:
    """An npz file. Arrays are read on demand; every method raises ValueError naming the file and the array."""

    def __init__(self, path: Path) -> None:
        files.check(path)
        self.path = path
        # opened here, because numpy leaves a file open if it does not recognise it
        self._file = path.open("rb")
        try:
            opened = np.load(self._file, allow_pickle=False)
        except Exception as error:  # numpy, zipfile and zlib raise all kinds of exceptions
            self._file.close()
            raise self._broken(error) from None
        if not isinstance(opened, np.lib.npyio.NpzFile):
            self._file.close()
            raise ValueError(f"{path} holds one array; expected an npz archive of several")  # noqa: TRY004 - not a wrong call
        self._opened = opened

    def __enter__(self) -> NpzArchive:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self._opened.files

    def floats(self, name: str, *shape: int | None) -> Float32Array:
        """Reads finite float32 numbers."""
        array = self._shaped(name, shape)
        if array.dtype != np.float32:
            raise self._wrong_type(name, array, "float32")
        if not np.isfinite(array).all():
            bad = int(array.size - np.isfinite(array).sum())
            raise ValueError(f"{self.path}: {name} has {bad} values that are NaN or infinite; expected none")
        return cast(Float32Array, array)

    def wholes(self, name: str, *shape: int | None) -> Int64Array:
        """Reads integers of any width."""
        array = self._shaped(name, shape)
        if not np.issubdtype(array.dtype, np.integer):
            raise self._wrong_type(name, array, "int32")
        return array.astype(np.int64)

    def texts(self, name: str) -> tuple[str, ...]:
        """Reads a list of ASCII names."""
        array = self._shaped(name, (None,))
        if array.dtype.kind not in "SU":
            raise self._wrong_type(name, array, "texts")
        try:
            return tuple(str(x) if array.dtype.kind == "U" else bytes(x).decode("ascii") for x in array)
        except UnicodeDecodeError:
            raise ValueError(f"{self.path}: {name} has characters beyond ASCII") from None

    def fault(self, name: str, found: str, expected: str) -> ValueError:
        """Returns the error for an array that is not as expected."""
        return ValueError(f"{self.path}: {name} {found}; expected {expected}")

    def _shaped(self, name: str, shape: Shape) -> AnyArray:
        array = self._array(name)
        fits = len(array.shape) == len(shape) and all(
            b is None or a == b for a, b in zip(array.shape, shape, strict=True)
        )
        if not fits:
            raise self.fault(name, f"has the shape {_written(array.shape)}", _written(shape))
        return array

    def _array(self, name: str) -> AnyArray:
        if name not in self:
            raise ValueError(f"{self.path}: the array {name} is missing; there are {', '.join(self._opened.files)}")
        try:
            return self._opened[name]
        except Exception as error:  # numpy, zipfile and zlib raise all kinds of exceptions
            raise self._broken(error, f"; its array {name} cannot be read") from None

    def _wrong_type(self, name: str, array: AnyArray, expected: str) -> ValueError:
        return self.fault(name, f"is of type {array.dtype}", expected)

    def _broken(self, error: Exception, which: str = "") -> ValueError:
        return ValueError(f"{self.path} is not an npz archive, or it is damaged{which} ({error}); fetch it again")


def _written(shape: Shape) -> str:
    return "(" + ", ".join("any" if n is None else str(n) for n in shape) + ")"
