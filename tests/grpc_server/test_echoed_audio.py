"""The audio of each frame, and the memory that it is counted in."""

from __future__ import annotations

import pytest

from a2f_server.api.byte_budget import ByteBudget
from a2f_server.errors import Busy
from a2f_server.grpc_server.echoed_audio import EchoedAudio


@pytest.mark.parametrize(("samples", "frames", "padded"), [(98044, 184, 98133), (1, 1, 533), (1600, 3, 1600)])
def test_the_last_frame_is_padded(samples: int, frames: int, padded: int) -> None:
    budget = ByteBudget(1 << 20)
    echo = EchoedAudio(budget, 16000, 30)
    pcm = bytes(i % 251 for i in range(2 * samples))
    echo.add(pcm)
    assert budget.held == 2 * samples
    out = b"".join(echo.take(i) for i in range(frames))
    assert len(out) == 2 * padded
    assert out.rstrip(b"\0") == pcm.rstrip(b"\0")
    assert budget.held == 0


def test_the_budget_is_given_back() -> None:
    budget = ByteBudget(1000)
    echo = EchoedAudio(budget, 16000, 30)
    echo.add(bytes(900))
    with pytest.raises(Busy):
        echo.add(bytes(200))
    echo.close()
    echo.close()
    assert budget.held == 0
