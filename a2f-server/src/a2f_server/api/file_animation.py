"""Animates a whole audio file as a series of events, for endpoints that stream and for RunPod's queue."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from pydantic import ValidationError

from a2f_server import arkit
from a2f_server.api.byte_budget import Upload
from a2f_server.api.file_feed import FileFeed
from a2f_server.api.messages import FileOptions, explain
from a2f_server.api.service import Service
from a2f_server.api.utterance_log import note_error, note_seconds
from a2f_server.clip import FaceClip, rounded
from a2f_server.engine.frames import Frames
from a2f_server.engine.slots import Slot
from a2f_server.engine.utterance import Utterance
from a2f_server.errors import A2FError, BadMessage
from a2f_server.motion.renaming import Renaming

WarnedClip = tuple[FaceClip, str | None]
"""An animation, and the warning about its audio, if there is one."""
NamedEvent = tuple[str, dict[str, object]]
"""A kind and its fields."""


def parse_options(fields: dict[str, Any], *, known_emotions_only: bool = False) -> FileOptions:
    """Checks options that came as text; `emotions` may be JSON. Raises BadMessage that names the field.

    known_emotions_only: ignores unknown emotions instead of refusing them.
    """
    try:
        if isinstance(fields.get("emotions"), str):
            emotions = json.loads(fields["emotions"])
            if known_emotions_only and isinstance(emotions, dict):
                emotions = {name: emotions[name] for name in arkit.EMOTIONS if name in emotions}
            fields = {**fields, "emotions": emotions}
        return FileOptions.model_validate(fields)
    except ValidationError as error:
        raise BadMessage(explain(error)) from None
    except (ValueError, RecursionError):
        raise BadMessage('emotions: not JSON; write it as {"joy": 0.6}') from None


async def animate_file(
    service: Service, upload: Upload, options: FileOptions, slot: Slot
) -> AsyncGenerator[NamedEvent, None]:
    """Opens the file, then returns the events of its animation: `start`, `frames` …, and `end` or `error`.

    Raises an A2FError here if the file is invalid before its first frames. The caller frees the upload and the slot.
    """
    feed, utterance, frames = await _begin(service, upload, options, slot)
    first = await anext(frames, None)
    return _events(_chained(first, frames), feed, utterance, service.renaming(options))


async def whole_clip(service: Service, upload: Upload, options: FileOptions, slot: Slot) -> WarnedClip:
    """Returns the whole animation of a file, and the warning about its audio, if there is one.

    Its names are those of the profile. Raises what is wrong with the file. The caller frees the upload and the slot.
    """
    feed, utterance, frames = await _begin(service, upload, options, slot)
    renaming = service.renaming(options)
    clip = FaceClip.concat([_clip(part, utterance.fps, renaming) async for part in frames])
    note_seconds(utterance.received / utterance.sample_rate)
    return clip, feed.warning


async def _begin(
    service: Service, upload: Upload, options: FileOptions, slot: Slot
) -> tuple[FileFeed, Utterance, AsyncIterator[Frames]]:
    """Opens the file. Decoding begins when the first frames are requested."""
    feed = await service.open_file(upload, options.channel, slot)
    utterance = service.utterance(options, feed.sample_rate)
    return feed, utterance, service.engine.animate(utterance, feed.into, slot)


async def _chained(first: Frames | None, others: AsyncIterator[Frames]) -> AsyncIterator[Frames]:
    if first:
        yield first
    async for part in others:
        yield part


async def _events(
    frames: AsyncIterator[Frames], feed: FileFeed, utterance: Utterance, renaming: Renaming | None
) -> AsyncGenerator[NamedEvent, None]:
    yield "start", {"fps": utterance.fps, "blendshapes": list(renaming.names if renaming else arkit.NAMES)}
    try:
        async for part in frames:
            yield frames_event(part, utterance.fps, renaming)
    except A2FError as error:
        note_error(error)
        yield "error", error_fields(error)
    else:
        duration = utterance.received / utterance.sample_rate
        note_seconds(duration)
        yield "end", {"frames": utterance.frame_count, "duration": round(duration, 6), **warned(feed.warning)}


def warned(warning: str | None) -> dict[str, object]:
    """Returns the field of a warning, if there is one."""
    return {"warning": warning} if warning else {}


def frames_event(frames: Frames, fps: int, renaming: Renaming | None = None) -> NamedEvent:
    """Returns frames as an event: `first`, and rows of weights with four decimals."""
    return "frames", {"first": frames.first, "weights": rounded(_clip(frames, fps, renaming).weights)}


def _clip(frames: Frames, fps: int, renaming: Renaming | None) -> FaceClip:
    """Returns frames with the names of their profile."""
    clip = FaceClip.from_u16(frames.values, fps, frames.first)
    return FaceClip(renaming.apply(clip.weights, clip.first), fps, renaming.names, clip.first) if renaming else clip


def error_fields(error: A2FError) -> dict[str, object]:
    """Returns the fields of an `error` event, whose type is the event's kind."""
    return {name: value for name, value in error.as_json().items() if name != "type"}
