"""onnxruntime behind a typed door: graphs as sessions, what they keep on their device, and whether a GPU runs them.

It is imported when a model is opened, not before: the mock works without it.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, cast

import numpy as np
import structlog
from numpy.typing import NDArray

from a2f_server.backends.onnx import constants

log = structlog.get_logger(__name__)

Place = Literal["cpu", "cuda"]
"""Where a session runs."""
Floats = NDArray[np.float32]
Value = Any
"""An array on a session's device (`onnxruntime.OrtValue`); `.numpy()` copies it to the host."""

CUDA = {
    # TF32 would round the factors of each product to 11 bits
    "use_tf32": "0",
    # Sizes are few and known (buckets.py): to double the arena at each of them would take up to twice what is needed.
    "arena_extend_strategy": "kSameAsRequested",
    # A convolution forgets its plan when the size of its batch changes. To make one takes the thorough search, which is
    # the default, ten times as long for the same speed afterwards; what is called DEFAULT takes the slowest algorithms.
    # No CUDA graphs and no stream of our own: they want addresses that never change, and a batch runs for milliseconds.
    "cudnn_conv_algo_search": "HEURISTIC",
}
PROVIDERS: dict[Place, list[Any]] = {
    "cpu": ["CPUExecutionProvider"],
    "cuda": [("CUDAExecutionProvider", CUDA), "CPUExecutionProvider"],
}
NAMES: dict[Place, str] = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
ERRORS, NOTHING = 3, 4
"""Severities of what onnxruntime writes to stderr: errors and worse, and nothing but its own end."""
EXHAUSTED = ("out of memory", "failed to allocate", "alloc_failed", "allocation_failed", "bad allocation", "bad_alloc")
"""How onnxruntime, CUDA, cuBLAS and cuDNN say that memory is short; they have no type for it."""


@dataclass(frozen=True)
class View:
    """A part of an array on a device, in one piece: float32 of this shape, `begin` numbers into it."""

    whole: Value
    shape: tuple[int, ...]
    begin: int = 0

    @property
    def pointer(self) -> int:
        """Where it begins in the device's memory."""
        return int(self.whole.data_ptr()) + self.begin * np.dtype(np.float32).itemsize


class Session:
    """A graph that is loaded. Any number of threads may run it at once.

    `put` takes the place of the graph's initializers of those names (a graph in memory only). Raises RuntimeError where
    onnxruntime would silently run it elsewhere.
    """

    def __init__(self, graph: bytes | Path, place: Place, *, threads: int = 1, **put: NDArray[Any]) -> None:
        ort = runtime()
        source = constants.put(graph, put) if isinstance(graph, bytes) else str(graph)
        self.place = place
        self._session = ort.InferenceSession(
            source, _options(ort, threads), providers=PROVIDERS[place], enable_fallback=0
        )
        self._outputs = [output.name for output in self._session.get_outputs()]
        if self._session.get_providers()[0] != NAMES[place]:
            raise RuntimeError(
                f"{NAMES[place]} did not start; no graphics card, or CUDA and cuDNN are missing or of another "
                f"version than onnxruntime-gpu {ort.__version__} wants"
            )

    def width(self, name: str) -> int:
        """The last axis of an input, which the graph must fix."""
        return int(self.shapes()[0][name][-1])

    def shapes(self) -> tuple[dict[str, list[int | str]], dict[str, list[int | str]]]:
        """Of inputs and of outputs; an axis that is open has a name instead of a size."""
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        return {i.name: i.shape for i in inputs}, {o.name: o.shape for o in outputs}

    def run(self, **inputs: Floats) -> list[Floats]:
        """The graph's outputs, in its order."""
        return cast(list[Floats], self._session.run(self._outputs, inputs))

    def bound(
        self,
        inputs: Mapping[str, NDArray[Any] | Value | View],
        kept: Collection[str] = (),
        into: Mapping[str, View] | None = None,
    ) -> dict[str, Value]:
        """The graph's outputs by name; those `kept` stay on the device, those `into` are written there. Of the inputs
        only arrays of the host are copied.

        One kept output holds all outputs of its call, since onnxruntime's are references into the binding. What is to
        last goes into `room` of its own.

        onnxruntime waits for the copies before it runs and for the device afterwards, so that what is kept can go into
        any session at once.
        """
        binding = self._session.io_binding()
        for name, x in inputs.items():
            self._bind(binding, name, x)
        for name in self._outputs:
            if into and name in into:
                binding.bind_output(name, self.place, 0, np.float32, into[name].shape, into[name].pointer)
            else:
                binding.bind_output(name, self.place if name in kept else "cpu")
        self._session.run_with_iobinding(binding)
        return dict(zip(self._outputs, binding.get_outputs(), strict=True))

    def room(self, shape: tuple[int, ...]) -> Value:
        """Float32 on the device, of any content."""
        return runtime().OrtValue.ortvalue_from_shape_and_type(list(shape), np.float32, self.place, 0)

    def keep(self, array: Floats) -> Value:
        """The array on the device. Nobody may write into it afterwards: on a CPU it is the same memory."""
        return runtime().OrtValue.ortvalue_from_numpy(np.ascontiguousarray(array), self.place, 0)

    def _bind(self, binding: Any, name: str, x: NDArray[Any] | Value | View) -> None:
        if isinstance(x, np.ndarray):
            binding.bind_cpu_input(name, np.ascontiguousarray(x))
        elif isinstance(x, View):
            binding.bind_input(name, self.place, 0, np.float32, x.shape, x.pointer)
        else:
            binding.bind_ortvalue_input(name, x)


def runtime() -> ModuleType:
    """The module. Raises ValueError with a sentence where it is not installed."""
    try:
        import onnxruntime  # noqa: PLC0415 - see the module
    except ImportError as error:
        raise ValueError(
            f"onnxruntime cannot be loaded ({error}); it runs the models: pip install 'a2f-server[cpu]' (in a checkout "
            "'.[cpu]'), or do without a model: --backend mock"
        ) from None
    return cast(ModuleType, onnxruntime)


def exhausted(error: Exception) -> bool:
    """Whether this is the device's, or the host's, lack of memory."""
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in EXHAUSTED)


def _options(ort: ModuleType, threads: int) -> Any:
    """One thread a call unless more are asked for: many voices share the cores, and a thread that spins takes them from
    the event loop.

    No arena: each session would keep the memory of its largest batch for ever, and none of them is quicker for it.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    options.log_severity_level = ERRORS
    return options


def place(device: str, trial: Callable[[Place], object]) -> Place:
    """Where models run for A2F_DEVICE = auto, cpu or cuda; `trial` runs one there and raises where that fails.

    onnxruntime lists CUDA where there is none, so only a trial tells. Raises ValueError when a demanded GPU is missing.
    """
    if device == "cpu" or (device == "auto" and not _lists_cuda()):
        return "cpu"
    fault = _fault(trial, quiet=device == "auto")
    if not fault:
        return "cuda"
    if device == "cuda":
        raise ValueError(f"A2F_DEVICE=cuda was demanded, but the GPU cannot be used: {fault}")
    log.warning("the GPU cannot be used, the CPU takes its place", reason=fault)
    return "cpu"


def _lists_cuda() -> bool:
    return NAMES["cuda"] in runtime().get_available_providers()


def _fault(trial: Callable[[Place], object], *, quiet: bool) -> str:
    """Why the GPU cannot be used; empty where it can."""
    if not _lists_cuda():
        return (
            "pip uninstall onnxruntime, then pip install 'a2f-server[gpu]' (in a checkout '.[gpu]'); "
            "one replaces the other"
        )
    runtime().set_default_logger_severity(NOTHING if quiet else ERRORS)
    missing = _libraries()
    try:
        trial("cuda")
    except ValueError:
        raise  # the model's fault, in words of ours, and no device would do
    except Exception as error:  # whatever a driver comes up with
        return f"{error} {missing}".strip()
    finally:
        runtime().set_default_logger_severity(ERRORS)
    return ""


def _libraries() -> str:
    """Loads CUDA's and cuDNN's from where pip put them, which the system's search does not know; says what it missed.

    onnxruntime prints what it cannot find. That is no fault by itself: the system may have it elsewhere.
    """
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        runtime().preload_dlls()
    return " ".join(said.getvalue().split())
