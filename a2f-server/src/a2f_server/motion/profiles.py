"""Reads motion profiles (lists of processors) and the expressions of the ten emotions from a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from a2f_server import arkit
from a2f_server.arrays import Float32Array
from a2f_server.motion.contract import Context, Processor
from a2f_server.motion.expressions import expressions
from a2f_server.motion.offset_names import OffsetNames
from a2f_server.motion.processors import PROCESSORS, RENAME, ProcessorStep, names_after
from a2f_server.motion.renaming import Renaming

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Profiles:
    """The validated contents of the TOML."""

    motions: Mapping[str, tuple[ProcessorStep, ...]]
    expressions: Float32Array
    """`[10, 52]`, as in `Context`."""
    aliases: Mapping[str, str]
    """Other names of profiles."""

    @property
    def names(self) -> list[str]:
        """Names of the profiles; the first is the default."""
        return list(self.motions)

    def find(self, name: str | None) -> str | None:
        """Returns the profile of this name or alias, the first for None; returns None if there is none."""
        if name is None:
            return self.names[0]
        return name if name in self.motions else self.aliases.get(name)

    def motion(
        self,
        name: str | None,
        fps: int,
        seed: int,
        without: Collection[str] = frozenset(),
        offsets: OffsetNames | None = None,
    ) -> list[Processor]:
        """Creates the processors for one utterance, up to `rename`. `find` must know the name; None selects the first.

        Processors named in `without` are left out: the model animates these itself. `offsets` has the client's
        `offset_name` over time.
        """
        steps, _ = self._split(name, without)
        return _build(steps, self._context(fps, seed, offsets))

    def renaming(self, name: str | None, fps: int, seed: int, offsets: OffsetNames | None = None) -> Renaming | None:
        """Returns what the profile does from `rename` on, for one utterance; None if it keeps the 52 names.

        Takes the same values as `motion`. Endpoints apply it to the engine's frames.
        """
        _, steps = self._split(name)
        if not steps:
            return None
        processors = _build(steps, self._context(fps, seed, offsets))
        return Renaming(processors, names_after(processors, arkit.NAMES))

    def _split(
        self, name: str | None, without: Collection[str] = frozenset()
    ) -> tuple[Sequence[ProcessorStep], Sequence[ProcessorStep]]:
        """Returns the profile's steps before the first `rename`, and the others."""
        steps = [(step, make) for step, make in self.motions[self.find(name) or ""] if step not in without]
        at = next((i for i, (step, _) in enumerate(steps) if step == RENAME), len(steps))
        return steps[:at], steps[at:]

    def _context(self, fps: int, seed: int, offsets: OffsetNames | None) -> Context:
        return Context(fps, seed, self.expressions, offsets=offsets or OffsetNames())


def _build(steps: Sequence[ProcessorStep], context: Context) -> list[Processor]:
    processors: list[Processor] = []
    for _, make in steps:
        processors.append(make(context))
        context = replace(context, names=names_after(processors[-1:], context.names))
    return processors


def load(path: Path | None = None) -> Profiles:
    """Returns the package's profiles, overridden and extended by those of the user's file.

    Raises ValueError with an actionable message if the file is invalid.
    """
    tables = _tables(files(__package__).joinpath("profiles.toml").read_text("utf-8"), "profiles.toml")
    if path is not None:
        own = _tables(_read(path), str(path))
        tables = {k: {**tables.get(k, {}), **own.get(k, {})} for k in ("profiles", "emotions")}
    profiles = tables["profiles"]
    motions = {name: _motion(name, table) for name, table in profiles.items()}
    aliases = {alias: name for name, table in profiles.items() for alias in _aliases(name, table)}
    return Profiles(motions, expressions(tables["emotions"]), aliases)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ValueError(f"the profiles file {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not TOML: it is not valid utf-8 at byte {error.start}") from None


def _tables(text: str, source: str) -> dict[str, dict[str, Any]]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{source} is not TOML: {error}") from None
    if unknown := set(tables) - {"profiles", "emotions"}:
        raise ValueError(f"{source} has the unknown table {sorted(unknown)[0]!r}; known are profiles and emotions")
    return {name: _table(table, f"{source}: {name!r}") for name, table in tables.items()}


def _table(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is not a table")  # noqa: TRY004 - `load` raises one kind
    return value


def _aliases(profile: str, table: Mapping[str, Any]) -> list[str]:
    aliases = table.get("aliases", [])
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        raise ValueError(f"profile {profile!r}: aliases is not a list of names")
    return aliases


def _motion(profile: str, table: Mapping[str, Any]) -> tuple[ProcessorStep, ...]:
    if unknown := set(_table(table, f"profile {profile!r}")) - {"motion", "aliases"}:
        raise ValueError(f"profile {profile!r} has the unknown field {sorted(unknown)[0]!r}; known are motion, aliases")
    steps = table.get("motion", [])
    if not isinstance(steps, list):
        raise ValueError(f"profile {profile!r}: motion is not a list of processors")  # noqa: TRY004 - as above
    context, parsed = Context(30, 0, np.zeros((len(arkit.EMOTIONS), arkit.COUNT), np.float32)), []
    for step in steps:
        parsed.append(_step(profile, step))
        context = _tried(profile, parsed[-1], context)
    return tuple(parsed)


def _step(profile: str, step: str | Mapping[str, Any]) -> ProcessorStep:
    """Parses a step: a processor's name, or a table `{name, …its parameters}`."""
    what = f"profile {profile!r} has the step {step!r}, which"
    parameters = {"name": step} if isinstance(step, str) else dict(_table(step, what))
    name = parameters.pop("name", None)
    if not isinstance(name, str) or name not in PROCESSORS:
        raise ValueError(f"profile {profile!r} names the processor {name!r}; known are {', '.join(PROCESSORS)}")
    return name, partial(PROCESSORS[name], **parameters)


def _tried(profile: str, step: ProcessorStep, context: Context) -> Context:
    """Creates a processor to check its parameters; returns the context of the one after it."""
    name, make = step
    if context.names is not arkit.NAMES and not getattr(PROCESSORS[name], "any_names", False):
        raise ValueError(f"profile {profile!r}: {name!r} needs ARKit's shapes, so it must come before {RENAME!r}")
    try:
        processor = make(context)
    except (TypeError, ValueError) as error:
        raise ValueError(f"profile {profile!r}, processor {name!r}: {error}") from None
    if context.unknown:
        log.warning("a profile names unknown shapes", profile=profile, processor=name, shapes=sorted(context.unknown))
    return replace(context, names=names_after([processor], context.names), unknown=set())
