"""JSON files with checked values: an error names the file and the key, and says what was found and expected."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from a2f_server.arrays import BoolArray, Float64Array, Int64Array
from a2f_server.backends.audio2face3d.loading import files

SHOWN = 60
"""Characters of a wrong value that an error shows."""


class JsonDocument:
    """An object of a JSON file. Every method raises ValueError naming the file and the key."""

    def __init__(self, path: Path, content: Any, at: str = "") -> None:
        self.path, self._at = path, at
        if not isinstance(content, dict):
            found = f"{at or 'the file'} holds {shown(content)}"
            raise ValueError(f"{path}: {found}; expected an object with named values")  # noqa: TRY004 - not a wrong call
        self._content: dict[str, Any] = content

    @classmethod
    def read(cls, path: Path) -> JsonDocument:
        """Reads a whole file."""
        raw = files.read(path)
        try:
            content = json.loads(raw.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:  # ValueError also covers numbers with too many digits
            raise ValueError(f"{path}: this is not JSON ({error})") from None
        return cls(path, content)

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def section(self, key: str) -> JsonDocument:
        """Returns a nested object."""
        return JsonDocument(self.path, self._value(key, "an object"), self._name(key))

    def sections(self, key: str) -> list[JsonDocument]:
        """Returns a list of objects."""
        return [JsonDocument(self.path, x, f"{self._name(key)}[{i}]") for i, x in enumerate(self._list(key, "objects"))]

    def text(self, key: str) -> str:
        """Returns a printable text: not empty, no control characters, no lone surrogates."""
        value = self._value(key, "a text")
        if not _is_text(value):
            raise self.fault(key, "a text")
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Returns a list of texts."""
        values = self._list(key, "texts")
        if not all(map(_is_text, values)):
            raise self.fault(key, "a list of texts")
        return tuple(values)

    def word(self, key: str) -> str:
        """Returns a text, or a number as it is written, such as a version."""
        value = self._value(key, "a text")
        return repr(value) if _is_number(value) else self.text(key)

    def whole(self, key: str, least: int = 0, most: int = 2**31) -> int:
        """Returns a whole number within bounds."""
        value = self._value(key, "a whole number")
        if not _is_whole(value) or not least <= value <= most:
            raise self.fault(key, f"a whole number from {least} to {most}")
        return int(value)

    def number(self, key: str) -> float:
        """Returns a finite number."""
        value = self._value(key, "a number")
        if not _is_number(value):
            raise self.fault(key, "a finite number")
        return float(value)

    def numbers(self, key: str, count: int) -> Float64Array:
        """Returns exactly `count` finite numbers."""
        values = self._counted(key, count, "finite numbers")
        if not all(map(_is_number, values)):
            raise self.fault(key, f"{count} finite numbers")
        return np.array(values, np.float64)

    def wholes(self, key: str, count: int) -> Int64Array:
        """Returns exactly `count` whole numbers."""
        values = self._counted(key, count, "whole numbers")
        if not all(map(_is_whole, values)):
            raise self.fault(key, f"{count} whole numbers")
        return np.array(values, np.int64)

    def flags(self, key: str, count: int) -> BoolArray:
        """Returns exactly `count` flags, written as 0 and 1 or false and true."""
        values = self._counted(key, count, "times 0 or 1")
        if any(isinstance(value, str | list | dict | None) or value not in {0, 1} for value in values):
            raise self.fault(key, f"{count} times 0 or 1")
        return np.array(values, bool)

    def fault(self, key: str, expected: str) -> ValueError:
        """Returns the error for a value of the wrong type or range."""
        return ValueError(f"{self.path}: {self._name(key)} is {shown(self._content.get(key))}; expected {expected}")

    def _counted(self, key: str, count: int, what: str) -> Sequence[Any]:
        values = self._list(key, what)
        if len(values) != count:
            raise ValueError(f"{self.path}: {self._name(key)} has {len(values)} entries; expected {count} {what}")
        return values

    def _list(self, key: str, what: str) -> list[Any]:
        value = self._value(key, f"a list of {what}")
        if not isinstance(value, list):
            raise self.fault(key, f"a list of {what}")
        return value

    def _value(self, key: str, expected: str) -> Any:
        if key not in self._content:
            there = ", ".join(self._content) or "nothing"
            raise ValueError(f"{self.path}: {self._name(key)} is missing; expected {expected}; there is {shown(there)}")
        return self._content[key]

    def _name(self, key: str) -> str:
        return f"{self._at}.{key}" if self._at else key


def shown(value: Any) -> str:
    """Formats a wrong value, shortened for an error message."""
    text = value if isinstance(value, str) and "," in value else json.dumps(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and value.isprintable()


def _is_whole(value: Any) -> bool:
    """Returns whether this is a whole number. 15.0 is one, since JSON has only one kind of number."""
    return _is_number(value) and value == int(value) and abs(value) < 2**62


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e30 and math.isfinite(value)
