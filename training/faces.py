"""The face that says some phones: curves of ARKit shapes with coarticulation.

Every phone pulls each group of shapes towards its own resting place. Its hold (dominance) is full while it lasts and
fades exponentially before and after; a curve is the mean of all resting places, weighted by hold: Cohen and Massaro,
"Modeling coarticulation in synthetic visual speech" (1993). Closures are apart: lips that meet at p, b and m, and the
lip that meets the teeth at f and v, meet whatever the neighbours ask.
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
GATES = ("seal", "bite")
"""0-1: lips that meet; lower lip at the teeth."""
CHANNELS = (*CURVES, *GATES)
"""What the network predicts. rig.py says how ARKit's 52 shapes follow from these."""

SHORTEST = 0.07
"""Seconds that a closure is seen at least."""
RAMP = 0.03
"""Seconds in which lips meet and part."""
REACH = 0.5
"""Seconds beyond which a phone has no hold."""
EFFORT = (0.7, 0.4)
"""Jaw at no voice, and what a vowel as loud as the utterance's loudest adds."""

Curves = NDArray[np.float32]


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "faces.toml").read_text("utf-8"))


@cache
def _table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Resting places `[phones, curves]` and holds `[phones, groups]`, in the order of phones.NAMES."""
    data = _file()
    rest = np.array([[data["faces"][n].get(c, 0.0) for c in CURVES] for n in phones.NAMES])
    hold = np.array([[_hold(n)[g] for g in data["groups"]] for n in phones.NAMES])
    return rest, hold


def _hold(name: str) -> dict[str, float]:
    data = _file()
    kind = "vowel" if name in phones.VOWELS else "consonant"
    return {**data["hold"][kind], **data["faces"][name].get("hold", {})}


def curves(said: Sequence[Phone], times: NDArray[np.float64]) -> Curves:
    """`[len(times), CHANNELS]` at these instants (seconds), each 0-1."""
    index = np.array([phones.NAMES.index(p.name) for p in said])
    start, end = np.array([p.start for p in said]), np.array([p.end for p in said])
    rest, hold = _table()
    before = np.maximum(start[:, None] - times, 0.0)
    after = np.maximum(times - end[:, None], 0.0)
    out = np.zeros((len(times), len(CHANNELS)), np.float32)
    for g, (group, members) in enumerate(_file()["groups"].items()):
        early, late = _file()["fade"][group]
        pull = hold[index, g][:, None] * np.exp(-before / early - after / late) * (before + after < REACH)
        share = pull / np.maximum(pull.sum(0), 1e-9)
        for name in members:
            out[:, CHANNELS.index(name)] = share.T @ rest[index, CURVES.index(name)]
    out[:, CHANNELS.index("seal")] = _meeting(said, times, "seal")
    out[:, CHANNELS.index("bite")] = _meeting(said, times, "bite")
    return out


def _meeting(said: Sequence[Phone], times: NDArray[np.float64], gate: str) -> NDArray[np.float64]:
    """1 while what must meet meets. A stop lets go at its burst, a part of its time before its end."""
    out = np.zeros(len(times))
    for phone in said:
        share = _file()["faces"][phone.name].get(gate, 0.0)
        if share:
            middle = phone.start + share * (phone.end - phone.start) / 2
            half = max(share * (phone.end - phone.start), SHORTEST) / 2
            out = np.maximum(out, np.clip((half + RAMP / 2 - np.abs(times - middle)) / RAMP, 0, 1))
    return out


def with_effort(curves: Curves, loudness: NDArray[np.float32]) -> Curves:
    """The jaw falls further in a loud vowel: `loudness` 0-1 for each instant, 1 being the utterance's loudest."""
    out = curves.copy()
    low, gain = EFFORT
    out[:, CHANNELS.index("jaw")] *= low + gain * np.clip(loudness, 0, 1.2)
    return out
