"""The parameters of EmoTalk's checkpoint, as its authors' code has them."""

from __future__ import annotations

from math import prod

from tools.sequence_networks.emotalk_names import SMALL, Sizes, shapes


def test_number_and_size_of_the_parameters() -> None:
    full = shapes(Sizes())
    assert len(full) == 882
    assert round(sum(map(prod, full.values())) / 1e6, 1) == 640.6


def test_the_small_one_is_as_wide_at_every_joint() -> None:
    small = shapes(SMALL)
    assert small["transformer_decoder.layers.0.linear1.weight"] == (SMALL.width, SMALL.width)
    assert SMALL.width == SMALL.content + SMALL.emotion + 2 * SMALL.chosen
    assert set(small) < set(shapes(Sizes()))
