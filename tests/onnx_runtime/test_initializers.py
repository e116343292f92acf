"""Replaced initializers give the same graph as one built with them."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from a2f_server.onnx_runtime import initializers
from a2f_server.onnx_runtime.session import Session
from tests.onnx_runtime.graphs import graph, product


def held(graph_bytes: bytes) -> dict[str, np.ndarray]:
    model = onnx.load_from_string(graph_bytes)
    onnx.checker.check_model(model)
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def test_an_initializer_replaces_the_one_of_its_name() -> None:
    wanted = np.arange(6, dtype=np.float32).reshape(2, 3)
    found = held(initializers.replace(product(np.zeros((1, 1), np.float32)), {"matrix": wanted}))
    assert list(found) == ["matrix"]
    assert np.array_equal(found["matrix"], wanted)
    assert found["matrix"].dtype == np.float32


def test_everything_else_is_unchanged() -> None:
    nodes = [("Gather", ["x", "take"], "taken", {"axis": 1}), ("Mul", ["taken", "scale"], "y", {})]
    take, scale = np.array([2, 0], np.int64), np.array(3.0, np.float32)
    before = graph(nodes, {"x": ["B", 3]}, {"y": ["B", 2]}, take=take, scale=scale)
    after = initializers.replace(before, {"take": np.array([1, 1], np.int64)})
    assert {name: values.tolist() for name, values in held(after).items()} == {"scale": 3.0, "take": [1, 1]}
    for name in ("ir_version", "opset_import", "producer_name"):
        assert getattr(onnx.load_from_string(before), name) == getattr(onnx.load_from_string(after), name)
    assert Session(after, "cpu").run(x=np.array([[1, 2, 3]], np.float32))[0].tolist() == [[6, 6]]


def test_a_new_constant_is_added() -> None:
    nodes = [("Add", ["x", "shift"], "y", {})]
    added = initializers.replace(graph(nodes, {"x": ["B"]}, {"y": ["B"]}), {"shift": np.array([5.0], np.float32)})
    assert Session(added, "cpu").run(x=np.zeros(2, np.float32))[0].tolist() == [5, 5]


def test_without_replacements_the_bytes_are_the_same() -> None:
    before = product(np.ones((300, 200), np.float32))
    assert initializers.replace(before, {}) == before


@pytest.mark.parametrize("shape", [(), (1,), (0, 3), (128, 1), (70000,)])
def test_every_shape_is_kept(shape: tuple[int, ...]) -> None:
    wanted = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    found = held(initializers.replace(product(np.zeros((1, 1), np.float32)), {"matrix": wanted}))["matrix"]
    assert found.shape == shape
    assert np.array_equal(found, wanted)


def test_the_result_equals_that_of_a_graph_with_the_constant() -> None:
    rng = np.random.default_rng(0)
    matrix, x = rng.normal(size=(301, 121)).astype(np.float32), rng.normal(size=(5, 301)).astype(np.float32)
    put = Session(product(np.zeros((1, 1), np.float32)), "cpu", matrix=matrix)
    assert np.array_equal(put.run(x=x)[0], Session(product(matrix), "cpu").run(x=x)[0])
