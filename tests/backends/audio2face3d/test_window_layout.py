"""The frame clocks of NVIDIA's SDK, as tables (audio_accumulator.cpp, executor_diffusion_core.cpp)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from a2f_server.backends.audio2face3d.bundle import NetworkSpec
from a2f_server.backends.audio2face3d.window_layout import layout

REGRESSION = NetworkSpec(Path(), "regression", "2.3", (), 16000, 8320, 4160, skin=272, tongue=10, jaw=15, eyes=4)
DIFFUSION = replace(
    REGRESSION,
    kind="diffusion",
    window=16000,
    before=16000,
    steps=2,
    layers=2,
    latent=256,
    left=15,
    centre=30,
    right=15,
)


@pytest.mark.parametrize(("fps", "starts"), [(30, (-4160, -3627, -3094, -2560)), (60, (-4160, -3894, -3627, -3360))])
def test_a_regression_window_is_centred_on_its_frame(fps: int, starts: tuple[int, ...]) -> None:
    windows = layout(REGRESSION, fps)
    assert tuple(windows.start(k) for k in range(4)) == starts
    assert windows.start(300 * fps) == 300 * 16000 - 4160, "no drift after five minutes"
    assert [windows.window_of(k) for k in range(4)] == [0, 1, 2, 3]
    assert windows.lookahead(fps) == Fraction(260, 1000)


def test_diffusion_advances_by_half_a_second() -> None:
    windows = layout(DIFFUSION, 30)
    assert (windows.frame_rate, windows.hop, windows.window) == (60, 30, 16000)
    assert [windows.start(i) for i in range(4)] == [-16000, -8000, 0, 8000]


def test_diffusion_frames_have_the_times_of_the_sdk() -> None:
    """Window i keeps frames at start + 4000 + floor(j · 8000 / 30) samples."""
    windows = layout(DIFFUSION, 30)
    for i in range(5):
        for j in range(30):
            target = windows.start(i) + 4000 + j * 8000 // 30
            frame = i * windows.hop + j - windows.lead
            assert target == frame * 16000 // 60
    assert [windows.window_of(frame) for frame in (0, 14, 15, 44, 45)] == [1, 1, 2, 2, 3]


def test_diffusion_looks_ahead_three_quarters_of_a_second() -> None:
    assert layout(DIFFUSION, 30).lookahead(30) == Fraction(3, 4)
    assert layout(DIFFUSION, 30).lookahead(60) == Fraction(3, 4)
