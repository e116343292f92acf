"""Target faces for a sequence of phones: curves with coarticulation.

Every phone has a target for each curve and a dominance, which is full during the phone and decays exponentially before
and after it. A curve is the mean of all targets, weighted by dominance: Cohen and Massaro, "Modeling coarticulation in
synthetic visual speech" (1993). Closures are an exception: the lips close at p, b and m, and the lip meets the teeth at
f and v, regardless of the neighbouring phones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import phones
from training.phones import Phone

CURVES = ("jaw", "lower", "upper", "funnel", "pucker", "stretch", "smile", "tongue", "forward")
GATES = ("seal", "bite", "rest")
"""Lips closed, lower lip at the teeth, and the calm face of a pause; 0–1."""
CHANNELS = (*CURVES, *GATES)
"""Outputs of the network; rig.py converts them to ARKit's 52 shapes."""

SHORTEST = 0.09
"""Minimum duration of a closure, in seconds."""
HOLD = 0.03
"""Seconds by which a closure is longer than its share of the phone: lips meet before the sound stops."""
RAMP = 0.03
"""Seconds in which lips close and open."""
SETTLE, WAKE = 0.1, 0.06
"""Seconds from the last phone until the face begins to rest, and from its waking up to the next phone."""
REST_RAMP = 0.04
REACH = 0.5
"""Seconds beyond which a phone has no influence."""
EFFORT = (0.7, 0.4)
"""Scale of the jaw at silence, and its increase at the utterance's loudest vowel."""

Curves = NDArray[np.float32]


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "targets.toml").read_text("utf-8"))


@cache
def _table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns targets `[phones, curves]` and dominances `[phones, groups]`, in the order of phones.NAMES."""
    data = _file()
    target = np.array([[data["targets"][n].get(c, 0.0) for c in CURVES] for n in phones.NAMES])
    dominance = np.array([[_dominance(n)[g] for g in data["groups"]] for n in phones.NAMES])
    return target, dominance


def _dominance(name: str) -> dict[str, float]:
    data = _file()
    kind = "vowel" if name in phones.VOWELS else "consonant"
    return {**data["dominance"][kind], **data["targets"][name].get("dominance", {})}


def curves(spoken: Sequence[Phone], times: NDArray[np.float64]) -> Curves:
    """Returns the values of all channels at these times (seconds), `[len(times), CHANNELS]`, each 0–1."""
    index = np.array([phones.NAMES.index(p.name) for p in spoken])
    start, end = np.array([p.start for p in spoken]), np.array([p.end for p in spoken])
    target, dominance = _table()
    before = np.maximum(start[:, None] - times, 0.0)
    after = np.maximum(times - end[:, None], 0.0)
    out = np.zeros((len(times), len(CHANNELS)), np.float32)
    for g, (group, members) in enumerate(_file()["groups"].items()):
        early, late = _file()["fade"][group]
        weight = dominance[index, g][:, None] * np.exp(-before / early - after / late) * (before + after < REACH)
        share = weight / np.maximum(weight.sum(0), 1e-9)
        for name in members:
            out[:, CHANNELS.index(name)] = share.T @ target[index, CURVES.index(name)]
    out[:, CHANNELS.index("seal")] = _closure(spoken, times, "seal")
    out[:, CHANNELS.index("bite")] = _closure(spoken, times, "bite")
    out[:, CHANNELS.index("rest")] = _rest(spoken, times)
    return out


def _closure(spoken: Sequence[Phone], times: NDArray[np.float64], gate: str) -> NDArray[np.float64]:
    """Returns 1 while a gate is closed. A stop opens at its burst, before the end of the phone."""
    out = np.zeros(len(times))
    for phone in spoken:
        share = _file()["targets"][phone.name].get(gate, 0.0)
        if share:
            middle = phone.start + share * (phone.end - phone.start) / 2
            half = max(share * (phone.end - phone.start) + HOLD, SHORTEST) / 2
            out = np.maximum(out, np.clip((half + RAMP / 2 - np.abs(times - middle)) / RAMP, 0, 1))
    return out


def _rest(spoken: Sequence[Phone], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns 1 in pauses that are long enough to settle."""
    out = np.ones(len(times))
    for phone in spoken:
        if phone.name != phones.SILENCE:
            away = np.maximum(phone.start - WAKE - times, times - phone.end - SETTLE)
            out = np.minimum(out, np.clip(away / REST_RAMP, 0, 1))
    return out


def with_effort(curves: Curves, loudness: NDArray[np.float32]) -> Curves:
    """Opens the jaw further in loud speech. `loudness` is 0–1 per time, 1 at the utterance's loudest."""
    out = curves.copy()
    low, gain = EFFORT
    out[:, CHANNELS.index("jaw")] *= low + gain * np.clip(loudness, 0, 1.2)
    return out
