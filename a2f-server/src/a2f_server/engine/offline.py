"""Runs one utterance to its end, without an event loop: the frames are exactly those of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from a2f_server.arrays import Samples
from a2f_server.backends.contract import Backend
from a2f_server.engine.frames import Frames
from a2f_server.engine.utterance import Utterance, stack_windows
from a2f_server.errors import A2FError, BackendFailed

RUN = 64
"""Windows per call of the model."""


def animate_blocks(utterance: Utterance, blocks: Iterable[Samples], backend: Backend) -> Iterator[Frames]:
    """Yields the frames of the whole audio, block by block. Raises TooLong, BackendFailed, or what `blocks` raises."""
    run = min(RUN, backend.max_run)
    for block in blocks:
        utterance.write(block)
        yield from _computed(utterance, backend, run, least=run)
    utterance.end()
    yield from _computed(utterance, backend, run, least=1)


def _computed(utterance: Utterance, backend: Backend, run: int, least: int) -> Iterator[Frames]:
    while (due := utterance.due()) >= least:
        windows = utterance.take(min(due, run))
        batch = stack_windows([windows], utterance.dtype, utterance.layout)
        try:
            weights, states = backend.infer(batch, [utterance.state])
        except A2FError:
            raise
        except Exception as error:
            raise BackendFailed(f"the face model failed on this audio: {error}") from error
        if not np.isfinite(weights).all():
            raise BackendFailed("the face model gave values that are not numbers")
        if frames := utterance.accept(weights[0], states[0]):
            yield frames
