"""Measures what a live stream costs the event loop, for the number of streams that it serves in time."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import mean

import numpy as np

from a2f_server import arkit
from a2f_server.arrays import Int16Array
from a2f_server.backends.contract import Backend, Result
from a2f_server.engine.admission import MOST_BUSY
from a2f_server.engine.frames import quantise_frames
from a2f_server.engine.utterance import Utterance, stack_windows

STREAMS, ROUNDS, FIRST = 16, 14, 2
"""The first rounds do not count: everything is cold."""
STEP_S = 0.04
"""Seconds of audio that each stream gets in a round."""
AROUND = 3.5
"""Time of the event loop for a live stream with its sockets, in multiples of what is measured here
(docs/performance.md)."""


def streams_in_time(backend: Backend, make: Callable[[], Utterance]) -> int:
    """Returns how many live streams the event loop serves in time, at least one. Takes about 20 ms; blocking.

    `make` returns a new utterance. A backend that runs on its own thread limits the streams by itself.
    """
    utterances = [make() for _ in range(STREAMS)]
    samples = np.random.default_rng(0).normal(0, 3000, int(STEP_S * utterances[0].sample_rate)).astype(np.int16)
    took = mean([_round(backend, utterances, samples) for _ in range(ROUNDS)][FIRST:])
    return max(1, int(MOST_BUSY * STREAMS * STEP_S / (AROUND * took)))


def _round(backend: Backend, utterances: list[Utterance], samples: Int16Array) -> float:
    """Returns the seconds that a round takes."""
    first, begun = utterances[0], time.perf_counter()
    for utterance in utterances:
        utterance.write(samples)
    while count := min(first.due(), backend.max_run):
        taken = [utterance.take(count) for utterance in utterances]
        batch = stack_windows(taken, first.dtype, first.layout)
        states = [utterance.state for utterance in utterances]
        weights, after = backend.infer(batch, states) if backend.run_inline else _closed(first, count, states)
        made = [u.accept_floats(*row) for u, *row in zip(utterances, weights, after, strict=True)]
        if frames := [each for each in made if each is not None]:
            quantise_frames(frames)
    return time.perf_counter() - begun


def _closed(utterance: Utterance, count: int, states: list[object]) -> Result:
    return np.zeros((len(states), count * utterance.layout.hop, arkit.COUNT), np.float32), states
