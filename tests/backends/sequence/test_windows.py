"""Sizes of windows, and the cross-fade between them."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.backends.sequence.windows import WindowSizes

RATES = [(16000, 30), (16000, 25), (22050, 30), (48000, 24), (16000, 60)]


@pytest.mark.parametrize(("rate", "fps"), RATES)
def test_the_network_yields_exactly_the_frames_asked_for(rate: int, fps: int) -> None:
    ceil, floor = WindowSizes(rate, fps, "ceil"), WindowSizes(rate, fps, "floor")
    for frames in range(1, 400):
        assert -(-ceil.samples(frames) * fps // rate) == frames
        assert floor.samples(frames) * fps // rate == frames


@pytest.mark.parametrize(("rate", "fps"), RATES)
def test_frames_and_samples_agree_within_a_sample(rate: int, fps: int) -> None:
    windows = WindowSizes(rate, fps, "floor", context=17, hop=7, overlap=3, ahead=4)
    for window in range(5):
        first = windows.first_frame(window)
        outside = windows.layout().before - window * windows.hop * rate / fps
        assert abs(windows.start(first) - max(0, outside)) <= 1
    assert windows.first_frame(100) == 0
    assert all(windows.frame_at(windows.start(frame)) in {frame - 1, frame} for frame in range(windows.total))


def test_the_look_ahead_is_hop_overlap_and_ahead() -> None:
    windows = WindowSizes(16000, 30, context=30, hop=15, overlap=5, ahead=10)
    assert windows.layout().lookahead(30) == 1
    assert windows.layout().window == 32000


def test_the_cross_fade_goes_from_the_old_window_to_the_new_one() -> None:
    windows = WindowSizes(16000, 30, hop=6, overlap=3)
    blended = windows.cross_fade(np.ones((6, 2), np.float32), np.zeros((3, 2), np.float32))
    assert np.allclose(blended[:, 0], [0.25, 0.5, 0.75, 1, 1, 1])
    assert np.array_equal(windows.cross_fade(blended, None), blended)


@pytest.mark.parametrize("sizes", [{"overlap": 16}, {"overlap": -1}, {"hop": 0, "overlap": 0}, {"ahead": 0}])
def test_sizes_that_do_not_fit_are_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="windows"):
        WindowSizes(16000, 30, **sizes)  # type: ignore[arg-type]
