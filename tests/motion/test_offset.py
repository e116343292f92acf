"""Offset: adds the set that `offset_name` chooses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server.motion.contract import Context
from a2f_server.motion.offset import Offset
from a2f_server.motion.offset_names import OffsetNames
from tests.motion.acting import NEUTRAL, acted, column, context, faces

SETS = {"anger": {"browDown": 0.5, "jawOpen": -0.25}, "joy": {"mouthSmile": 0.8}}


def test_the_named_set_is_added_without_limits() -> None:
    face = faces(20, 1)
    made = acted(Offset(context(offset_name="anger"), SETS), face)
    assert np.array_equal(column(made, "browDownLeft"), column(face, "browDownLeft") + np.float32(0.5))
    assert np.array_equal(column(made, "jawOpen"), column(face, "jawOpen") - np.float32(0.25))
    assert np.array_equal(column(made, "mouthSmileLeft"), column(face, "mouthSmileLeft"))


@pytest.mark.parametrize("name", [None, "", "grief", "anger_1", "anger_0"])
def test_an_unknown_name_changes_nothing(name: str | None) -> None:
    face = faces(20, 1)
    assert np.array_equal(acted(Offset(context(offset_name=name), SETS), face), face)


@pytest.mark.parametrize(("name", "share"), [("anger", 1), ("anger_1", 0.25), ("anger_4", 1), ("anger_5", 0)])
def test_levels(name: str, share: float) -> None:
    face = faces(20, 1)
    added = acted(Offset(context(offset_name=name), SETS, levels=4), face) - face
    np.testing.assert_allclose(column(added, "browDownRight"), 0.5 * share, atol=1e-6)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 60), max_size=8), st.lists(st.integers(0, 60), max_size=8))
def test_names_that_change_and_any_split(changes: list[int], cuts: list[int]) -> None:
    names = OffsetNames()
    for frame, name in zip(sorted(changes), ("anger", "joy", "none") * 3, strict=False):
        names.set(name, frame)
    face = faces(60, 2)
    made = acted(Offset(Context(30, 0, NEUTRAL, offsets=names), SETS), face, cuts)
    angry = np.array([names.at(frame) == "anger" for frame in range(60)])
    assert np.array_equal(made[~angry], acted(Offset(Context(30, 0, NEUTRAL, offsets=names), SETS), face)[~angry])
    np.testing.assert_allclose(column(made - face, "browDownLeft"), np.where(angry, 0.5, 0), atol=1e-6)


def test_a_set_from_a_json_file(tmp_path: Path) -> None:
    path = tmp_path / "anger.json"
    path.write_text(json.dumps({"JawOpen": 0.5}), "utf-8")
    face = faces(3, 1)
    made = acted(Offset(context(offset_name="anger"), {"anger": str(path)}), face)
    assert np.array_equal(column(made, "jawOpen"), column(face, "jawOpen") + np.float32(0.5))


@pytest.mark.parametrize("wrong", [{"anger": {"jawOpen": "x"}}, {"anger": 3}, {"anger": "/nowhere.json"}, 3], ids=str)
def test_sets_are_tables_of_numbers(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"sets|nowhere\.json cannot be read"):
        Offset(context(), wrong)
