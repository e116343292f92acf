"""Mouth shapes of other packages as ARKit weights; the packages themselves are not downloaded."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from a2f_server import arkit
from training.evaluation.animators import peers
from training.evaluation.recordings.recording import EvaluationError


def test_shares_of_shapes_add_up_on_both_sides() -> None:
    got = peers.face([{"A": 1.0}, {"A": 0.5, "D": 0.5}], {"A": {"mouthPress": 0.4}, "D": {"jawOpen": 0.6}})
    assert got["jawOpen"].tolist() == [0, 0.3]
    assert got.sides("mouthPress").tolist() == [0.8, 0.4]


def test_the_table_names_shapes_that_there_are() -> None:
    table = tomllib.loads((peers.HERE / "peers.toml").read_text("utf-8"))
    known = {name.removesuffix("Left").removesuffix("Right") for name in arkit.NAMES}
    assert {name for scheme in table["shapes"].values() for shape in scheme.values() for name in shape} <= known
    assert {one["shapes"] for one in table["peers"].values()} <= set(table["shapes"])


def test_a_missing_node_is_named_in_the_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(peers, "CACHE", tmp_path / "peers")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EvaluationError, match="needs Node"):
        peers.track_makers()
