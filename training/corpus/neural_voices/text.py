"""The text of neural voices: sentences as phonemes of misaki's alphabet."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from training.corpus import sentences
from training.corpus.synthesisers import espeak

LANGUAGES = {"e": ("es", "es"), "f": ("fr", "fr"), "h": ("hi", "hi"), "i": ("it", "it"), "p": ("pt", "pt-br")}
"""First letter of a voice's name → language of the sentences, voice of espeak-ng. English voices are `a` and `b`."""
TIED = {
    "a^ɪ": "I", "a^ʊ": "W", "e^ɪ": "A", "o^ʊ": "O", "ə^ʊ": "Q", "ɔ^ɪ": "Y", "d^z": "ʣ", "d^ʒ": "ʤ", "t^s": "ʦ",
    "t^ʃ": "ʧ", "s^s": "S",
}  # fmt: skip
"""Affricates and diphthongs of espeak-ng → misaki."""
SHORTEST, LONGEST = 8, 300
"""Phonemes of a sentence."""
ENDS = (".", ".", "?", "!", "!", "…")


def english(rng: random.Random, british: bool = False) -> str:
    """Returns the phonemes of a random English sentence."""
    while True:
        phonemes: str = _g2p(british)(sentences.sentence("en", rng))
        if SHORTEST <= len(phonemes) <= LONGEST:
            return _with_ending(phonemes, rng)


def native(voice: str, rng: random.Random) -> str:
    """Returns the phonemes of a random sentence in the language of a voice in LANGUAGES."""
    language, reader = LANGUAGES[voice[0]]
    while True:
        try:
            phonemes = espeak.library().phonemes(sentences.sentence(language, rng), reader)
        except espeak.UnexpectedLanguage:
            continue
        if SHORTEST <= len(phonemes) <= LONGEST:
            return _with_ending(_misaki(phonemes), rng)


def _misaki(ipa: str) -> str:
    for tied, letter in TIED.items():
        ipa = ipa.replace(tied, letter)
    return ipa.replace("^", "").replace("-", "")


def _with_ending(phonemes: str, rng: random.Random) -> str:
    """Replaces the final punctuation: it changes the melody, and "!" the force."""
    return phonemes.rstrip(" .?!…") + rng.choice(ENDS)


@cache
def _g2p(british: bool) -> Any:
    from hibari.g2p import G2P  # noqa: PLC0415 - only in the extra `corpus`

    return G2P(british=british)
