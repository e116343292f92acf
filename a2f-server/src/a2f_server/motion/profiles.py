"""Profiles: which processors run, in which order, and what the ten emotions look like. Read from one TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from a2f_server import arkit
from a2f_server.motion.blink import Blink
from a2f_server.motion.clamp import Clamp
from a2f_server.motion.contract import Context, Processor
from a2f_server.motion.emotion import Emotion

PROCESSORS: dict[str, Callable[..., Processor]] = {"emotion": Emotion, "blink": Blink, "clamp": Clamp}
"""Processors by their names in a profile. A new one is one new file and one line here."""

Maker = Callable[[Context], Processor]


@dataclass(frozen=True)
class Profiles:
    """What the TOML says, checked."""

    motions: Mapping[str, tuple[Maker, ...]]
    expressions: NDArray[np.float32]
    """`[10, 52]`, see `Context`."""

    @property
    def names(self) -> list[str]:
        """Profiles that a client may ask for; the first is the default."""
        return list(self.motions)

    def motion(self, name: str | None, fps: int, seed: int) -> list[Processor]:
        """Fresh processors for one utterance; `name` must be one of `names`, None takes the first."""
        context = Context(fps, seed, self.expressions)
        return [make(context) for make in self.motions[name or self.names[0]]]


def load(path: Path | None = None) -> Profiles:
    """The profiles that come with the package, with those of the user's file over them.

    Raises ValueError with a sentence that names the line's place where the file is wrong.
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


def _tables(text: str, source: str) -> dict[str, dict[str, Any]]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{source} is not TOML: {error}") from None
    if unknown := set(tables) - {"profiles", "emotions"}:
        raise ValueError(f"{source} has the unknown table {sorted(unknown)[0]!r}; known are profiles and emotions")
    return tables


def _motion(profile: str, table: Mapping[str, Any]) -> tuple[Maker, ...]:
    return tuple(_maker(profile, step) for step in table.get("motion", []))


def _maker(profile: str, step: str | Mapping[str, Any]) -> Maker:
    """A step is a processor's name, or a table `{name, …its parameters}`."""
    parameters = {"name": step} if isinstance(step, str) else dict(step)
    name = parameters.pop("name", None)
    if name not in PROCESSORS:
        raise ValueError(f"profile {profile!r} names the processor {name!r}; known are {', '.join(PROCESSORS)}")
    make = partial(PROCESSORS[name], **parameters)
    try:
        make(Context(30, 0, np.zeros((len(arkit.EMOTIONS), arkit.COUNT), np.float32)))
    except (TypeError, ValueError) as error:
        raise ValueError(f"profile {profile!r}, processor {name!r}: {error}") from None
    return make


def _expressions(tables: Mapping[str, Mapping[str, float]]) -> NDArray[np.float32]:
    out = np.zeros((len(arkit.EMOTIONS), arkit.COUNT), np.float32)
    for emotion, shapes in tables.items():
        if emotion not in arkit.EMOTIONS:
            raise ValueError(f"there is no emotion {emotion!r}; the ten are {', '.join(arkit.EMOTIONS)}")
        for shape, value in shapes.items():
            for name in _sides(emotion, shape):
                out[arkit.EMOTIONS.index(emotion), arkit.INDEX[name]] = value
    return out


def _sides(emotion: str, shape: str) -> list[str]:
    """`mouthSmile` stands for both sides."""
    names = [n for n in (shape, f"{shape}Left", f"{shape}Right") if n in arkit.INDEX]
    if not names:
        raise ValueError(f"emotion {emotion!r} names the shape {shape!r}, which is none of ARKit's 52")
    return names
