"""Relax: the mouth comes to rest in silence, and follows again with the voice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.motion.mouth import MOUTH
from a2f_server.motion.relax import Relax
from tests.motion.acting import acted, column, context, faces, speaking, still


def ajar(frames: int, jaw: float) -> np.ndarray:
    face = still(frames)
    face[:, arkit.INDEX["jawOpen"]] = jaw
    return face


@pytest.mark.parametrize("fps", [10, 30, 60])
def test_a_mouth_left_ajar_closes_after_the_pause(fps: int) -> None:
    face = np.concatenate([speaking(2, fps), ajar(2 * fps, 0.08), speaking(2, fps)])
    jaw = column(acted(Relax(context(fps)), face), "jawOpen")
    pause = jaw[2 * fps : 4 * fps]
    assert pause[: int(0.25 * fps)].min() == np.float32(0.08)
    assert pause[round(0.75 * fps) :].max() < 1e-6
    again = 4 * fps + max(1, round(0.15 * fps))
    assert np.array_equal(jaw[again:], column(face, "jawOpen")[again:]), "moves fully again"


def test_a_held_vowel_stays() -> None:
    face = ajar(300, 0.4)
    assert np.array_equal(acted(Relax(context()), face), face)


def test_speech_stays() -> None:
    face = speaking(10)
    np.testing.assert_allclose(acted(Relax(context()), face), face, atol=0.02)


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 300), max_size=20))
def test_splitting_frames_into_calls_changes_nothing(seed: int, cuts: list[int]) -> None:
    face = np.clip(faces(300, seed), 0, 0.3)
    face[100:200] = face[100]
    made = acted(Relax(context()), face, cuts)
    assert np.array_equal(made, acted(Relax(context()), face))
    assert np.array_equal(np.delete(made, MOUTH, 1), np.delete(face, MOUTH, 1)), "only the mouth"
    assert (made[:, MOUTH] <= face[:, MOUTH]).all()


@pytest.mark.parametrize("wrong", [{"after": -1}, {"fall": "x"}, {"ajar": 2}, {"after": float("nan")}], ids=str)
def test_parameters_out_of_range(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Relax(context(), **wrong)
