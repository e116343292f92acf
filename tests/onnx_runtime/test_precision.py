"""Half precision: float16 inside, float32 inputs and outputs, and float32 where float16 would lose quiet audio."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from a2f_server.audio.files import decode_file
from a2f_server.backends.builtin import backend as builtin
from a2f_server.backends.builtin import mel
from a2f_server.backends.builtin.backend import BuiltinBackend
from a2f_server.backends.builtin.past import Past
from a2f_server.onnx_runtime import initializers, precision
from a2f_server.onnx_runtime.session import Session
from tests.onnx_runtime.graphs import graph, product
from tests.support.streaming import streamed

RATE = 16000


def test_products_are_half_but_inputs_and_outputs_are_not() -> None:
    matrix = np.random.default_rng(0).normal(size=(64, 32)).astype(np.float32)
    half = onnx.load_from_string(precision.half(product(matrix)))
    onnx.checker.check_model(half, full_check=True)
    assert half.graph.initializer[0].data_type == TensorProto.FLOAT16
    tensors = [*half.graph.input, *half.graph.output]
    assert [tensor.type.tensor_type.elem_type for tensor in tensors] == [TensorProto.FLOAT] * 2
    x = np.random.default_rng(1).normal(size=(5, 64)).astype(np.float32)
    rounded = x.astype(np.float16).astype(np.float32) @ matrix.astype(np.float16).astype(np.float32)
    found = Session(half.SerializeToString(), "cpu").run(x=x)[0]
    assert found.dtype == np.float32
    assert np.allclose(found, rounded, rtol=2e-3, atol=2e-2)


def power() -> bytes:
    """log(sum(x²) + 1e-8) · scale: in float16 the first two operators would underflow."""
    nodes = [
        ("Mul", ["x", "x"], "squares", {}),
        ("MatMul", ["squares", "ones"], "sum", {}),
        ("Add", ["sum", "quiet"], "more", {}),
        ("Log", ["more"], "log", {}),
        ("MatMul", ["log", "mix"], "y", {}),
    ]
    rng = np.random.default_rng(0)
    return graph(
        nodes,
        {"x": ["B", 8]},
        {"y": ["B", 4]},
        ones=np.ones((8, 4), np.float32),
        quiet=np.array([1e-8], np.float32),
        mix=rng.normal(size=(4, 4)).astype(np.float32),
    )


def test_kept_operators_are_computed_in_float32() -> None:
    """1e-4 squared underflows in float16, and so does 1e-8."""
    x = 1e-4 * np.random.default_rng(1).normal(size=(3, 8)).astype(np.float32)
    whole, half = power(), precision.half(power(), keep=precision.upstream_of(power(), "Log"))
    expected = ReferenceEvaluator(onnx.load_from_string(whole)).run(None, {"x": x})[0]
    found = ReferenceEvaluator(onnx.load_from_string(half)).run(None, {"x": x})[0]
    assert np.abs(found - expected).max() < 0.05, "of values about 16"
    lost = ReferenceEvaluator(onnx.load_from_string(precision.half(power()))).run(None, {"x": x})[0]
    assert np.abs(lost - expected).max() > 1, "otherwise this test proves nothing"


def test_upstream_of_selects_everything_that_an_operator_depends_on() -> None:
    keep = precision.upstream_of(power(), "Log")
    nodes = onnx.load_from_string(power()).graph.node
    assert [node.op_type for node in nodes if keep(node)] == ["Mul", "MatMul", "Add", "Log"]


def test_the_file_is_not_modified(tmp_path: Path) -> None:
    """A model's folder may be read-only, and half of a large model is still a large file."""
    file = tmp_path / "network.onnx"
    file.write_bytes(power())
    assert precision.half(file) == precision.half(power())
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_bytes() == power()


def test_the_import_path_is_unchanged() -> None:
    """The converter's package adds a folder of modules with generic names."""
    before = list(sys.path)
    precision.half(power())
    assert sys.path == before


def test_a_missing_package_error_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ValueError, match=r"A2F_PRECISION=fp16 needs .*pip install 'a2f-server\[fp16\]'"):
        BuiltinBackend("cpu", precision="fp16")


def test_the_built_in_model_computes_its_features_in_float32() -> None:
    half = onnx.load_from_string(builtin.to_half_precision(builtin.GRAPH.read_bytes()))
    kinds = {tensor.name: tensor.data_type for tensor in half.graph.initializer}
    assert kinds["basis"] == TensorProto.FLOAT
    products = [node for node in half.graph.node if node.op_type == "MatMul"]
    assert products[0].input[:] == ["sound", "basis"], "no cast lies between"
    assert kinds[products[1].input[1]] == TensorProto.FLOAT
    narrow = [TensorProto.FLOAT16, TensorProto.FLOAT]
    assert all(kinds.get(node.input[1], narrow[0]) == narrow[0] for node in products[2:])


@pytest.fixture(scope="module")
def voice_windows(voice: bytes) -> np.ndarray:
    """One and a half seconds of a person speaking, `[1, T, 2, frame]`."""
    sound = decode_file(voice, 60).samples[8000:32000]
    windows = np.lib.stride_tricks.sliding_window_view(sound, mel.window(RATE))[:: RATE // 50]
    return builtin.to_frames(np.ascontiguousarray(windows)[None], RATE)


def test_half_precision_changes_weights_by_less_than_a_hundredth(voice_windows: np.ndarray) -> None:
    """Each operator rounded to float16, as on a GPU: onnxruntime's CPU provider computes most of them in float32."""
    past = Past(Session(builtin.GRAPH.read_bytes(), "cpu"))
    given = {"sound": voice_windows} | past.gather([past.silence()], voice_windows.shape[1])
    shown = []
    for made in (builtin.GRAPH.read_bytes(), builtin.to_half_precision(builtin.GRAPH.read_bytes())):
        model = onnx.load_from_string(initializers.replace(made, {"basis": mel.basis(RATE)}))
        shown.append(ReferenceEvaluator(model).run(None, given)[0])
    assert shown[0].max() > 0.1, "there is speech"
    assert 0 < np.abs(shown[1] - shown[0]).max() < 0.01


def test_the_built_in_model_runs_in_half_precision(voice: bytes) -> None:
    sound = decode_file(voice, 60).samples[:32000]
    whole, half = (streamed(BuiltinBackend("cpu", precision=p), sound, RATE, []) for p in ("fp32", "fp16"))
    assert np.abs(half.astype(int) - whole).max() < 0.01 * 65535


def test_the_branch_of_an_if_may_use_outer_values() -> None:
    """y = mean(x · x) where the first number is positive, else x; the mean stays in float32."""
    inner = [
        helper.make_graph([helper.make_node(op, ["found"], ["shown"])], op, [], [_floats("shown", ["B"])])
        for op in ("Identity", "Neg")
    ]
    nodes = [
        helper.make_node("Mul", ["x", "x"], ["squares"]),
        helper.make_node("ReduceMean", ["squares"], ["found"], axes=[1], keepdims=0),
        helper.make_node("ReduceMax", ["x"], ["top"], keepdims=0),
        helper.make_node("Greater", ["top", "zero"], ["positive"]),
        helper.make_node("If", ["positive"], ["y"], then_branch=inner[0], else_branch=inner[1]),
    ]
    zero = numpy_helper.from_array(np.array(0, np.float32), "zero")
    whole = helper.make_graph(nodes, "graph", [_floats("x", ["B", 4])], [_floats("y", ["B"])], [zero])
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    half = precision.half(model.SerializeToString())
    x = np.array([[1, 2, 3, 4]], np.float32)
    assert Session(half, "cpu").run(x=x)[0] == pytest.approx(7.5)
    assert Session(half, "cpu").run(x=-x)[0] == pytest.approx(-7.5)


def _floats(name: str, shape: list[object]) -> object:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
