"""Rename: exactly the mapping's names, in its order."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2f_server import arkit
from a2f_server.motion.rename import Rename
from tests.motion.acting import acted, column, context, faces


@settings(max_examples=50)
@given(st.dictionaries(st.text(min_size=1), st.sampled_from(["", None, "ear", *arkit.NAMES]), min_size=1))
def test_columns_are_those_of_the_mapping(mapping: dict[str, str | None]) -> None:
    face, rename = faces(9, 1), Rename(context(), mapping)
    made = acted(rename, face, [4])
    assert rename.names == tuple(mapping)
    for values, source in zip(made.T, mapping.values(), strict=True):
        assert np.array_equal(values, column(face, source) if source in arkit.NAMES else np.zeros(9)), source


def test_a_source_without_a_side_is_the_mean_of_both() -> None:
    face = faces(9, 1)
    made = acted(Rename(context(), {"まばたき": "eyeBlink"}), face)[:, 0]
    np.testing.assert_allclose(made, (column(face, "eyeBlinkLeft") + column(face, "eyeBlinkRight")) / 2, atol=1e-6)


def test_a_mapping_from_a_json_file(tmp_path: Path) -> None:
    path = tmp_path / "names.json"
    path.write_text(json.dumps({"あ": "JawOpen", "い": None}), "utf-8")
    rename, face = Rename(context(), str(path)), faces(9, 1)
    assert rename.names == ("あ", "い")
    assert np.array_equal(acted(rename, face), np.stack([column(face, "jawOpen"), np.zeros(9)], axis=1))


def test_unknown_sources_are_noted() -> None:
    made = context()
    Rename(made, {"a": "ear", "b": "jawOpen"})
    assert made.unknown == {"ear"}


@pytest.mark.parametrize("wrong", [{}, 3, {"a": 3}, {"a": True}, {str(i): "" for i in range(2000)}], ids=str)
def test_a_mapping_is_a_table_of_names(wrong: object) -> None:
    with pytest.raises(ValueError, match="bs_names_mapping"):
        Rename(context(), wrong)
