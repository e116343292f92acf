"""The formats that `animate` writes: for each its suffix, and a function that writes a clip. A new one is one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from a2f_server import arkit
from a2f_server.animation_files import unity_anim, usd
from a2f_server.animation_files.glb import Avatar
from a2f_server.clip import FaceClip
from a2f_server.errors import BadAvatar, BadMessage
from a2f_server.timecode import MIDNIGHT, StartTimecode

MOST_AVATAR_BYTES = 1 << 30


@dataclass(frozen=True)
class FormatContext:
    """The things that a format needs besides the clip."""

    name: str
    """Of the animation."""
    start: StartTimecode = MIDNIGHT
    avatar: Path | None = None
    mesh: str = ""
    """The path of the mesh in a Unity scene."""


@dataclass(frozen=True)
class Format:
    """A format. `any_names`: whether it can hold shapes other than ARKit's."""

    suffix: str
    write: Callable[[FaceClip, FormatContext, Path], None]
    any_names: bool = True
    check: Callable[[], object] | None = None
    """Raises NotInstalled if packages are missing."""


def _csv(clip: FaceClip, context: FormatContext, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(clip.csv_lines(context.start))


def _json(clip: FaceClip, context: FormatContext, path: Path) -> None:
    path.write_text(json.dumps(clip.to_json(), separators=(",", ":")), "utf-8")


def _npz(clip: FaceClip, context: FormatContext, path: Path) -> None:
    with path.open("wb") as file:
        clip.save(file)


def _usd(clip: FaceClip, context: FormatContext, path: Path) -> None:
    usd.write(clip, path, context.start.frame)


def _anim(clip: FaceClip, context: FormatContext, path: Path) -> None:
    unity_anim.write(clip, path, context.name, context.mesh)


def _glb(clip: FaceClip, context: FormatContext, path: Path) -> None:
    assert context.avatar
    path.write_bytes(avatar(context.avatar).bake(clip, context.name))


@cache
def avatar(path: Path) -> Avatar:
    """Returns the avatar of a file. Raises OSError or BadAvatar."""
    if path.exists() and not path.is_file():
        raise BadAvatar("this is not a file")
    with path.open("rb") as file:
        data = file.read(MOST_AVATAR_BYTES + 1)
    if len(data) > MOST_AVATAR_BYTES:
        raise BadAvatar(f"this GLB is larger than {MOST_AVATAR_BYTES >> 20} MB")
    return Avatar(data)


FORMATS: dict[str, Format] = {
    "csv": Format(".csv", _csv, any_names=False),
    "json": Format(".json", _json),
    "npz": Format(".npz", _npz),
    "glb": Format(".glb", _glb, any_names=False),
    "usd": Format(".usd", _usd, check=usd.require),
    "usda": Format(".usda", _usd, check=usd.require),
    "anim": Format(".anim", _anim),
}


def parse(text: str) -> list[str]:
    """Returns the names of a comma-separated list, each once. Raises BadMessage for an unknown one."""
    names = list(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in FORMATS:
            raise BadMessage(f"--format: there is no format {name[:40]!r}; known are {', '.join(FORMATS)}")
    if not names:
        raise BadMessage(f"--format: name at least one of {', '.join(FORMATS)}")
    return names


def refuse_other_names(names: tuple[str, ...], formats: list[str]) -> None:
    """Raises BadMessage if a profile's names are not ARKit's, and one of the formats can hold no others."""
    wrong = [name for name in formats if not FORMATS[name].any_names]
    if names != arkit.NAMES and wrong:
        raise BadMessage(f"this profile has other names than {wrong[0]} can hold: write json, npz, usd or anim")
