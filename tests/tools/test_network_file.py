"""The network for browsers has the constants of the built-in model."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import numpy as np
import onnx
import pytest

from a2f_server.backends.builtin.backend import GRAPH, LEAD
from tools.network_file import __main__ as command
from tools.network_file import encoding, graph


def test_the_file_is_up_to_date() -> None:
    assert command.is_up_to_date(), "run: make network"


def test_a_stale_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = graph.read(GRAPH)
    network.tensors["stem.bias"] = network.tensors["stem.bias"] + np.float32(1e-6)
    stale = tmp_path / "network.bin"
    stale.write_bytes(encoding.encode(network))
    monkeypatch.setattr(command, "FILE", stale)
    monkeypatch.setattr("sys.argv", ["network_file", "--check"])
    with pytest.raises(SystemExit, match="out of date"):
        command.main()


def test_a_missing_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "FILE", tmp_path / "none.bin")
    assert not command.is_up_to_date()


def test_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "FILE", tmp_path / "network" / "network.bin")
    monkeypatch.setattr("sys.argv", ["network_file"])
    command.main()
    assert command.is_up_to_date()


def test_the_file_is_small() -> None:
    assert command.FILE.stat().st_size < 0.9 * GRAPH.stat().st_size


def test_the_layout_tells_sizes_and_where_each_tensor_is() -> None:
    network = graph.read(GRAPH)
    content = gzip.decompress(command.FILE.read_bytes())
    end = 4 + int.from_bytes(content[:4], "little")
    layout, data = json.loads(content[4:end]), content[end:]
    assert (layout["format"], layout["version"], layout["lead"]) == ("a2f-network", encoding.VERSION, LEAD)
    assert layout["dilations"] == network.dilations
    for tensor in layout["tensors"]:
        expected = network.tensors[tensor["name"]]
        size = expected.itemsize
        planes = np.frombuffer(data, np.uint8, math.prod(tensor["shape"]) * size, tensor["at"])
        values = np.ascontiguousarray(planes.reshape(size, -1).T).view(tensor["type"]).reshape(tensor["shape"])
        assert np.array_equal(values, expected), tensor["name"]
    assert tensor["at"] + planes.size == len(data)


def test_the_pasts_of_the_graph_are_what_the_layout_implies() -> None:
    network = graph.read(GRAPH)
    width = network.tensors["stem.bias"].size
    inputs = {each.name: each.type.tensor_type.shape.dim for each in onnx.load(GRAPH).graph.input}
    assert (inputs["features"][1].dim_value, inputs["features"][2].dim_value) == (network.stem - 1, 128)
    pasts = {name: shape[2].dim_value for name, shape in inputs.items() if name.startswith("past")}
    assert pasts == {f"past{d}": network.dilations.count(d) * width for d in network.dilations}


def test_another_kind_of_graph_is_refused(tmp_path: Path) -> None:
    model = onnx.load(GRAPH)
    for each in model.graph.initializer:
        if each.dims == [384, 64]:
            each.raw_data = bytes(len(each.raw_data))
    file = tmp_path / "other.onnx"
    onnx.save(model, file)
    with pytest.raises(ValueError, match="features are built differently"):
        graph.read(file)
