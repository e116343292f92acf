"""The form fields of chunked sessions, with their ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, Json, ValidationError

from a2f_server.errors import BadMessage

Angle = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Direction = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]
RATES = (8000, 192000)
_RANGE = ("greater_than", "less_than", "finite_number", "too_short", "too_long")

Fields = TypeVar("Fields", bound=BaseModel)


class OutOfRange(BadMessage):
    """A number that is out of range."""

    status = 400


class InitFields(BaseModel):
    """The fields besides the image. `session_id` is ignored: the server chooses unguessable ids."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    crop: bool = True
    face: int = Field(0, ge=0, le=99)
    seed: int = Field(42, ge=0, lt=2**32)
    nfe: int = Field(10, ge=5, le=50)
    """Has no effect, and neither has `cfg_scale`: there is no diffusion sampling."""
    cfg_scale: float = Field(2.0, ge=1, le=5)
    chunk_duration: float = Field(1.0, ge=0.1, le=10)
    audio_sample_rate: int = Field(24000, ge=RATES[0], le=RATES[1])
    """Hz of raw PCM, and of the model's input. Files state their own rate."""
    pose_style: Json[Annotated[list[Angle], Field(min_length=3, max_length=3)] | None] = None
    """Degrees: pitch, yaw, roll."""
    gaze_style: Json[Annotated[list[Direction], Field(min_length=2, max_length=2)] | None] = None
    """Right and up, −1 to 1."""


class FeedFields(BaseModel):
    """The fields besides the chunk."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    session_id: str = Field(max_length=100)
    is_final_chunk: bool = False


def parse(model: type[Fields], texts: Mapping[str, str]) -> Fields:
    """Checks fields that came as text; an empty one counts as missing.

    Raises OutOfRange for a number that is out of range, and BadMessage for a field that is missing or malformed.
    """
    try:
        return model.model_validate({name: text for name, text in texts.items() if text})
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_input=False, include_context=False)[0]
        kind = OutOfRange if first["type"].startswith(_RANGE) else BadMessage
        raise kind(f"{first['loc'][0]}: {first['msg']}") from None
