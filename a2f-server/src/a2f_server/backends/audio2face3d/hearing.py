"""Windows of many voices through either kind of network, in the order that it wants them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from a2f_server.backends.audio2face3d.network import Diffusion, Latents, Regression
from a2f_server.backends.audio2face3d.parts import Floats
from a2f_server.backends.contract import Batch

Heard = tuple[Floats, list[Latents | None]]
"""z `[B, frames, m]`, and what each voice's network remembers."""


def hear(network: Regression | Diffusion, batch: Batch, latents: Sequence[Latents | None]) -> Heard:
    """`latents[B]`: what the voices remembered; None before their first window."""
    if isinstance(network, Regression):
        return _at_once(network, batch), list(latents)
    return _one_by_one(network, batch, latents)


def _at_once(network: Regression, batch: Batch) -> Floats:
    """A regression network remembers nothing: windows of one voice are as good as those of many."""
    voices, count, window = batch.samples.shape
    z = network.run(batch.samples.reshape(-1, window), batch.emotions.reshape(voices * count, -1))
    return z.reshape(voices, count, -1)


def _one_by_one(network: Diffusion, batch: Batch, latents: Sequence[Latents | None]) -> Heard:
    """Each window leaves a memory to the next."""
    memories, parts = list(latents), []
    emotions = np.split(batch.emotions, batch.samples.shape[1], axis=1)
    for j, felt in enumerate(emotions):
        z, after = network.run(batch.samples[:, j], felt, memories)
        memories = list(after)
        parts.append(z)
    return np.concatenate(parts, axis=1), memories
