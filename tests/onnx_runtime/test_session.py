"""Sessions with arrays on the device give the results of plain ones."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest
import structlog

from a2f_server.onnx_runtime import session as onnx
from a2f_server.onnx_runtime.session import DeviceSlice, Session
from tests.onnx_runtime.graphs import graph, product


def adder() -> bytes:
    """total = x + state, twice = 2 · total."""
    nodes = [("Add", ["x", "state"], "total", {}), ("Add", ["total", "total"], "twice", {})]
    shape = ["B", 4]
    return graph(nodes, {"x": shape, "state": shape}, {"total": shape, "twice": shape})


@pytest.fixture
def session() -> Session:
    return Session(adder(), "cpu")


X = np.arange(12, dtype=np.float32).reshape(3, 4)


def test_running_on_the_device_gives_the_same_results(session: Session) -> None:
    plain = session.run(x=X, state=X)
    outputs = session.run_on_device({"x": X, "state": X}, keep=["total"])
    assert list(outputs) == ["total", "twice"]
    assert all(np.array_equal(outputs[name].numpy(), one) for name, one in zip(outputs, plain, strict=True))


def test_a_kept_output_is_the_next_input_without_a_copy(session: Session) -> None:
    total = session.run_on_device({"x": X, "state": X}, keep=["total"])["total"]
    again = session.run_on_device({"x": X, "state": total}, keep=["total"])["total"]
    assert np.array_equal(again.numpy(), 3 * X)
    assert np.array_equal(total.numpy(), 2 * X), "inputs are not modified"
    assert total.data_ptr() != again.data_ptr()


def test_a_kept_output_outlives_its_call_and_session() -> None:
    session = Session(adder(), "cpu")
    total = session.run_on_device({"x": X, "state": X}, keep=["total"])["total"]
    for _ in range(20):
        session.run_on_device({"x": -X, "state": -X}, keep=["total"])
    del session
    gc.collect()
    assert np.array_equal(total.numpy(), 2 * X)


def test_a_kept_output_is_another_sessions_input(session: Session) -> None:
    total = session.run_on_device({"x": X, "state": X}, keep=["total"])["total"]
    matrix = np.eye(4, dtype=np.float32)[:, ::-1].copy()
    assert np.array_equal(Session(product(matrix), "cpu").run_on_device({"x": total})["y"].numpy(), 2 * X[:, ::-1])


def test_a_slice_is_the_beginning_of_a_kept_output(session: Session) -> None:
    kept = session.to_device(np.concatenate([X, np.full_like(X, np.nan)]))
    total = session.run_on_device({"x": X, "state": DeviceSlice(kept, (3, 4))})["total"]
    assert np.array_equal(total.numpy(), 2 * X)


def test_outputs_are_written_to_the_given_memory(session: Session) -> None:
    """Two calls write next to each other into one array."""
    room = session.allocate((5, 4))
    for begin, x in ((0, X), (12, X[:2])):
        into = {"total": DeviceSlice(room, x.shape, begin)}
        assert np.array_equal(session.run_on_device({"x": x, "state": x}, into=into)["twice"].numpy(), 4 * x)
    assert np.array_equal(room.numpy(), 2 * np.concatenate([X, X[:2]]))


def test_an_output_in_allocated_memory_keeps_nothing_else_alive(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream's state must not keep the 21 MB output of its window alive."""
    made: list[weakref.ref[object]] = []
    io_binding = session._session.io_binding

    def noted() -> object:
        binding = io_binding()
        made.append(weakref.ref(binding._iobinding))
        return binding

    monkeypatch.setattr(session._session, "io_binding", noted)
    kept = session.run_on_device({"x": X, "state": X}, keep=["total"])["total"]
    room = session.allocate(X.shape)
    session.run_on_device({"x": X, "state": X}, into={"total": DeviceSlice(room, X.shape)})
    gc.collect()
    assert [ref() is None for ref in made] == [False, True]
    assert np.array_equal(room.numpy(), kept.numpy())


def test_non_contiguous_arrays_are_read_correctly(session: Session) -> None:
    turned = np.ascontiguousarray(X.T).T
    mirrored, spread = X[:, ::-1], np.broadcast_to(np.float32(1), X.shape)
    assert np.array_equal(session.run_on_device({"x": turned, "state": mirrored})["total"].numpy(), X + X[:, ::-1])
    assert np.array_equal(session.run_on_device({"x": spread, "state": X})["total"].numpy(), X + 1)


def test_a_graph_is_loaded_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "network.onnx"
    file.write_bytes(adder())
    inputs, outputs = Session(file, "cpu").shapes()
    assert inputs == {"x": ["B", 4], "state": ["B", 4]}
    assert list(outputs) == ["total", "twice"]
    assert Session(file, "cpu").width("x") == 4


@pytest.mark.parametrize(
    "message",
    [
        "[ONNXRuntimeError] : 1 : FAIL : bfc_arena.cc Failed to allocate memory for requested buffer of size 68",
        "CUDA failure 2: out of memory ; GPU=0",
        "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED",
        "CUDNN failure 4000: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
        "bad allocation",
    ],
)
def test_a_lack_of_memory_is_recognised_by_its_message(message: str) -> None:
    assert onnx.is_out_of_memory(RuntimeError(message))
    assert onnx.is_out_of_memory(MemoryError())


def test_other_errors_are_not_a_lack_of_memory() -> None:
    assert not onnx.is_out_of_memory(RuntimeError("CUDA failure 700: an illegal memory access was encountered"))


def test_missing_cuda_libraries_are_part_of_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """preload_dlls prints what it cannot find, which is not an error yet: the system may have it."""
    monkeypatch.setattr(onnx, "_lists_cuda", lambda: True)
    monkeypatch.setattr(onnx.runtime(), "preload_dlls", lambda: print("Failed to load libcudnn.so.9: not found"))

    def broken(place: object) -> None:
        raise RuntimeError("did not start")

    with pytest.raises(ValueError, match=r"did not start Failed to load libcudnn\.so\.9"):
        onnx.choose_device("cuda", broken)
    assert onnx.choose_device("cuda", lambda place: place) == "cuda"


def test_two_packages_of_onnxruntime_are_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """pip installs both, and the one that was written last wins."""
    assert onnx.installed_packages() == ["onnxruntime"]
    with structlog.testing.capture_logs() as lines:
        onnx.choose_device("cpu", lambda place: place)
    assert lines == []
    (tmp_path / "onnxruntime_gpu-1.26.0.dist-info").mkdir()
    (tmp_path / "onnxruntime_gpu-1.26.0.dist-info/METADATA").write_text("Name: onnxruntime-gpu\nVersion: 1.26.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    with structlog.testing.capture_logs() as lines:
        onnx.choose_device("cpu", lambda place: place)
    assert lines[0]["packages"] == "onnxruntime onnxruntime-gpu"
    assert "pip uninstall -y onnxruntime onnxruntime-gpu" in lines[0]["remedy"]


def test_cudas_libraries_print_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx, "_lists_cuda", lambda: True)
    monkeypatch.setattr(onnx.runtime(), "preload_dlls", lambda: print("Failed to load libcudart.so.12"))
    assert onnx.choose_device("auto", lambda place: place) == "cuda"
    assert capsys.readouterr().out == ""


def test_the_gpu_computes_in_full_float32() -> None:
    """TF32 would round each factor to 11 bits."""
    (name, options), *_ = onnx.PROVIDERS["cuda"]
    assert name == "CUDAExecutionProvider"
    assert options["use_tf32"] == "0"
    assert all(isinstance(value, str) for value in options.values()), "onnxruntime takes strings"
