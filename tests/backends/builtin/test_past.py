from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from a2f_server.backends.builtin.backend import GRAPH
from a2f_server.backends.builtin.past import Past, PastState
from a2f_server.onnx_runtime.session import Session


@pytest.fixture(scope="module")
def past() -> Past:
    return Past(Session(GRAPH.read_bytes(), "cpu"))


def width(past: Past) -> int:
    """Columns of the graph's output `inputs`."""
    return sum(array.shape[-1] for array in past.gather([past.silence()], 1).values())


def inputs(past: Past, steps: range) -> np.ndarray:
    """Returns the graph's output for one utterance, in which every number of a step is that of the step."""
    return np.repeat(np.array([*steps], np.float32), width(past)).reshape(1, len(steps), -1)


def after(past: Past, *calls: range) -> PastState:
    state = past.silence()
    for steps in calls:
        [state] = past.after([state], inputs(past, steps))
    return state


def test_a_layer_gets_its_inputs_of_as_many_steps_ago_as_its_delay(past: Past) -> None:
    given = past.gather([after(past, range(1, 101))], 3)
    assert {name: array[0, :, 0].tolist() for name, array in given.items()} == {
        "features": [99, 100],
        "past1": [100],
        "past2": [99, 100],
        "past4": [97, 98, 99],
        "past8": [93, 94, 95],
        "past16": [85, 86, 87],
    }


def test_the_number_of_steps_per_call_makes_no_difference(past: Past) -> None:
    whole = past.gather([after(past, range(1, 41))], 64)
    for cuts in ((1, 2, 3, 41), (1, 20, 21, 40, 41), (1, 17, 41)):
        calls = [range(*pair) for pair in pairwise(cuts)]
        split = past.gather([after(past, *calls)], 64)
        assert all(np.array_equal(split[name], whole[name]) for name in whole)


def test_a_state_has_as_many_rows_as_steps_are_needed(past: Past) -> None:
    assert [len(rows) for rows in after(past, range(1, 101))] == [len(rows) for rows in past.silence()]


def test_utterances_are_stacked_in_order(past: Past) -> None:
    given = past.gather([past.silence(), after(past, range(1, 51))], 1)
    assert given["past4"][:, 0, 0].tolist() == [0, 47]
