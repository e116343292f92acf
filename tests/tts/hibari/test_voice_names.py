"""Names that mean hibari."""

from __future__ import annotations

import pytest

from a2f_server.tts.hibari.voice_names import AMERICAN, BRITISH, accent


@pytest.mark.parametrize("name", ["en", "hibari", "heart", "en-us", "EN-US", "en-CA", "en-US-AvaMultilingualNeural"])
def test_american(name: str) -> None:
    assert accent(name) == AMERICAN


@pytest.mark.parametrize("name", ["en-gb", "en-AU", "en-GB-RyanNeural", "en-IE-EmilyNeural"])
def test_british(name: str) -> None:
    assert accent(name) == BRITISH


def test_a_name_with_a_generation() -> None:
    assert accent("en-US-Ava:DragonHDLatestNeural") == AMERICAN


@pytest.mark.parametrize("name", ["de-DE", "en-gb-x-rp", "en-us+f2", "espeak:en-us", "gmw/en-US", "", "eng", "en-029"])
def test_others(name: str) -> None:
    assert accent(name) is None
