"""Drives an utterance without an engine: the reference for all ways of streaming."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from a2f_server.arrays import Samples
from a2f_server.backends.contract import Backend
from a2f_server.engine.engine import Feed
from a2f_server.engine.stream import Stream
from a2f_server.engine.utterance import Utterance, stack_windows
from a2f_server.motion import profiles
from a2f_server.motion.contract import Processor

PROFILES = profiles.load()


def utterance(
    backend: Backend, rate: int, fps: int = 30, seed: int = 0, motion: list[Processor] | None = None
) -> Utterance:
    processors = PROFILES.motion(None, fps, seed) if motion is None else motion
    return Utterance(backend.layout(rate), backend.initial_state(seed), processors, sample_rate=rate, fps=fps)


def whole(sound: Samples) -> Feed:
    """Gives a stream all its audio at once."""

    async def feed(stream: Stream) -> None:
        stream.write(sound)
        stream.end()

    return feed


def pump(backend: Backend, one: Utterance, most: int = 64) -> list[np.ndarray]:
    """Computes all frames that are due, up to `most` windows per call."""
    out = []
    while due := one.due():
        taken = one.take(min(due, most))
        weights, states = backend.infer(stack_windows([taken], one.dtype, one.layout), [one.state])
        if frames := one.accept(weights[0], states[0]):
            out.append(frames.values)
    return out


def streamed(
    backend: Backend, sound: Samples, rate: int, cuts: Iterable[int], fps: int = 30, most: int = 64
) -> np.ndarray:
    """Returns the frames of audio that arrives in chunks that end at `cuts`."""
    one, out, at = utterance(backend, rate, fps), [np.zeros((0, 52), np.uint16)], 0
    for cut in [*cuts, len(sound)]:
        one.write(sound[at:cut])
        out += pump(backend, one, most)
        at = max(at, cut)
    one.end()
    out += pump(backend, one, most)
    assert one.done
    return np.concatenate(out)
