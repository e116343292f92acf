"""From a transcript to the phones of its words, by espeak-ng's rules (languages.toml)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from training import phones
from training.corpus.people.viterbi import Word
from training.corpus.synthesisers import espeak

PINYIN = "pinyin"
PINYIN_VOICE = "cmn-latn-pinyin"
TONAL = frozenset({PINYIN_VOICE, "yue", "vi"})
TONE = "ɜ"
"""What espeak-ng writes for the 3 in the number of a tone; none of these languages has the vowel."""


@cache
def voices() -> dict[str, str]:
    """Returns the reader of each language."""
    tables = tomllib.loads((Path(__file__).parent / "languages.toml").read_text("utf-8"))
    return {**tables["voices"], **tables["related"]}


def words(transcript: str, language: str) -> list[Word]:
    """Returns the phones of each word. Raises UnexpectedLanguage if espeak-ng reads a part in another language."""
    reader = voices()[language]
    if reader == PINYIN:
        transcript, reader = _pinyin(transcript), PINYIN_VOICE
    ipa = espeak.library().phonemes(transcript, reader)
    ipa = ipa.replace(TONE, "") if reader in TONAL else ipa
    return [word for word in (phones.from_ipa(part) for part in ipa.split()) if word]


def _pinyin(text: str) -> str:
    """Returns Chinese characters as syllables with tone numbers; characters without a reading are left out."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - only in the extra `corpus`

    return " ".join(lazy_pinyin(text, style=Style.TONE3, errors="ignore", neutral_tone_with_five=True))
