"""From the durations that a neural voice predicts for its phonemes to the phones that are heard."""

from __future__ import annotations

from collections.abc import Sequence

from a2f_server.tts.hibari.durations import corrected, spans
from training import phones
from training.phones import Phone


def heard(phonemes: Sequence[str], durations: Sequence[float]) -> list[Phone]:
    """Returns the phones from phonemes (one character each, "" for padding) and their durations in units."""
    return [
        phone
        for span in corrected(spans(phonemes, durations))
        for phone in phones.spread(phones.from_misaki(span.text), span.start, span.end)
    ]
