"""The messages between a worker and the process of the model. Arrays are in the SharedBlock of the worker."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

MODEL = "model.sock"
"""Name of the socket in the folder of a server."""

STATE_OF_NEW = -1
"""The number of a state that is still to be made, from the utterance's seed."""

StateKey = tuple[int, int]
"""The number of a state, or STATE_OF_NEW, and the utterance's seed."""

ModelDescription = Mapping[str, Any]
"""The attributes of the backend: those named in DESCRIBED."""
DESCRIBED = (
    *("name", "mode", "device", "provider", "capacity", "max_run", "max_batch"),
    *("own_motion", "phones", "model"),
)


@dataclass(frozen=True, slots=True)
class Describe:
    """Asks for the ModelDescription."""


@dataclass(frozen=True, slots=True)
class AskLayout:
    """Asks for the layout of audio at a sample rate."""

    sample_rate: int


@dataclass(frozen=True, slots=True)
class NewBlock:
    """Announces a block, whose descriptor follows."""

    size: int


@dataclass(frozen=True, slots=True)
class Infer:
    """Asks for a batch: its samples and emotions are in the block, one after the other."""

    samples: tuple[int, ...]
    emotions: tuple[int, ...]
    """The shapes."""
    sample_rate: int
    with_phones: bool
    states: list[StateKey]
    released: list[int]
    """States that are no longer needed."""


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """The weights are in the block; the new states have numbers from `first_state` on."""

    weights: tuple[int, ...]
    first_state: int


@dataclass(frozen=True, slots=True)
class BatchFailed:
    """The batch raised. `message` is for the client if it is a typed error, else empty."""

    message: str


def connect(path: Path) -> Connection:
    """Connects to the process of the model. Raises OSError."""
    client = socket.socket(socket.AF_UNIX)
    try:
        client.connect(str(path))
    except OSError:
        client.close()
        raise
    return Connection(client.detach())
