"""Random sentences in 27 languages: the text of the training speech.

Words, the English grammar and the syllable tables are in `words/<language>.toml`. The same generator state gives the
same sentence on any machine: tables are read in file order and no set is iterated.
"""

import random
import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES: tuple[str, ...] = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "cs", "ru", "fi", "hu", "tr",
    "el", "hi", "mr", "te", "ca", "ro", "cmn", "ja", "ko", "ar", "id", "sw", "vi",
)  # fmt: skip
SHORTEST, LONGEST = 3, 12  # words per sentence
COMMA_SHARE = 0.3  # fraction of word strings with a comma
CODA_SHARE = 0.3  # fraction of non-final syllables of a pseudo-word with a coda; final ones always have one
NUMBER_SHARE = 0.5  # fraction of numbers in a sentence of numbers; the rest are words
ENDS = (".", ".", ".", "?", "!")
PARTS = ("onsets", "nuclei", "codas", "letters")
VERB_FORMS = ("base", "s", "past", "ing")

Maker = Callable[["LanguageTables", random.Random], str]


@dataclass(frozen=True)
class LanguageTables:
    """The tables of one language: words, syllable parts, and for English the grammar."""

    words: list[str]
    onsets: list[str]
    nuclei: list[str]
    codas: list[str]
    letters: list[str]
    point: str
    syllables: int  # maximum in a pseudo-word
    grammar: dict[str, list[str]]


def sentence(language: str, rng: random.Random) -> str:
    """Returns a random sentence of 3 to 12 words, lower case except for names, ending with . ? or !"""
    words = _load(language)
    kinds, shares = zip(*(ENGLISH_MIX if words.grammar else OTHER_MIX), strict=True)
    make: Maker = rng.choices(kinds, shares)[0]
    while True:  # draws again if the grammar gave too few or too many words
        text = make(words, rng)
        if SHORTEST <= len(text.split()) <= LONGEST:
            return text


@cache
def _load(language: str) -> LanguageTables:
    """Reads the tables of one language."""
    if language not in LANGUAGES:
        raise ValueError(f"no words for the language {language!r}")
    path = Path(__file__).parent / "words" / f"{language}.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    grammar = _grammar(table)
    words = _entries(table.get("words", "")) or _distinct(grammar)
    onsets, nuclei, codas, letters = (_entries(table.get(name, "")) for name in PARTS)
    point, syllables = table.get("point", "."), table.get("syllables", 4)
    return LanguageTables(words, onsets, nuclei, codas, letters, point, syllables, grammar)


def _entries(text: str) -> list[str]:
    """Splits a table's text at spaces; "_" is a space inside an entry, "-" an empty entry."""
    return ["" if entry == "-" else entry.replace("_", " ") for entry in text.split()]


def _grammar(table: dict[str, dict[str, str]]) -> dict[str, list[str]]:
    """Returns the alternatives of each "$name": rules (one per line), word categories and verb forms."""
    rules = {name: text.strip().splitlines() for name, text in table.get("rules", {}).items()}
    rules |= {name: _entries(text) for name, text in table.get("categories", {}).items()}
    for kind, text in table.get("verbs", {}).items():
        columns = zip(*(_entries(line) for line in text.strip().splitlines()), strict=True)
        rules |= {f"{kind}_{form}": list(column) for form, column in zip(VERB_FORMS, columns, strict=True)}
    return rules


def _distinct(grammar: dict[str, list[str]]) -> list[str]:
    """Returns each word of the grammar once, in file order."""
    entries = (entry for alternatives in grammar.values() for entry in alternatives if "$" not in entry)
    return list(dict.fromkeys(entries))


def _grammatical(words: LanguageTables, rng: random.Random) -> str:
    """Returns a sentence of the grammar, of any length."""
    text = re.sub(r" ([,.?!])", r"\1", _expand("sentence", words.grammar, rng))
    return re.sub(r"\ba (?=[aeiou])", "an ", text)


def _expand(name: str, grammar: dict[str, list[str]], rng: random.Random) -> str:
    """Replaces a rule's name by one of its alternatives, recursively."""
    tokens = rng.choice(grammar[name]).split(" ")
    return " ".join(_expand(token[1:], grammar, rng) if token.startswith("$") else token for token in tokens)


def _word_string(words: LanguageTables, rng: random.Random) -> str:
    """Returns words in random order."""
    return _punctuated([rng.choice(words.words) for _ in range(rng.randint(3, 8))], rng)


def _pseudo_string(words: LanguageTables, rng: random.Random) -> str:
    """Returns invented words, or words in random order if the script has no alphabet."""
    if not words.onsets:
        return _word_string(words, rng)
    return _punctuated([_pseudo_word(words, rng) for _ in range(rng.randint(3, 7))], rng)


def _pseudo_word(words: LanguageTables, rng: random.Random) -> str:
    """Returns a word of 1 to 4 syllables (Vietnamese: 1) whose parts are drawn uniformly."""
    text = ""
    last = min(rng.choices((1, 2, 3, 4), (2, 4, 3, 1))[0], words.syllables) - 1
    for index in range(last + 1):
        text += rng.choice(words.onsets) + rng.choice(words.nuclei)
        if index == last or rng.random() < CODA_SHARE:
            text += rng.choice(words.codas)
    return unicodedata.normalize("NFC", text)  # composes Korean blocks and Vietnamese tone marks


def _number_string(words: LanguageTables, rng: random.Random) -> str:
    """Returns numbers (or letters, if the table has them) among words."""
    is_number = [rng.random() < NUMBER_SHARE for _ in range(rng.randint(3, 6))]
    return _punctuated([_number(words, rng) if number else rng.choice(words.words) for number in is_number], rng)


def _number(words: LanguageTables, rng: random.Random) -> str:
    """Returns a small number, a year, a larger number, a decimal or a letter."""
    kinds = [
        str(rng.randint(0, 99)),
        str(rng.randint(1700, 2060)),
        str(rng.randint(100, 9999)),
        f"{rng.randint(0, 99)}{words.point}{rng.randint(1, 99)}",
        *([rng.choice(words.letters)] * 2 if words.letters else []),
    ]
    return rng.choice(kinds)


def _punctuated(tokens: list[str], rng: random.Random) -> str:
    """Joins words into a sentence, sometimes with a comma."""
    if rng.random() < COMMA_SHARE:
        tokens[rng.randrange(len(tokens) - 1)] += ","
    return " ".join(tokens) + rng.choice(ENDS)


ENGLISH_MIX: tuple[tuple[Maker, float], ...] = (
    (_grammatical, 0.65),
    (_word_string, 0.15),
    (_pseudo_string, 0.12),
    (_number_string, 0.08),
)
OTHER_MIX: tuple[tuple[Maker, float], ...] = ((_word_string, 0.5), (_pseudo_string, 0.35), (_number_string, 0.15))
