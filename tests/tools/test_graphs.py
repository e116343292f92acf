"""The graphs in the package are those that their scripts write."""

from __future__ import annotations

from types import ModuleType

import pytest
from onnx import load_from_string

from tools.graphs import folding, gathering


@pytest.mark.parametrize("graph", [folding, gathering], ids=lambda graph: graph.__name__)
def test_a_graph_is_as_its_script_writes_it(graph: ModuleType) -> None:
    assert load_from_string(graph.FILE.read_bytes()) == graph.build()
