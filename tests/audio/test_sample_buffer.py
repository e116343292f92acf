"""The buffer of the samples that are still needed: silence around them, and no memory for dropped ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2f_server.audio.sample_buffer import SampleBuffer

TYPES = st.sampled_from([np.int16, np.float32])


def line_of(sound: np.ndarray, cuts: list[int] | None = None) -> SampleBuffer:
    line, at = SampleBuffer(), 0
    for cut in [*sorted(cuts or []), len(sound)]:
        line.append(sound[at:cut])
        at = max(at, cut)
    return line


def read(line: SampleBuffer, start: int, stop: int) -> np.ndarray:
    return np.frombuffer(line.read(start, stop), line.dtype)


@given(TYPES, st.lists(st.integers(0, 50), max_size=8), st.integers(-20, 70), st.integers(0, 40), st.integers(-10, 60))
def test_reading_does_not_depend_on_chunking(
    kind: type, cuts: list[int], start: int, length: int, forgotten: int
) -> None:
    sound = np.arange(1, 51).astype(kind)
    line = line_of(sound, cuts)
    line.forget(forgotten)
    assert line.total == 50
    start = max(start, forgotten)
    padded = np.concatenate([sound, np.zeros(200, kind)])
    wanted = np.concatenate([np.zeros(max(0, -start), kind), padded[max(0, start) :]])[:length]
    assert np.array_equal(read(line, start, start + length), wanted)


def test_dropped_samples_read_as_silence() -> None:
    line = line_of(np.ones(10, np.float32))
    line.forget(4)
    assert read(line, 2, 6)[2:].tolist() == [1, 1]


def test_samples_not_received_yet_read_as_silence() -> None:
    assert read(line_of(np.ones(2, np.int16)), -1, 4).tolist() == [0, 1, 1, 0, 0]
    assert read(line_of(np.ones(2, np.int16)), 100, 103).tolist() == [0, 0, 0]


def test_a_window_is_not_changed_by_later_writes() -> None:
    line = line_of(np.arange(10, dtype=np.int16))
    window = line.read(0, 4)
    line.append(np.full(5000, 9, np.int16))
    line.forget(5000)
    assert np.frombuffer(window, np.int16).tolist() == [0, 1, 2, 3]


def test_forgetting_an_earlier_position_changes_nothing() -> None:
    line = line_of(np.arange(10, dtype=np.int16))
    line.forget(6)
    line.forget(3)
    line.forget(-5)
    assert read(line, 6, 9).tolist() == [6, 7, 8]


def test_a_long_stream_takes_little_memory() -> None:
    line, chunk = SampleBuffer(), np.ones(1000, np.float32)
    for k in range(300):
        line.append(chunk)
        line.forget(1000 * k)
    assert line.total == 300_000
    assert len(line._data) <= 8 * chunk.nbytes


@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_an_empty_buffer_is_silence(kind: type) -> None:
    line = line_of(np.zeros(0, kind))
    assert line.total == 0
    assert not any(line.read(0, 8))
