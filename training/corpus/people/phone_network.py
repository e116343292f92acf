"""Forced alignment in any language by the phone scores of a network of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import phones
from training.corpus.people import audio, pronunciation, viterbi
from training.corpus.people.alignments import Alignment
from training.corpus.people.manifest import Recording
from training.corpus.people.plausibility import plausible
from training.corpus.synthesisers.espeak import UnexpectedLanguage
from training.corpus.utterance import RATE
from training.phones import SILENCE

PRIOR = "prior.npy"
NEUTRAL = 0.6
"""Exponent of the phones' frequencies that the scores are divided by."""


@dataclass(frozen=True)
class NetworkAligner:
    """Aligns with the phone scores of the network in a folder: its checkpoint (network/training_run.py) and PRIOR."""

    network: Path

    def __call__(self, folder: Path, recording: Recording) -> Alignment | None:
        """Aligns a recording; None if its language is unknown, it cannot be read, or the result is not plausible."""
        words = self._words(recording)
        if not words:
            return None
        samples = audio.read(folder / recording.file)
        scores = log_likelihoods(self.network, samples)
        spoken = viterbi.align(scores, words)
        if spoken is None or not plausible(samples, spoken):
            return None
        return Alignment(recording.file, spoken, gain(scores, spoken, words))

    def _words(self, recording: Recording) -> list[viterbi.Word]:
        if recording.keyword or recording.language not in pronunciation.voices():
            return []
        try:
            return pronunciation.words(recording.transcript, recording.language)
        except (UnexpectedLanguage, KeyError):  # KeyError: a sign of IPA that no face knows
            return []


def save_prior(folder: Path, phone_indices: NDArray[np.uint8]) -> None:
    """Writes the log frequencies of the phones in examples."""
    counts = np.bincount(phone_indices.ravel(), minlength=len(phones.NAMES)) + 1
    np.save(folder / PRIOR, np.log(counts / counts.sum()))


def gain(scores: NDArray[np.float64], spoken: list[phones.Phone], words: Sequence[viterbi.Word]) -> float:
    """Returns how much better the phones fit than those of the text read backwards, in nats per step.

    It is about zero if the text is not what is said, however sure the network is.
    """
    backwards = viterbi.align(scores, [word[::-1] for word in reversed(words)])
    return fit(scores, spoken) - fit(scores, backwards) if backwards else 0.0


def fit(scores: NDArray[np.float64], spoken: list[phones.Phone]) -> float:
    """Returns the mean score of the phones that are not silence, relative to the best phone at each instant."""
    lost = scores.max(1)
    total, count = 0.0, 0
    for phone in spoken:
        if phone.name != SILENCE:
            at = slice(round(phone.start / viterbi.STEP), round(phone.end / viterbi.STEP))
            total += float((scores[at, phones.NAMES.index(phone.name)] - lost[at]).sum())
            count += at.stop - at.start
    return total / max(count, 1)


def log_likelihoods(folder: Path, samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Returns how well each phone fits, `[steps of viterbi.STEP, phones.NAMES]`, in nats."""
    import torch  # noqa: PLC0415 - training needs it, reading aligned recordings does not
    from torch.nn import functional  # noqa: PLC0415

    from a2f_server.backends.builtin.backend import FRAME_RATE, LEAD  # noqa: PLC0415
    from training.network.examples import features  # noqa: PLC0415

    network, prior = _load(folder)
    step = RATE // FRAME_RATE
    padded = np.pad(samples, (0, -len(samples) % step + (LEAD + 1) * step))
    with torch.no_grad():
        scores = functional.log_softmax(network(torch.from_numpy(features(padded))[None])[1][0], -1).numpy()[LEAD:]
    middles = (np.arange(int(len(samples) / RATE / viterbi.STEP)) + 0.5) * viterbi.STEP
    at = middles * FRAME_RATE
    low = np.minimum(at.astype(int), len(scores) - 2)
    share = (at - low)[:, None]
    return np.asarray(scores[low] * (1 - share) + scores[low + 1] * share - NEUTRAL * prior, np.float64)


@cache
def _load(folder: Path) -> tuple[Any, NDArray[np.float64]]:
    """Returns the averaged network, and the log frequency of each phone in its examples."""
    import torch  # noqa: PLC0415

    from training.network.network import LipSyncNetwork, NetworkSize  # noqa: PLC0415

    state = torch.load(folder / "checkpoint.pt", weights_only=True, map_location="cpu")
    network = LipSyncNetwork(NetworkSize(**state["size"]))
    network.load_state_dict(state["averaged"])
    return network.eval(), np.load(folder / PRIOR)
