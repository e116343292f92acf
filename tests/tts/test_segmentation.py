"""Texts are cut into short segments."""

from __future__ import annotations

import pytest

from a2f_server.tts import segmentation

PROSE = "Hello world, the quick brown fox jumps over a lazy dog. It can't fly; my 12 friends can!"


@pytest.mark.parametrize(
    "text", [PROSE * 60, "x" * 3000, "a " * 1500, "你好" * 900, "a\n\nb.\n" * 99, "Dr. Who" * 99, ""]
)
def test_segments_are_short_and_cover_the_text(text: str) -> None:
    pieces = [piece for _, piece in segmentation.segments(text)]
    assert "".join(pieces) == text
    assert all(len(piece.encode()) <= segmentation.MOST_BYTES for piece in pieces)
    assert all(len(piece.encode()) <= segmentation.FIRST_BYTES for piece in pieces[:1])


def test_the_lengths_can_be_chosen() -> None:
    sizes = [len(piece) for _, piece in segmentation.segments(PROSE * 9, 50, 400)]
    assert max(sizes[:1]) <= 50 < max(sizes) <= 400
