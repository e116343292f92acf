"""Augmentation of the features themselves, cheap enough to be different in every epoch."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from a2f_server.backends.builtin import mel

MASKS = 3
"""One more than the most masks of a scene, each over a few neighbouring bands (SpecAugment, Park et al. 2019)."""
HUM = 2.5
"""Level of the loudest hum, in the unit of the features."""


def augment_features(features: Tensor, rng: np.random.Generator) -> Tensor:
    """Varies vocal tract length, frequency response and level, masks bands and adds hum, in features `[N, T, 128]`."""
    count, steps, _ = features.shape
    x = features.view(count, steps, 2, mel.BANDS)
    x = _warped(x, torch.from_numpy(rng.uniform(0.88, 1.13, count).astype(np.float32)))
    knots = torch.from_numpy(rng.normal(0, 0.22, (count, 1, 6)).astype(np.float32))
    knots += torch.from_numpy(rng.uniform(-0.6, 0.3, (count, 1, 1)).astype(np.float32))
    curve = functional.interpolate(knots, size=mel.BANDS, mode="linear", align_corners=True)[:, None]
    x = torch.relu(x + curve * torch.clamp(x * 2, 0, 1))
    x = x + torch.log1p(_hum(count, rng) * torch.exp(-x / mel.UNIT)) * mel.UNIT
    keep = torch.ones(count, 1, 1, mel.BANDS)
    for i in range(count):
        if rng.random() < 0.1:
            keep[i, ..., rng.integers(42, 60) :] = 0
        for _ in range(rng.integers(0, MASKS)):
            first = rng.integers(0, mel.BANDS)
            keep[i, ..., first : first + rng.integers(1, 9)] = 0
    return (x * keep).view(count, steps, -1)


def _hum(count: int, rng: np.random.Generator) -> Tensor:
    """Returns the power of a steady hum in the lowest bands, `[count, 1, 1, BANDS]`; most scenes have none."""
    level = rng.uniform(0, HUM, count) * (rng.random(count) < 0.15)
    slope = rng.uniform(0.05, 0.5, (count, 1))
    fading = np.clip(1 - slope * np.arange(mel.BANDS), 0, None)
    power = np.expm1(level[:, None] * fading / mel.UNIT)
    return torch.from_numpy(power.astype(np.float32))[:, None, None]


def _warped(x: Tensor, factors: Tensor) -> Tensor:
    """Moves bands along the frequency axis: vocal tract length perturbation (Jaitly and Hinton 2013)."""
    positions = torch.clamp(torch.arange(mel.BANDS)[None] * factors[:, None], 0, mel.BANDS - 1)
    low = positions.floor().long().clamp(max=mel.BANDS - 2)
    share = (positions - low)[:, None, None]
    low = low[:, None, None].expand(*x.shape)
    return torch.gather(x, 3, low) * (1 - share) + torch.gather(x, 3, low + 1) * share
