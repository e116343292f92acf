"""Parses and checks the options of `animate`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from a2f_server.animate_command import formats
from a2f_server.animate_command.animator import Plan
from a2f_server.animate_command.inputs import printable
from a2f_server.api.messages import FileOptions, explain
from a2f_server.errors import BadAvatar, BadMessage
from a2f_server.settings import Settings
from a2f_server.timecode import MIDNIGHT, frame_rate, parse_start


def plan(
    settings: Settings,
    *,
    out: Path,
    format_: Sequence[str],
    fps: str | None,
    start_timecode: str | None,
    avatar: Path | None,
    mesh: str | None,
    emotion: Sequence[str],
    force: bool,
    **options: Any,
) -> Plan:
    """Returns what to do with every file. Raises BadMessage, NotInstalled or OSError with what is wrong."""
    names = formats.parse(",".join(format_))
    rate = frame_rate(fps or settings.fps)
    given = {name: value for name, value in options.items() if value is not None}
    try:
        checked = FileOptions.model_validate({**given, "emotions": emotions(emotion) or None})
    except ValidationError as error:
        raise BadMessage(f"--{explain(error)}") from None
    _check_formats(names, avatar, mesh)
    start = parse_start(start_timecode, rate) if start_timecode else MIDNIGHT
    return Plan(settings, checked, rate, names, out, force, start, avatar, mesh or "")


def emotions(pairs: Sequence[str]) -> dict[str, float]:
    """Parses `joy=.4` and `joy=.4,fear=.1`. Raises BadMessage."""
    found = {}
    for pair in ",".join(pairs).split(","):
        name, _, value = pair.partition("=")
        if not pair.strip():
            continue
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise BadMessage(f"--emotion: write it as joy=0.4, not {pair.strip()[:40]!r}") from None
    return found


def _check_formats(names: list[str], avatar: Path | None, mesh: str | None) -> None:
    for name in names:
        if check := formats.FORMATS[name].check:
            check()
    if "glb" in names:
        if avatar is None:
            raise BadMessage("--format glb needs the avatar's file: --avatar face.glb")
        try:
            formats.avatar(avatar)
        except BadAvatar as error:
            raise BadMessage(f"--avatar {printable(avatar)}: {error.message}") from None
    elif avatar is not None:
        raise BadMessage("--avatar is used with --format glb only")
    if mesh is not None and "anim" not in names:
        raise BadMessage("--mesh is used with --format anim only")
