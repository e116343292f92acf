"""Makes an utterance from options, for endpoints and for files without a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from a2f_server.backends.contract import Backend
from a2f_server.engine.utterance import Utterance
from a2f_server.errors import BadMessage
from a2f_server.motion.offset_names import OffsetNames
from a2f_server.motion.profiles import Profiles


class AnimationOptions(Protocol):
    """The options that affect frames."""

    @property
    def profile(self) -> str | None:
        """Motion profile; None: the first."""

    @property
    def offset_name(self) -> str | None:
        """An offset of the profile."""

    @property
    def seed(self) -> int:
        """Varies blinks, eyes and brows."""

    @property
    def emotions(self) -> Mapping[str, float] | None:
        """0-1 each; None: neutral."""


def check_profile(profiles: Profiles, name: str | None) -> None:
    """Raises BadMessage for a profile that there is not."""
    if name is not None and profiles.find(name) is None:
        raise BadMessage(f"there is no profile {name[:40]!r}; known are {', '.join(profiles.names)}")


def new_utterance(
    backend: Backend,
    profiles: Profiles,
    options: AnimationOptions,
    *,
    sample_rate: int,
    fps: int,
    max_seconds: float,
    offsets: OffsetNames | None = None,
) -> Utterance:
    """Returns a new utterance of audio at `sample_rate` Hz; `fps` is that of its frames.

    `offsets` is for clients that change the offset midway; by default, that of the options applies throughout.
    """
    offsets = offsets or OffsetNames(options.offset_name)
    return Utterance(
        backend.layout(sample_rate),
        backend.initial_state(options.seed),
        profiles.motion(options.profile, fps, options.seed, backend.own_motion, offsets),
        sample_rate=sample_rate,
        fps=fps,
        emotions=options.emotions,
        max_seconds=max_seconds,
    )
