"""The phone names of the synthesisers, mapped to one alphabet."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from training import phones
from training.face import coarticulation

HERE = Path(phones.__file__).parent


@pytest.mark.parametrize(
    ("ipa", "names"),
    [
        ("p", ("P",)),
        ("pʰ", ("P",)),
        ("oʊ", ("OW", "UH")),
        ("tʃ", ("T", "SH")),
        ("ç", ("HY",)),
        ("ɔ̃", ("AO",)),
        ("ũː", ("UW",)),
        ("ɯᵝ", ("IX",)),
        ("", ()),
        ("_:", ()),
    ],
)
def test_ipa(ipa: str, names: tuple[str, ...]) -> None:
    assert phones.from_ipa(ipa) == names


def test_unknown_signs_are_an_error() -> None:
    with pytest.raises(KeyError):
        phones.from_ipa("ʘ")


def test_every_table_names_known_phones() -> None:
    tables = tomllib.loads((HERE / "phones.toml").read_text("utf-8"))
    for name in tables:
        if name != "letters":
            assert {n for row in phones.table(name).values() for n in row} <= set(phones.NAMES)


def test_every_phone_has_a_face() -> None:
    assert coarticulation._table()[0].shape == (len(phones.NAMES), len(coarticulation.CURVES))


def test_two_faces_share_their_time() -> None:
    first, second = phones.spread(("AA", "IH"), 1.0, 1.2)
    assert (first.start, second.end) == (1.0, 1.2)
    assert first.end == second.start == pytest.approx(1.1)
