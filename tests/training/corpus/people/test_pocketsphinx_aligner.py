"""What pocketsphinx is asked, without pocketsphinx."""

from __future__ import annotations

import pytest

from training.corpus.people import pocketsphinx_aligner, pronunciation


@pytest.mark.parametrize(
    ("transcript", "words"),
    [
        ("Don’t stop — it's Ann's.", ["don't", "stop", "it's", "ann's"]),
        ("'Tis 'quoted'", ["tis", "quoted"]),
        ("Room 7", []),
        ("…", []),
    ],
)
def test_words(transcript: str, words: list[str]) -> None:
    assert pocketsphinx_aligner.spoken_words(transcript) == words


def test_unknown_words_get_the_phones_of_the_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    read = [("T", "SH", "OW", "UH"), ("AX", "DX", "AA", "IH")]
    monkeypatch.setattr(pronunciation, "words", lambda *_: read)
    assert pocketsphinx_aligner.dictionary_phones("x") == "CH OW AH T AY"
