"""Animates a whole audio file as a series of events, for endpoints that stream and for RunPod's queue."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import closing
from typing import Any

from pydantic import ValidationError

from a2f_server import arkit
from a2f_server.api.messages import Options, explain
from a2f_server.api.service import Service
from a2f_server.api.utterance_log import note_error, note_seconds
from a2f_server.clip import FaceClip, rounded
from a2f_server.engine.frames import Frames
from a2f_server.engine.slots import Slot
from a2f_server.errors import A2FError, BadMessage

NamedEvent = tuple[str, dict[str, object]]
"""A kind and its fields."""


def parse_options(fields: dict[str, Any]) -> Options:
    """Checks options that came as text; `emotions` may be JSON. Raises BadMessage that names the field."""
    try:
        if isinstance(fields.get("emotions"), str):
            fields = {**fields, "emotions": json.loads(fields["emotions"])}
        return Options.model_validate(fields)
    except ValidationError as error:
        raise BadMessage(explain(error)) from None
    except (ValueError, RecursionError):
        raise BadMessage('emotions: not JSON; write it as {"joy": 0.6}') from None


async def animate_file(service: Service, data: bytes, options: Options, slot: Slot) -> AsyncGenerator[NamedEvent, None]:
    """Decodes the file, then returns the events of its animation: `start`, `frames` …, and `end` or `error`.

    Raises an A2FError here if the file is invalid, and frees the slot in any case.
    """
    try:
        audio = await service.decode(data)
        utterance = service.utterance(options, audio.sample_rate)
        frames = service.engine.animate(utterance, audio.samples, slot)
    except BaseException:
        slot.close()
        raise
    return _events(frames, slot, utterance.fps, len(audio.samples) / audio.sample_rate)


async def _events(
    frames: AsyncIterator[Frames], slot: Slot, fps: int, duration: float
) -> AsyncGenerator[NamedEvent, None]:
    count = 0
    with closing(slot):
        yield "start", {"fps": fps, "blendshapes": list(arkit.NAMES)}
        try:
            async for part in frames:
                count += len(part)
                yield frames_event(part, fps)
            note_seconds(duration)
            yield "end", {"frames": count, "duration": round(duration, 6)}
        except A2FError as error:
            note_error(error)
            yield "error", error_fields(error)


def frames_event(frames: Frames, fps: int) -> NamedEvent:
    """Returns frames as an event: `first`, and rows of weights with four decimals."""
    return "frames", {"first": frames.first, "weights": rounded(FaceClip.from_u16(frames.values, fps).weights)}


def error_fields(error: A2FError) -> dict[str, object]:
    """Returns the fields of an `error` event, whose type is the event's kind."""
    return {name: value for name, value in error.as_json().items() if name != "type"}
