"""npz files whose arrays are asked for by name, type and shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from a2f_server.backends.audio2face3d.parts import Floats
from a2f_server.backends.audio2face3d.reading import files

Shape = tuple[int | None, ...]
"""None: any length."""


class Archive:
    """Arrays are read when they are asked for. Every reading raises ValueError with a sentence."""

    def __init__(self, path: Path) -> None:
        files.check(path)
        self.path = path
        # numpy leaves a file open whose beginning it does not like
        self._file = path.open("rb")
        try:
            opened = np.load(self._file, allow_pickle=False)
        except Exception as error:  # whatever numpy, zipfile and zlib come up with
            self._file.close()
            raise self._broken(error) from None
        if not isinstance(opened, np.lib.npyio.NpzFile):
            self._file.close()
            raise ValueError(f"{path} holds one array; expected an npz archive of several")  # noqa: TRY004 - a file is wrong, no call
        self._opened = opened

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self._opened.files

    def floats(self, name: str, *shape: int | None) -> Floats:
        """Finite float32."""
        array = self._shaped(name, shape)
        if array.dtype != np.float32:
            raise self._wrong_type(name, array, "float32")
        if not np.isfinite(array).all():
            bad = int(array.size - np.isfinite(array).sum())
            raise ValueError(f"{self.path}: {name} has {bad} values that are NaN or infinite; expected none")
        return cast(Floats, array)

    def wholes(self, name: str, *shape: int | None) -> NDArray[np.int64]:
        """Integers of any width."""
        array = self._shaped(name, shape)
        if not np.issubdtype(array.dtype, np.integer):
            raise self._wrong_type(name, array, "int32")
        return array.astype(np.int64)

    def texts(self, name: str) -> tuple[str, ...]:
        """A row of ASCII names."""
        array = self._shaped(name, (None,))
        if array.dtype.kind not in "SU":
            raise self._wrong_type(name, array, "texts")
        try:
            return tuple(str(x) if array.dtype.kind == "U" else bytes(x).decode("ascii") for x in array)
        except UnicodeDecodeError:
            raise ValueError(f"{self.path}: {name} has letters beyond ASCII") from None

    def fault(self, name: str, found: str, expected: str) -> ValueError:
        """The sentence for an array that is not what it must be."""
        return ValueError(f"{self.path}: {name} {found}; expected {expected}")

    def _shaped(self, name: str, shape: Shape) -> NDArray[Any]:
        array = self._array(name)
        fits = len(array.shape) == len(shape) and all(
            b is None or a == b for a, b in zip(array.shape, shape, strict=True)
        )
        if not fits:
            raise self.fault(name, f"has the shape {_written(array.shape)}", _written(shape))
        return array

    def _array(self, name: str) -> NDArray[Any]:
        if name not in self:
            raise ValueError(f"{self.path}: the array {name} is missing; there are {', '.join(self._opened.files)}")
        try:
            return self._opened[name]
        except Exception as error:  # whatever numpy, zipfile and zlib come up with
            raise self._broken(error, f"; its array {name} cannot be read") from None

    def _wrong_type(self, name: str, array: NDArray[Any], expected: str) -> ValueError:
        return self.fault(name, f"is of type {array.dtype}", expected)

    def _broken(self, error: Exception, which: str = "") -> ValueError:
        return ValueError(f"{self.path} is no npz archive, or it is cut or changed{which} ({error}); fetch it again")


def _written(shape: Shape) -> str:
    return "(" + ", ".join("any" if n is None else str(n) for n in shape) + ")"
