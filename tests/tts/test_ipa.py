"""Mapping from IPA to viseme ids."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from a2f_server.tts.contract import VISEMES
from a2f_server.tts.ipa import GROUPS, LETTERS, begins_closed, plain, viseme_ids

AZURE = {
    **{"æ": 1, "ə": 1, "ʌ": 1, "ɑ": 2, "ɔ": 3, "ɛ": 4, "ʊ": 4, "ɝ": 5, "j": 6, "i": 6, "ɪ": 6, "w": 7, "u": 7, "o": 8},
    **{"aʊ": 9, "ɔɪ": 10, "aɪ": 11, "h": 12, "ɹ": 13, "l": 14, "s": 15, "z": 15, "ʃ": 16, "tʃ": 16, "dʒ": 16, "ʒ": 16},
    **{"ð": 17, "f": 18, "v": 18, "d": 19, "t": 19, "n": 19, "θ": 19, "k": 20, "ɡ": 20, "ŋ": 20},
    **{"p": 21, "b": 21, "m": 21},
}
"""The table of docs/speech.md."""


def test_a_phoneme_without_stress_and_tone() -> None:
    assert [plain(name) for name in ("ˈeɪ", "ɑː", "t͡s", "i.5", "u-")] == ["eɪ", "ɑː", "ts", "i", "u"]


@pytest.mark.parametrize(("sound", "face"), AZURE.items())
def test_azures_own_table(sound: str, face: int) -> None:
    assert viseme_ids(sound) == (face,)


@pytest.mark.parametrize(
    ("sound", "expected"),
    [
        ("ˈeɪ", (4, 6)),
        ("ˈoʊ", (8, 4)),
        ("eə", (4, 1)),
        ("aɪə", (11, 1)),
        ("ˈaʊː", (9,)),
        ("ɔø", (10,)),
        ("əl", (1, 14)),
        ("ˈɜː", (5,)),
        ("ɜ", (1,)),
        ("t͡s", (15,)),
        ("tɕh", (16,)),
        ("pf", (21, 18)),
        ("ts.", (16,)),
        ("iːi", (6,)),
        ("uai", (7, 11)),
    ],
)
def test_groups_and_sequences(sound: str, expected: tuple[int, ...]) -> None:
    assert viseme_ids(sound) == expected


@pytest.mark.parametrize(
    ("near", "sound"),
    [
        ("u", "y"),
        ("o", "ø"),
        ("ɔ", "œ̃"),
        ("ɑ", "ã"),
        ("k", "q"),
        ("d", "ɾ"),
        ("p", "ʘ"),
        ("t", "ǃ"),
        ("l", "ʎ"),
        ("k", "χ"),
        ("p", "pʲ"),
        ("t", "t̪ʰ"),
        ("s", "s̻"),
        ("o", "õ"),
        ("ʃ", "ʂ"),
    ],
)
def test_other_languages_use_the_nearest_viseme(near: str, sound: str) -> None:
    assert viseme_ids(sound) == viseme_ids(near)


@pytest.mark.parametrize("sound", ["", "ˈ", "ː", "ʲ", "̃", "1", "?", "\x01", "�"])
def test_symbols_without_a_viseme(sound: str) -> None:
    assert viseme_ids(sound) == ()


def test_any_character_is_accepted() -> None:
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) != "Cs":
            assert all(face in VISEMES for face in viseme_ids.__wrapped__(chr(code)))
    assert {*LETTERS.values(), *(f for group in GROUPS.values() for f in group)} == set(VISEMES) - {0}


def test_stops_begin_with_a_closure() -> None:
    assert all(map(begins_closed, ("p", "ˈp", "pʲ", "t̪", "tʃ", "ts", "k", "b")))
    assert not any(map(begins_closed, ("m", "s", "ˈaɪ", "", "1", "ʰ")))
