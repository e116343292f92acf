"""JSON files whose every mistake is a sentence: which file, which key, what was found, what was expected."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from a2f_server.backends.audio2face3d.reading import files

SHOWN = 60
"""Characters of a wrong value that a sentence shows."""


class Document:
    """An object of a JSON file. Every reading raises ValueError with a sentence."""

    def __init__(self, path: Path, content: Any, at: str = "") -> None:
        self.path, self._at = path, at
        if not isinstance(content, dict):
            found = f"{at or 'the file'} holds {shown(content)}"
            raise ValueError(f"{path}: {found}; expected an object with named values")  # noqa: TRY004 - a file is wrong
        self._content: dict[str, Any] = content

    @classmethod
    def read(cls, path: Path) -> Document:
        """A whole file."""
        raw = files.read(path)
        try:
            content = json.loads(raw.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:  # a number of too many digits is but a ValueError
            raise ValueError(f"{path}: this is no JSON ({error})") from None
        return cls(path, content)

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def section(self, key: str) -> Document:
        """An object in the object."""
        return Document(self.path, self._value(key, "an object"), self._name(key))

    def sections(self, key: str) -> list[Document]:
        """A list of objects."""
        return [Document(self.path, x, f"{self._name(key)}[{i}]") for i, x in enumerate(self._list(key, "objects"))]

    def text(self, key: str) -> str:
        """A text that can be shown: not empty, no control characters, no halves of letters."""
        value = self._value(key, "a text")
        if not _is_text(value):
            raise self.fault(key, "a text")
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        values = self._list(key, "texts")
        if not all(map(_is_text, values)):
            raise self.fault(key, "a list of texts")
        return tuple(values)

    def word(self, key: str) -> str:
        """A text, or a number as it is written, such as a version."""
        value = self._value(key, "a text")
        return repr(value) if _is_number(value) else self.text(key)

    def whole(self, key: str, least: int = 0, most: int = 2**31) -> int:
        """A whole number within bounds."""
        value = self._value(key, "a whole number")
        if not _is_whole(value) or not least <= value <= most:
            raise self.fault(key, f"a whole number from {least} to {most}")
        return int(value)

    def number(self, key: str) -> float:
        """A finite number."""
        value = self._value(key, "a number")
        if not _is_number(value):
            raise self.fault(key, "a finite number")
        return float(value)

    def numbers(self, key: str, count: int) -> NDArray[np.float64]:
        """So many finite numbers."""
        values = self._counted(key, count, "finite numbers")
        if not all(map(_is_number, values)):
            raise self.fault(key, f"{count} finite numbers")
        return np.array(values, np.float64)

    def wholes(self, key: str, count: int) -> NDArray[np.int64]:
        """So many whole numbers."""
        values = self._counted(key, count, "whole numbers")
        if not all(map(_is_whole, values)):
            raise self.fault(key, f"{count} whole numbers")
        return np.array(values, np.int64)

    def flags(self, key: str, count: int) -> NDArray[np.bool_]:
        """So many times 0 or 1, or false or true."""
        values = self._counted(key, count, "times 0 or 1")
        if any(isinstance(value, str | list | dict | None) or value not in {0, 1} for value in values):
            raise self.fault(key, f"{count} times 0 or 1")
        return np.array(values, bool)

    def fault(self, key: str, expected: str) -> ValueError:
        """The sentence for a value that is there and wrong."""
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
    """A wrong value, short enough for a sentence."""
    text = value if isinstance(value, str) and "," in value else json.dumps(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and value.isprintable()


def _is_whole(value: Any) -> bool:
    """15.0 is one, as JSON has but one kind of number."""
    return _is_number(value) and value == int(value) and abs(value) < 2**62


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e30 and math.isfinite(value)
