"""Finds the audio files that the arguments of `animate` name, and where their animations go."""

from __future__ import annotations

import glob
import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

STDIN = "-"
SUFFIXES = frozenset(
    {
        *(".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aiff", ".aif", ".aifc", ".au", ".snd", ".caf", ".w64"),
        *(".rf64", ".m4a", ".mp4", ".mov", ".aac", ".webm", ".mka", ".mkv", ".amr"),
    }
)
"""Suffixes of the files that are taken from a folder. A file that an argument names may have any."""


@dataclass(frozen=True)
class SourceFile:
    """An audio file, or the standard input, and the path of its animation below the output folder."""

    path: Path | None
    """None for the standard input."""
    target: PurePath
    """Without the suffix of a format."""
    data: bytes | None = None
    """Audio from the standard input."""

    @property
    def name(self) -> str:
        """The path as it is shown."""
        return STDIN if self.path is None else printable(self.path)


@dataclass
class FoundFiles:
    """The files to animate in order, and what is wrong with other arguments: (name, reason)."""

    sources: list[SourceFile] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


_Named = tuple[Path | None, PurePath]
"""A file, None for the standard input, and its path below the folder that the argument named."""


def find(arguments: Sequence[str]) -> FoundFiles:
    """Returns the files that the arguments name, each once.

    An argument is a file, a folder (searched with its subfolders, which are mirrored), a pattern such as `a/**/*.wav`
    that the shell has not expanded, or `-`.
    """
    found = FoundFiles()
    named: dict[str, _Named] = {}
    for argument in arguments:
        if argument == STDIN:
            named.setdefault(STDIN, (None, PurePath("stdin")))
            continue
        for path, target in _expanded(argument, found.problems):
            named.setdefault(os.path.abspath(path), (path, target))
    found.sources += _without_collisions(named.values(), found.problems)
    return found


def printable(path: str | os.PathLike[str]) -> str:
    """Returns a path without characters that a terminal would interpret or cannot show."""
    text = os.fspath(path)
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def _expanded(argument: str, problems: list[tuple[str, str]]) -> Iterator[tuple[Path, PurePath]]:
    if os.path.lexists(argument):
        yield from _file_or_folder(Path(argument), problems)
    elif glob.has_magic(argument):
        matches = sorted(glob.glob(argument, recursive=True))
        for match in matches:
            yield from _file_or_folder(Path(match), problems)
        if not matches:
            problems.append((printable(argument), "no file matches this pattern"))
    else:
        problems.append((printable(argument), "there is no such file or folder"))


def _file_or_folder(path: Path, problems: list[tuple[str, str]]) -> Iterator[tuple[Path, PurePath]]:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        problems.append((printable(path), error.strerror or str(error)))
        return
    if stat.S_ISDIR(mode):
        yield from _inside(path, problems)
    elif stat.S_ISREG(mode) or stat.S_ISFIFO(mode):
        yield path, PurePath(path.name)
    else:
        problems.append((printable(path), "this is neither a file nor a folder"))


def _inside(folder: Path, problems: list[tuple[str, str]]) -> Iterator[tuple[Path, PurePath]]:
    """Yields the audio files of a folder and its subfolders; hidden ones, pipes and devices are left out."""
    unreadable: list[OSError] = []
    empty = True
    for place, folders, names in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix.lower() in SUFFIXES and not name.startswith(".") and not _is_special(path):
                empty = False
                yield path, path.relative_to(folder)
    problems += [(printable(error.filename), error.strerror or str(error)) for error in unreadable]
    if empty and not unreadable:
        problems.append((printable(folder), "this folder has no audio files"))


def _is_special(path: Path) -> bool:
    """Returns True for pipes, sockets and devices. A pipe without a writer would be waited for without end."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:  # reading it will tell
        return False


def _without_collisions(named: Iterable[_Named], problems: list[tuple[str, str]]) -> Iterator[SourceFile]:
    """Gives each file a target of its own: `a`; if two would get that, `a.wav`, `x/a`, or `x/a.wav`."""
    files = list(named)
    choices = list(zip(*_targets(files), strict=True)) if files else []
    level = [0] * len(files)
    while clashing := _clashing([choice[at] for choice, at in zip(choices, level, strict=True)]):
        for i in clashing:
            level[i] += 1
        if exhausted := [i for i in clashing if level[i] == len(choices[i])]:
            for i in reversed(exhausted):
                problems.append((printable(files[i][0] or STDIN), "another file would have the same output"))
                del files[i], choices[i], level[i]
    for (path, _), choice, at in zip(files, choices, level, strict=True):
        yield SourceFile(path, choice[at])


def _targets(files: Sequence[_Named]) -> Iterator[list[PurePath]]:
    yield [target.with_suffix("") for _, target in files]
    yield [target for _, target in files]
    try:
        root = os.path.commonpath([path.absolute().parent for path, _ in files if path])
    except ValueError:  # on several drives, or there is only the standard input
        return
    whole = [path.absolute().relative_to(root) if path else target for path, target in files]
    yield [target.with_suffix("") for target in whole]
    yield whole


def _clashing(targets: Sequence[PurePath]) -> list[int]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for i, target in enumerate(targets):
        places[os.path.normcase(target)].append(i)
    return sorted(i for group in places.values() if len(group) > 1 for i in group)
