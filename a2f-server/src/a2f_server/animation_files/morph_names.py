"""Finds which shapes move the morph targets of a mesh, by their names, as the browser client does.

The names come from the client: `npm run names` in web/ writes morph_names.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from a2f_server import arkit

MorphTerm = tuple[int, float]
"""A channel and its gain. Channels are the 52 shapes, the 15 visemes of Oculus, then a mixture of five vowels."""
JAW = arkit.INDEX["jawOpen"]
LIPS = (arkit.INDEX["mouthFunnel"], arkit.INDEX["mouthPucker"])

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")
_COPY = re.compile(r"[0-9]+|ncl|div|copy|dup")
"""Words that programs append: Blender's and DAZ's numbers, Maya's copies."""
_MOST_WORDS = 20
"""Words of a name that is looked at: the time grows with their cube."""


@dataclass(frozen=True)
class MorphMatch:
    """The shape that a name stands for, which part of it, and the number of words before and after."""

    shape: int
    part: str
    prefix: int
    suffix: int


@cache
def table() -> dict[str, Any]:
    """Returns the contents of morph_names.json."""
    document: dict[str, Any] = json.loads(files(__package__).joinpath("morph_names.json").read_text("utf-8"))
    return document


def words_of(name: str) -> list[str]:
    """Splits a name at separators, case changes and digits; lower case."""
    return [word.lower() for word in _WORD.findall(name)]


def match_shape(name: str) -> MorphMatch | None:
    """Finds the ARKit shape in any spelling, with any prefix, and with the suffixes of copies."""
    words, spellings = words_of(name), table()["spellings"]
    if len(words) > _MOST_WORDS:
        return None
    for suffix in range(len(words)):
        if suffix and not _COPY.fullmatch(words[len(words) - suffix]):
            break
        for prefix in range(len(words) - suffix):
            if known := spellings.get("".join(words[prefix : len(words) - suffix])):
                return MorphMatch(known[0], known[1], prefix, suffix)
    return None


def has_jaw(targets: Iterable[str]) -> bool:
    """Returns whether any of the names is the jaw's."""
    return any((match := match_shape(target)) and match.shape == JAW for target in targets)


def plan_meshes(meshes: Sequence[tuple[Sequence[str], Sequence[str]]]) -> list[dict[str, list[MorphTerm]]]:
    """Returns the plan of each mesh of an avatar, given its targets that move something, and all of them.

    A mesh whose jaw moves nothing, as that of eyes, is not part of the mouth.
    """
    opens = any(has_jaw(moving) for moving, _ in meshes)
    return [
        plan(moving, list(dict.fromkeys(every)), no_jaw=opens and not has_jaw(moving) and has_jaw(every))
        for moving, every in meshes
    ]


def plan(targets: Sequence[str], every: Sequence[str], *, no_jaw: bool = False) -> dict[str, list[MorphTerm]]:
    """Returns the terms of each target that is moved.

    `targets` move something, `every` also has the empty ones. `no_jaw`: the mesh is not part of the mouth.
    """
    named = _named(targets, {JAW} if no_jaw else set())
    shown = ({JAW} if no_jaw else set()) | set(named.values())
    rows = {target: [(shape, 1.0)] for target, shape in named.items()}
    return rows | _stand_ins(targets, shown, _tables_for(every))


def _named(targets: Sequence[str], left_out: set[int]) -> dict[str, int]:
    """Chooses one target, or one for each part, for each shape: two would move it twice."""
    best: dict[tuple[int, str], tuple[str, MorphMatch]] = {}
    for target in targets:
        match = match_shape(target)
        if match is None or match.shape in left_out:
            continue
        other = best.get((match.shape, match.part))
        if other is None or _better(target, match, *other):
            best[match.shape, match.part] = target, match
    return {target: shape for (shape, part), (target, _) in best.items() if part == "" or (shape, "") not in best}


def _better(target: str, match: MorphMatch, other: str, known: MorphMatch) -> bool:
    if other in arkit.INDEX:
        return False
    return target in arkit.INDEX or match.prefix + match.suffix < known.prefix + known.suffix


def _stand_ins(targets: Sequence[str], shown: set[int], tables: Sequence[dict[str, Any]]) -> dict[str, list[MorphTerm]]:
    """Chooses targets such as visemes for shapes that the mesh lacks."""
    kinds: set[str] = set()
    lips = not shown.isdisjoint(LIPS)
    rows: dict[str, list[MorphTerm]] = {}
    for known in tables:
        found = _entries_of(known, targets)
        for index, entry in enumerate(known["items"]):
            target = found.get(index)
            terms = entry["opens"] if lips and entry["instead"] == [JAW] else entry["terms"]
            kind = entry["kind"]
            if target is None or terms is None or kind in kinds or not shown.isdisjoint(entry["instead"]):
                continue
            if kind == "lids" and kinds & {"lidLeft", "lidRight"}:
                continue
            kinds.add(kind)
            rows[target] = [(int(shape), float(gain)) for shape, gain in terms]
    return rows


def _entries_of(known: dict[str, Any], targets: Sequence[str]) -> dict[int, str]:
    """Finds the target of each entry: the one with the fewest words before its name, else the last."""
    best: dict[int, tuple[str, int]] = {}
    for target in targets:
        match = _entry_of(known, target)
        if match and (match[0] not in best or match[1] <= best[match[0]][1]):
            best[match[0]] = target, match[1]
    return {entry: target for entry, (target, _) in best.items()}


def _entry_of(known: dict[str, Any], target: str) -> tuple[int, int] | None:
    """Returns the entry that a target stands for, and the number of words before its name."""
    names = known["names"]
    if known["key"] != "lastWords":
        index = names.get(_KEYS[known["key"]](target))
        return None if index is None else (index, 0)
    words = _without_affixes(target)
    for prefix in range(len(words) if len(words) <= _MOST_WORDS else 0):
        index = names.get("".join(words[prefix:]))
        if index is not None:
            return index, prefix
    return None


def _tables_for(every: Sequence[str]) -> list[dict[str, Any]]:
    """Returns the tables for a mesh, best first: that of a set of mouth shapes of which it has many, then all."""
    hits = [(len({_KEYS[d["key"]](target) for target in every} & d["names"].keys()), d) for d in table()["dialects"]]
    fits = [(count, d) for count, d in hits if count >= d["least"] and _CONDITIONS[d["only"]](every)]
    dialect = max(fits, key=lambda fit: fit[0], default=(0, None))[1]
    return [*([dialect] if dialect else []), *table()["tables"]]


def _without_affixes(name: str) -> list[str]:
    words = words_of(name)
    while len(words) > 1 and _COPY.fullmatch(words[-1]):
        words.pop()
    return [word for word in words if not word[0].isascii() or not word[0].isdigit()]


def _whole_name(target: str) -> str:
    """Returns a name without separators, numbers, and what programs put before and after it."""
    bare = re.sub(r"^.*[.:](?![0-9])", "", re.sub(r"^.*ctrl_?", "", target, flags=re.IGNORECASE))
    return re.sub(r"^(visemes?|phonemes?)(?=.)", "", "".join(_without_affixes(bare)))


def _number_of(target: str) -> str:
    found = re.search(r"([0-9]+)$", target)
    return str(int(found[1])) if found else ""


def _has_closed_lips(targets: Sequence[str]) -> bool:
    return any(_whole_name(target) == "mbp" for target in targets)


def _has_few_letters(targets: Sequence[str]) -> bool:
    return sum(bool(re.fullmatch("[A-Za-z]", target)) for target in targets) <= 6


def _are_azure_ids(targets: Sequence[str]) -> bool:
    """Returns whether all ids follow the same word for visemes, or are the names of exactly 22 targets."""
    numbered = [match for target in targets if (match := re.fullmatch(r"(.*?)0*([0-9]+)", target))]
    stems, ids = {match[1] for match in numbered}, {int(match[2]) for match in numbered}
    if len(stems) != 1 or max(ids) >= 22 or len(ids) < 21:
        return False
    stem = stems.pop()
    return len(targets) == 22 if stem == "" else bool(re.search("vis|phon|azure", stem, re.IGNORECASE))


_KEYS: dict[str, Callable[[str], str]] = {
    "wholeName": _whole_name,
    "numberOf": _number_of,
    "joined": lambda target: "".join(_without_affixes(target)),
}
_CONDITIONS: dict[str | None, Callable[[Sequence[str]], bool]] = {
    None: lambda _: True,
    "hasClosedLips": _has_closed_lips,
    "hasFewLetters": _has_few_letters,
    "areAzureIds": _are_azure_ids,
}
