"""English text → phonemes, and which of them belong to which word of the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from a2f_server.errors import TtsFailed
from a2f_server.tts.hibari.durations import PAUSES
from a2f_server.tts.hibari.word_alignment import aligned

_WORD = re.compile(r"[^\s—–]+")
_AROUND = " \t\n\r.,;:!?…\"'“”‘’«»()[]{}*_~<>|"
_LONG_NUMBER = re.compile(r"\d{16,}")
"""Is read digit by digit: hibari has no name for it."""
UNREADABLE = "the local voice hibari cannot read this text: use other words, or the voice espeak:en-us"


@dataclass(frozen=True, slots=True)
class PronouncedWord:
    """A word of the text, from the index `at`; its phonemes are those from `begin` to before `end`."""

    text: str
    at: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """Phonemes in misaki's alphabet, a letter each, and the words in order."""

    phonemes: str = ""
    words: tuple[PronouncedWord, ...] = ()


class Pronouncer:
    """Reads American or British English. Not thread-safe."""

    def __init__(self, *, british: bool, known: Callable[[str], str], other: Pronouncer | None = None) -> None:
        """Loads the dictionaries. `known` removes letters that the network does not have. What does not depend on the
        accent is shared with `other`."""
        from hibari.g2p import G2P, normalize  # noqa: PLC0415 - an extra

        self._g2p: Any = G2P(british=british)
        if other:
            self._g2p.tagger, self._g2p.tokenizer = other._g2p.tagger, other._g2p.tokenizer
        self._normalize: Callable[[str], str] = normalize
        self._known = known

    def read(self, text: str) -> Pronunciation:
        """Returns the pronunciation of one line; an empty one if there is nothing to say. Raises TtsFailed."""
        plain = _LONG_NUMBER.sub(lambda number: " ".join(number[0]), text)
        try:
            tokens = self._g2p.phonemize_tokens(self._g2p.tokenize(self._normalize(plain)))
        except Exception:
            raise TtsFailed(UNREADABLE) from None
        phonemes, spoken = self._joined(tokens)
        if not phonemes.strip("".join(PAUSES)):
            return Pronunciation()
        return Pronunciation(phonemes, tuple(_words(text, spoken)))

    def _joined(self, tokens: list[Any]) -> tuple[str, list[tuple[str, int, int]]]:
        """Returns the phonemes, and the spoken words, each with the range of its phonemes. A word ends at a space."""
        phonemes, word, begin = "", "", 0
        spoken: list[tuple[str, int, int]] = []
        for token in tokens:
            phonemes += self._known(token.phonemes or "")
            word += token.text
            if token.whitespace:
                spoken.append((word, begin, len(phonemes)))
                phonemes, word = phonemes + " ", ""
                begin = len(phonemes)
        spoken.append((word, begin, len(phonemes)))
        return phonemes.rstrip(" "), spoken


def _words(text: str, spoken: list[tuple[str, int, int]]) -> Iterator[PronouncedWord]:
    """Yields the words of the text that are spoken."""
    written = list(_WORD.finditer(text))
    for of_text, of_speech in aligned([found[0] for found in written], [word for word, _, _ in spoken]):
        at = written[of_text[0]].start()
        word = text[at : written[of_text[-1]].end()].strip(_AROUND)
        if word:
            yield PronouncedWord(word, at, spoken[of_speech[0]][1], spoken[of_speech[-1]][2])
