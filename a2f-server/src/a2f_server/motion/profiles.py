"""Reads motion profiles (lists of processors) and the expressions of the ten emotions from a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Float32Array
from a2f_server.motion.blink import Blink
from a2f_server.motion.brows import Brows
from a2f_server.motion.clamp import Clamp
from a2f_server.motion.contract import Context, Processor
from a2f_server.motion.emotion import Emotion
from a2f_server.motion.gaze import Gaze

PROCESSORS: dict[str, Callable[..., Processor]] = {
    "emotion": Emotion,
    "blink": Blink,
    "gaze": Gaze,
    "brows": Brows,
    "clamp": Clamp,
}
"""Processors by their name in a profile. To add one, write one new file and add one line here."""

ProcessorFactory = Callable[[Context], Processor]
ProcessorStep = tuple[str, ProcessorFactory]
"""A processor's name, and a factory with the profile's parameters."""


@dataclass(frozen=True)
class Profiles:
    """The validated contents of the TOML."""

    motions: Mapping[str, tuple[ProcessorStep, ...]]
    expressions: Float32Array
    """`[10, 52]`, as in `Context`."""

    @property
    def names(self) -> list[str]:
        """Names of the profiles; the first is the default."""
        return list(self.motions)

    def motion(self, name: str | None, fps: int, seed: int, without: Collection[str] = frozenset()) -> list[Processor]:
        """Creates the processors for one utterance. `name` must be one of `names`; None selects the first.

        Processors named in `without` are left out: the model animates these itself.
        """
        context = Context(fps, seed, self.expressions)
        steps = self.motions[name or self.names[0]]
        return [make(context) for step, make in steps if step not in without]


def load(path: Path | None = None) -> Profiles:
    """Returns the package's profiles, overridden and extended by those of the user's file.

    Raises ValueError with an actionable message if the file is invalid.
    """
    tables = _tables(files(__package__).joinpath("profiles.toml").read_text("utf-8"), "profiles.toml")
    if path is not None:
        own = _tables(_read(path), str(path))
        tables = {k: {**tables.get(k, {}), **own.get(k, {})} for k in ("profiles", "emotions")}
    motions = {name: _motion(name, table) for name, table in tables["profiles"].items()}
    return Profiles(motions, _expressions(tables["emotions"]))


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


def _motion(profile: str, table: Mapping[str, Any]) -> tuple[ProcessorStep, ...]:
    if unknown := set(_table(table, f"profile {profile!r}")) - {"motion"}:
        raise ValueError(f"profile {profile!r} has the unknown field {sorted(unknown)[0]!r}; known is motion")
    steps = table.get("motion", [])
    if not isinstance(steps, list):
        raise ValueError(f"profile {profile!r}: motion is not a list of processors")  # noqa: TRY004 - as above
    return tuple(_step(profile, step) for step in steps)


def _step(profile: str, step: str | Mapping[str, Any]) -> ProcessorStep:
    """Parses a step: a processor's name, or a table `{name, …its parameters}`."""
    what = f"profile {profile!r} has the step {step!r}, which"
    parameters = {"name": step} if isinstance(step, str) else dict(_table(step, what))
    name = parameters.pop("name", None)
    if not isinstance(name, str) or name not in PROCESSORS:
        raise ValueError(f"profile {profile!r} names the processor {name!r}; known are {', '.join(PROCESSORS)}")
    make = partial(PROCESSORS[name], **parameters)
    try:
        make(Context(30, 0, np.zeros((len(arkit.EMOTIONS), arkit.COUNT), np.float32)))
    except (TypeError, ValueError) as error:
        raise ValueError(f"profile {profile!r}, processor {name!r}: {error}") from None
    return name, make


def _expressions(tables: Mapping[str, Mapping[str, float]]) -> Float32Array:
    out = np.zeros((len(arkit.EMOTIONS), arkit.COUNT), np.float32)
    for emotion, shapes in tables.items():
        if emotion not in arkit.EMOTIONS:
            raise ValueError(f"there is no emotion {emotion!r}; the ten are {', '.join(arkit.EMOTIONS)}")
        row = out[arkit.EMOTIONS.index(emotion)]
        for shape, value in _table(shapes, f"emotion {emotion!r}").items():
            share = _share(value, f"emotion {emotion!r}, shape {shape!r}")
            row[[arkit.INDEX[name] for name in _sides(emotion, shape)]] = share
    return out


def _share(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{where}: {value!r} is not a number from 0 to 1")
    return value


def _sides(emotion: str, shape: str) -> list[str]:
    """Returns the names for a shape; without a side, such as `mouthSmile`, it stands for both."""
    names = [n for n in (shape, f"{shape}Left", f"{shape}Right") if n in arkit.INDEX]
    if not names:
        raise ValueError(f"emotion {emotion!r} names the shape {shape!r}, which is not one of ARKit's 52")
    return names
