"""The TOML file that describes a network (docs/backends.md, "Your own ONNX network")."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from a2f_server import arkit
from a2f_server.backends.sequence.silence import Silence
from a2f_server.backends.sequence.windows import Rounding, WindowSizes

SHIPPED = Path(__file__).parent
Order = Literal["arkit", "alphabetical"] | list[str]
Rate = Annotated[int, Field(ge=1, le=192000)]
FrameSize = Annotated[int, Field(ge=0, le=600)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Audio(_Strict):
    """The waveform."""

    meaning: Literal["audio"]


class SampleCount(_Strict):
    """The number of samples."""

    meaning: Literal["samples"]


class FrameCount(_Strict):
    """The number of frames to compute (time steps)."""

    meaning: Literal["frames"]


class EmotionId(_Strict):
    """The id of the strongest of the ten emotions if it is above one half, else `neutral`."""

    meaning: Literal["emotion"]
    neutral: int
    ids: dict[str, int] = {}

    @model_validator(mode="after")
    def _known(self) -> Self:
        if unknown := set(self.ids) - set(arkit.EMOTIONS):
            raise ValueError(f"there is no emotion {min(unknown)!r}: use {', '.join(arkit.EMOTIONS)}")
        return self


class OneHot(_Strict):
    """A vector of `size` zeros with a one at `index`, such as a person or a level."""

    meaning: Literal["one_hot"]
    size: int = Field(ge=1, le=4096)
    index: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.index >= self.size:
            raise ValueError("index must be below size")
        return self


class Constant(_Strict):
    """Numbers that are always the same."""

    meaning: Literal["constant"]
    value: float | list[float]


Input = Annotated[Audio | SampleCount | FrameCount | EmotionId | OneHot | Constant, Field(discriminator="meaning")]


class WindowTable(_Strict):
    """Sizes in frames (sequence/windows.py)."""

    context: FrameSize = 30
    hop: FrameSize = 15
    overlap: FrameSize = 5
    ahead: FrameSize = 10


class SilenceSearch(_Strict):
    """The thresholds of a pause (sequence/silence.py)."""

    mean_square: float = Field(1e4, gt=0)
    window_s: float = Field(0.1, gt=0, le=1)
    hop_s: float = Field(0.005, gt=0, le=1)


class Description(_Strict):
    """A network and how to run it. Without `inputs`, its only input is the waveform."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    title: str = ""
    licence: str = ""
    repository: str = Field("", pattern=r"^(\w[\w.-]*/\w[\w.-]*)?$")
    revision: str = "main"
    file: str = Field("", pattern=r"^[^/\\]*$")
    sample_rate: Rate = 16000
    frame_rate: Annotated[int, Field(ge=1, le=240)] = 30
    rounding: Rounding = "ceil"
    normalise: bool = False
    order: Order = "arkit"
    inputs: dict[str, Input] = {}
    window: WindowTable = WindowTable()
    silence: SilenceSearch | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        known = [name for name in self.names if name in arkit.INDEX]
        if not known:
            raise ValueError("order has none of the 52 names of ARKit")
        if len(set(known)) < len(known):
            raise ValueError("a name occurs twice in order")
        if self.inputs and sum(isinstance(one, Audio) for one in self.inputs.values()) != 1:
            raise ValueError('exactly one input must have the meaning "audio"')
        self.windows()
        return self

    @property
    def names(self) -> list[str]:
        """The names of the network's outputs, in their order."""
        if isinstance(self.order, list):
            return self.order
        return list(arkit.NAMES if self.order == "arkit" else arkit.ALPHABETICAL)

    @property
    def columns(self) -> list[int | None]:
        """For each output, its index in `arkit.NAMES`; None for other names, which are ignored."""
        return [arkit.INDEX.get(name) for name in self.names]

    def windows(self) -> WindowSizes:
        """Returns the sizes of the windows."""
        sizes = self.window
        return WindowSizes(
            *(self.sample_rate, self.frame_rate, self.rounding),
            *(sizes.context, sizes.hop, sizes.overlap, sizes.ahead),
        )

    def pauses(self) -> Silence | None:
        """Returns the search for pauses, if the file asks for it."""
        return Silence(**self.silence.model_dump()) if self.silence else None


def load(file: Path) -> Description:
    """Reads a description. Raises ValueError with a message that names the file and the key."""
    try:
        return Description.model_validate(tomllib.loads(file.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{file}: {f'{where}: ' if where else ''}{first['msg']}") from None
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from None


def shipped(name: str) -> Description:
    """Returns a description that is part of the package."""
    return load(SHIPPED / f"{name}.toml")
