"""The processors that profiles can use, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from a2f_server.motion.affect import Affect
from a2f_server.motion.blink import Blink
from a2f_server.motion.brows import Brows
from a2f_server.motion.clamp import Clamp
from a2f_server.motion.clip import Clip
from a2f_server.motion.contract import Context, Processor
from a2f_server.motion.custom_blink import CustomBlink
from a2f_server.motion.emotion import Emotion
from a2f_server.motion.gain import Gain
from a2f_server.motion.gaze import Gaze
from a2f_server.motion.linear_exp_blend import LinearExpBlend
from a2f_server.motion.offset import Offset
from a2f_server.motion.random_blink import RandomBlink
from a2f_server.motion.relax import Relax
from a2f_server.motion.rename import Rename
from a2f_server.motion.scale import Scale
from a2f_server.motion.smoothing import Smoothing
from a2f_server.motion.symmetry import Symmetry
from a2f_server.motion.threshold import Threshold
from a2f_server.motion.unitalker_clip import UnitalkerClip

PROCESSORS: dict[str, Callable[..., Processor]] = {
    "emotion": Emotion,
    "blink": Blink,
    "gaze": Gaze,
    "brows": Brows,
    "affect": Affect,
    "clamp": Clamp,
    "clip": Clip,
    "custom-blink": CustomBlink,
    "gain": Gain,
    "linear-exp-blend": LinearExpBlend,
    "offset": Offset,
    "random-blink": RandomBlink,
    "relax": Relax,
    "rename": Rename,
    "scale": Scale,
    "smoothing": Smoothing,
    "symmetry": Symmetry,
    "threshold": Threshold,
    "unitalker-clip": UnitalkerClip,
}
"""Processors by their name in a profile. To add one, write one new file and add one line here."""

RENAME = "rename"

ProcessorFactory = Callable[[Context], Processor]
ProcessorStep = tuple[str, ProcessorFactory]
"""A processor's name, and a factory with the profile's parameters."""


def names_after(processors: Sequence[Processor], names: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the names of the columns after the processors: those of the last `rename`, if there is one."""
    return next((p.names for p in reversed(processors) if isinstance(p, Rename)), names)
