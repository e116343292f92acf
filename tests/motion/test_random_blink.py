"""RandomBlink: on full seconds, for any split into calls."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.motion.random_blink import RandomBlink
from tests.motion.acting import acted, column, context, faces, still

LIDS = [arkit.INDEX["eyeBlinkLeft"], arkit.INDEX["eyeBlinkRight"]]


@pytest.mark.parametrize("fps", [10, 24, 30, 60])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_blinks_peak_at_multiples_of_3_or_4_seconds(fps: int, seed: int) -> None:
    lid = column(acted(RandomBlink(context(fps, seed)), still(60 * fps)), "eyeBlinkLeft")
    peaks = np.flatnonzero(lid == 1)
    assert len(peaks) >= 14
    last = 0
    for peak in peaks:
        choices = [every * fps * (last // (every * fps) + 1) for every in (3, 4)]
        assert peak in choices
        np.testing.assert_allclose(lid[peak - 2 : peak + 2], [0.4, 0.6, 1, 0.6], atol=1e-6)
        last = peak
    moving = {frame for peak in peaks for frame in range(peak - 2, peak + 2)}
    assert set(np.flatnonzero(lid)) - moving <= {60 * fps - 2, 60 * fps - 1}, "and the begin of one after the end"


@settings(max_examples=50)
@given(st.integers(10, 60), st.integers(0, 2**32 - 1), st.lists(st.integers(0, 900), max_size=30))
def test_splitting_frames_into_calls_changes_nothing(fps: int, seed: int, cuts: list[int]) -> None:
    face = faces(900, 1)
    assert np.array_equal(
        acted(RandomBlink(context(fps, seed)), face, cuts), acted(RandomBlink(context(fps, seed)), face)
    )


def test_one_frame_at_a_time() -> None:
    face = faces(600, 1)
    assert np.array_equal(acted(RandomBlink(context()), face, [*range(600)]), acted(RandomBlink(context()), face))


def test_only_lids_move_and_the_seed_decides() -> None:
    face = faces(1800, 1)
    one, other = (acted(RandomBlink(context(seed=seed)), face) for seed in (1, 2))
    assert np.array_equal(np.delete(one, LIDS, axis=1), np.delete(face, LIDS, axis=1))
    assert not np.array_equal(one, other)
