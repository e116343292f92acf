"""The graphs in the package are the ones that tools/onnx_graphs writes."""

from __future__ import annotations

from types import ModuleType

import pytest
from onnx import load_from_string

from tools.onnx_graphs import projection


@pytest.mark.parametrize("graph", [projection], ids=lambda graph: graph.__name__)
def test_graphs_are_up_to_date(graph: ModuleType) -> None:
    assert load_from_string(graph.FILE.read_bytes()) == graph.build()
