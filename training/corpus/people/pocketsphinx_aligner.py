"""Forced alignment of English by pocketsphinx, with its own model and dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from training import phones
from training.corpus.people import audio, pronunciation
from training.corpus.people.alignments import Alignment
from training.corpus.people.manifest import Recording
from training.corpus.people.plausibility import plausible
from training.corpus.synthesisers.espeak import UnexpectedLanguage
from training.corpus.utterance import RATE
from training.phones import SILENCE, Phone

DELAY = 0.015
"""Seconds by which pocketsphinx's times are early, against hand labels."""
FRAME = 0.01
_WIDE = {"beam": 1e-80, "wbeam": 1e-60, "pbeam": 1e-80}
TRIES: tuple[dict[str, Any], ...] = ({"bestpath": False}, {"bestpath": False, **_WIDE}, {}, _WIDE)
"""Settings of the decoder, tried in turn until one finds the words."""
PAIRS = {"EY IH": "EY", "OW UH": "OW", "AA IH": "AY", "AA UH": "AW", "AO IH": "OY", "T SH": "CH", "D ZH": "JH"}
SINGLES = {"AX": "AH", "IX": "IH", "UY": "UW", "OE": "ER", "DX": "T", "X": "K", "HY": "HH"}
"""Our phones → those of the dictionary."""


def align(folder: Path, recording: Recording) -> Alignment | None:
    """Aligns a recording in English; None if that fails or the result is not plausible."""
    words = spoken_words(recording.transcript)
    samples = audio.read(folder / recording.file)
    raw = np.rint(samples * 32767).astype("<i2").tobytes()
    for attempt in range(len(TRIES)) if words else ():
        found = _attempt(attempt, words, raw)
        if found:
            spoken = _delayed(found, len(samples) / RATE)
            return Alignment(recording.file, spoken) if plausible(samples, spoken) else None
    return None


def spoken_words(transcript: str) -> list[str]:
    """Returns the words in lower case; none if there are digits, which can be read in several ways."""
    plain = re.sub(r"[^a-z0-9' ]", " ", transcript.lower().replace("’", "'"))
    words = [word.strip("'") for word in plain.split()]
    return [] if any(c.isdigit() for c in plain) else [word for word in words if word]


def dictionary_phones(word: str) -> str:
    """Returns the phones of a word that is not in the dictionary, as espeak-ng reads it."""
    text = " ".join(name for part in pronunciation.words(word, "en") for name in part)
    for pair, name in PAIRS.items():
        text = re.sub(rf"\b{pair}\b", name, text)
    return " ".join(SINGLES.get(name, name) for name in text.split())


@cache
def _decoder(attempt: int) -> Any:
    from pocketsphinx import Config, Decoder, get_model_path  # noqa: PLC0415 - only in the extra `corpus`

    model, words = get_model_path("en-us/en-us"), get_model_path("en-us/cmudict-en-us.dict")
    return Decoder(Config(hmm=model, dict=words, lm=None, loglevel="FATAL", **TRIES[attempt]))


def _attempt(attempt: int, words: list[str], raw: bytes) -> list[Phone] | None:
    """Returns the phones with pocketsphinx's times, or None."""
    decoder = _decoder(attempt)
    try:
        _add(decoder, words)
        decoder.set_align_text(" ".join(words))
        _decode(decoder, raw)
        if decoder.hyp() is None:
            return None
        decoder.set_alignment()
        _decode(decoder, raw)
        entries = [phone for word in decoder.get_alignment() or () for phone in word]
    except (RuntimeError, ValueError, UnexpectedLanguage):
        _decoder.cache_clear()  # a decoder that failed may be left within an utterance
        return None
    return _phones((p.name, p.start * FRAME, (p.start + p.duration) * FRAME) for p in entries) or None


def _add(decoder: Any, words: list[str]) -> None:
    for word in set(words):
        if decoder.lookup_word(word) is None:
            decoder.add_word(word, dictionary_phones(word), True)


def _decode(decoder: Any, raw: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(raw, full_utt=True)
    decoder.end_utt()


def _phones(entries: Iterable[tuple[str, float, float]]) -> list[Phone]:
    table = phones.table("arpa")
    return [
        phone
        for name, start, end in entries
        for phone in phones.spread(table.get(name.lower(), (SILENCE,)), start, end)
    ]


def _delayed(spoken: list[Phone], length: float) -> list[Phone]:
    moved = [Phone(p.name, p.start + DELAY, min(p.end + DELAY, length)) for p in spoken]
    return [p for p in moved if p.end > p.start]
