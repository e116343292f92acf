"""The text messages of protocol version 1 (docs/protocol.md): one frozen type each, a union by `type`."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from a2f_server import arkit
from a2f_server.audio.stereo import Channel
from a2f_server.errors import BadMessage

MOST_TEXT_BYTES = 64 << 10
"""Largest text message, and largest body of `POST /v1/speak`."""
MOST_EMOTIONS = 32
"""Entries of a map of emotions that are looked at; there are ten emotions."""
MOST_GROUP = 30
"""Frames that a client may ask for in one message."""
MOST_ID_CHARACTERS = 1024
"""Characters of a `ping`'s id, as JSON."""

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
U32 = Annotated[int, Field(ge=0, lt=2**32)]

_SHOWN = 40
"""Characters of a client's own names that an error message repeats."""


class Message(BaseModel):
    """Base of all messages. Unknown fields are ignored, types are not coerced."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Emotional(Message):
    """A message with a map of emotions, each 0-1."""

    emotions: dict[str, Share] | None = None

    @field_validator("emotions", mode="before")
    @classmethod
    def _few(cls, value: Any) -> Any:
        """Refuses a large map before each of its entries is checked."""
        if isinstance(value, dict) and len(value) > MOST_EMOTIONS:
            raise ValueError(f"more than {MOST_EMOTIONS} emotions; the ten are {', '.join(arkit.EMOTIONS)}")
        return value

    @field_validator("emotions")
    @classmethod
    def _ten_names(cls, value: dict[str, float] | None) -> dict[str, float] | None:
        for name in value or ():
            if name not in arkit.EMOTIONS:
                raise ValueError(f"there is no emotion {name[:_SHOWN]!r}; the ten are {', '.join(arkit.EMOTIONS)}")
        return value


class Options(Emotional):
    """The options of an animation, the same at every endpoint."""

    fps: Annotated[int, Field(ge=10, le=60)] | None = None
    """Frames per second."""
    profile: str | None = None
    offset_name: str | None = None
    """An offset and blink of the profile (motion/offset.py); an unknown one changes nothing."""
    seed: U32 = 0
    backend: str | None = None


class FileOptions(Options):
    """The options of an audio file's animation."""

    channel: Channel = "mix"


class Delivery(Options):
    """The options of an utterance at a socket."""

    utterance: Annotated[int, Field(ge=1, lt=2**32)] | None = None
    format: Literal["binary", "json"] = "binary"
    pace: Literal["asap", "realtime"] = "asap"


class AudioFormat(Message):
    """The format of binary messages. Rates (Hz) and channels that we do not support are `unsupported_audio`."""

    encoding: str
    sample_rate: int | None = None
    channels: int = 1
    channel: Channel = "mix"


class Start(Delivery):
    """Opens an utterance whose audio the client sends."""

    type: Literal["start"]
    audio: AudioFormat
    visemes: bool = False
    """True to receive the visemes that the model hears."""
    group: Annotated[int, Field(ge=1, le=MOST_GROUP)] = 1
    """Least number of frames in a message, except for the last."""


class Emotions(Emotional):
    """Changes the emotions from `at` seconds on."""

    type: Literal["emotions"]
    emotions: dict[str, Share] = Field(default_factory=dict)
    at: Seconds | None = None


class End(Message):
    """Marks the end of the audio."""

    type: Literal["end"]


class Cancel(Message):
    """Drops all utterances."""

    type: Literal["cancel"]


class Words(Message):
    """Words to speak: `text` or `ssml`."""

    text: str | None = None
    ssml: str | None = None
    voice: str | None = None


class Speak(Words, Delivery):
    """Opens an utterance that the server speaks."""

    type: Literal["speak"]


class SpeakBody(Words, Options):
    """The body of `POST /v1/speak`."""


class Ping(Message):
    """Asks for a `pong`, which repeats the id."""

    type: Literal["ping"]
    id: Any = None

    @field_validator("id")
    @classmethod
    def _must_be_json(cls, value: Any) -> Any:
        try:
            text = json.dumps(value, allow_nan=False)
        except ValueError:
            raise ValueError("NaN and infinite numbers are not JSON") from None
        if len(text) > MOST_ID_CHARACTERS:
            raise ValueError(f"longer than {MOST_ID_CHARACTERS} characters")
        return value


ClientMessage = Annotated[Start | Emotions | End | Cancel | Speak | Ping, Field(discriminator="type")]
_CLIENT: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)


MOST_FIELDS = 200
"""Fields of a message, those of its maps included: thousands would take the event loop for milliseconds."""
_FIELD = re.compile(r'(?<!\\)"\s*:')


def parse(text: str) -> ClientMessage:
    """Parses a client's message. Raises BadMessage that names the field."""
    if _has_too_many_fields(text):
        raise BadMessage(f"the message has more than {MOST_FIELDS} fields")
    try:
        return _CLIENT.validate_json(text)
    except ValidationError as error:
        raise BadMessage(explain(error, skip=1)) from None


def explain(error: ValidationError, skip: int = 0) -> str:
    """Describes the first error in words, without the value, which may be a secret.

    `skip` leading parts of its location are not the client's fields but ours (the union's tag).
    """
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return "the message is not JSON (or cuts an emoji in half); it must be a JSON object"
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return f"type: is none of {', '.join(TYPES)}"
    where = ".".join(str(part)[:_SHOWN] for part in first["loc"][skip:])
    reason = first["msg"].removeprefix("Value error, ")
    return f"{where}: {reason}" if where else f"the message has the wrong shape: {reason}"


def refused_request(text: str) -> tuple[str | None, int | None]:
    """Returns the `type` of a message that was refused, and the `utterance` that a `start` or `speak` asked for.

    Unlike `parse` it accepts any JSON, even with half a surrogate pair. Both are None if they cannot be read.
    """
    if _has_too_many_fields(text):
        return None, None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None, None
    kind = message.get("type") if isinstance(message, dict) else None
    if kind not in TYPES:
        return None, None
    number = message.get("utterance") if kind in ("start", "speak") else None
    named = isinstance(number, int) and not isinstance(number, bool) and 1 <= number < 2**32
    return kind, number if named else None


def _has_too_many_fields(text: str) -> bool:
    """Counts no further than necessary: a message of a megabyte would take milliseconds."""
    return len(text) > 4 * MOST_FIELDS and next(islice(_FIELD.finditer(text), MOST_FIELDS, None), None) is not None


TYPES = ("start", "emotions", "end", "cancel", "speak", "ping")
"""The types of a client's messages."""
