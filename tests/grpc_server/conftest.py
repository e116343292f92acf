"""A server with gRPC for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.support.grpc_clients import run_grpc
from tests.support.running import Running
from tests.support.sounds import buzz, wav

SAMPLES = 20044
"""No whole number of frames: the last frame's audio is padded."""


@pytest.fixture(scope="package")
def grpc_server() -> Iterator[Running]:
    with run_grpc(api_key=None) as running:
        yield running


@pytest.fixture(scope="package")
def sound() -> np.ndarray:
    return buzz(SAMPLES / 16000, 16000)[:SAMPLES]


@pytest.fixture(scope="package")
def expected(grpc_server: Running, sound: np.ndarray) -> np.ndarray:
    """The frames of `sound` from POST /v1/animate, four decimals."""
    with grpc_server.http() as http:
        return np.array(http.post("/v1/animate", content=wav(sound, 16000)).json()["weights"], np.float32)
