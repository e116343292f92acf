"""onnxruntime behind a typed interface: sessions, arrays on a device, and the choice of the device.

onnxruntime is imported when a model is opened, not before: the mock works without it.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, cast

import numpy as np
import structlog

from a2f_server.arrays import AnyArray, Float32Array
from a2f_server.onnx_runtime import initializers

log = structlog.get_logger(__name__)

DeviceKind = Literal["cpu", "cuda"]
"""The kind of device that a session runs on."""
DeviceArray = Any
"""An array on a session's device (`onnxruntime.OrtValue`); `.numpy()` copies it to the host."""

CUDA = {
    # TF32 would round the factors of each product to 11 bits
    "use_tf32": "0",
    # Batch sizes are few and known (buckets.py): doubling the arena at each would take up to twice the memory.
    "arena_extend_strategy": "kSameAsRequested",
    # A convolution is planned anew when the batch size changes. The thorough search, the default, takes ten times as
    # long for the same speed afterwards; the option called DEFAULT picks the slowest algorithms.
    # No CUDA graphs and no stream: they need addresses that never change, and a batch runs for milliseconds.
    "cudnn_conv_algo_search": "HEURISTIC",
}
PACKAGES = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino", "onnxruntime-rocm")
"""Packages on PyPI with the same module."""
PROVIDERS: dict[DeviceKind, list[Any]] = {
    "cpu": ["CPUExecutionProvider"],
    "cuda": [("CUDAExecutionProvider", CUDA), "CPUExecutionProvider"],
}
PROVIDER_NAMES: dict[DeviceKind, str] = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
ERRORS, NOTHING = 3, 4
"""onnxruntime's log levels: errors and worse, and nothing short of a crash."""
OUT_OF_MEMORY = (
    "out of memory",
    "failed to allocate",
    "alloc_failed",
    "allocation_failed",
    "bad allocation",
    "bad_alloc",
)
"""Words by which onnxruntime, CUDA, cuBLAS and cuDNN report a lack of memory; there is no exception type for it."""


@dataclass(frozen=True)
class DeviceSlice:
    """A contiguous float32 part of an array on a device: `shape`, starting `offset` numbers into the array."""

    array: DeviceArray
    shape: tuple[int, ...]
    offset: int = 0

    @property
    def pointer(self) -> int:
        """Address of the first number in the device's memory."""
        return int(self.array.data_ptr()) + self.offset * np.dtype(np.float32).itemsize


@dataclass(frozen=True)
class InputType:
    """The type and the number of axes of a graph's input."""

    dtype: np.dtype[Any]
    rank: int


class Session:
    """A loaded graph. Thread-safe.

    `replaced` are initializers to replace in the graph (only if it is given as bytes). Raises RuntimeError where
    onnxruntime would silently fall back to another device.
    """

    def __init__(self, graph: bytes | Path, device_kind: DeviceKind, *, threads: int = 1, **replaced: AnyArray) -> None:
        ort = runtime()
        source = initializers.replace(graph, replaced) if isinstance(graph, bytes) else str(graph)
        self.device_kind = device_kind
        self._session = ort.InferenceSession(
            source, _options(ort, threads), providers=PROVIDERS[device_kind], enable_fallback=0
        )
        self._outputs = [output.name for output in self._session.get_outputs()]
        if self._session.get_providers()[0] != PROVIDER_NAMES[device_kind]:
            raise RuntimeError(
                f"{PROVIDER_NAMES[device_kind]} did not start: there is no graphics card, or CUDA and cuDNN are "
                f"missing or not of the version that onnxruntime-gpu {ort.__version__} needs"
            )

    def width(self, name: str) -> int:
        """Returns the size of an input's last axis, which the graph must fix."""
        return int(self.shapes()[0][name][-1])

    def shapes(self) -> tuple[dict[str, list[int | str]], dict[str, list[int | str]]]:
        """Returns the shapes of inputs and outputs by name; a dynamic axis has a name instead of a size."""
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        return {i.name: i.shape for i in inputs}, {o.name: o.shape for o in outputs}

    def input_types(self) -> dict[str, InputType]:
        """Returns the inputs' types by name. Raises ValueError for inputs that are not numbers."""
        return {i.name: InputType(_dtype(i.name, i.type), len(i.shape)) for i in self._session.get_inputs()}

    @property
    def metadata(self) -> Mapping[str, str]:
        """The graph's metadata, by name."""
        return cast(dict[str, str], self._session.get_modelmeta().custom_metadata_map)

    def run(self, **inputs: AnyArray) -> list[Float32Array]:
        """Runs the graph with arrays on the host; returns its outputs in order."""
        return cast(list[Float32Array], self._session.run(self._outputs, inputs))

    def run_on_device(
        self,
        inputs: Mapping[str, AnyArray | DeviceArray | DeviceSlice],
        keep: Collection[str] = (),
        into: Mapping[str, DeviceSlice] | None = None,
    ) -> dict[str, DeviceArray]:
        """Runs the graph; returns its outputs by name. Only numpy inputs are copied to the device.

        Outputs named in `keep` stay on the device, those in `into` are written to the given memory, all others are
        copied to the host. A kept output keeps all outputs of its call alive, since onnxruntime's outputs refer to
        their binding: use `allocate` and `into` for a result that must outlive them.

        onnxruntime waits for the copies before the run and for the device after it, so a kept output can be the input
        of any session immediately.
        """
        binding = self._session.io_binding()
        for name, x in inputs.items():
            self._bind(binding, name, x)
        for name in self._outputs:
            if into and name in into:
                binding.bind_output(name, self.device_kind, 0, np.float32, into[name].shape, into[name].pointer)
            else:
                binding.bind_output(name, self.device_kind if name in keep else "cpu")
        self._session.run_with_iobinding(binding)
        return dict(zip(self._outputs, binding.get_outputs(), strict=True))

    def allocate(self, shape: tuple[int, ...]) -> DeviceArray:
        """Allocates uninitialised float32 memory on the device."""
        return runtime().OrtValue.ortvalue_from_shape_and_type(list(shape), np.float32, self.device_kind, 0)

    def to_device(self, array: Float32Array) -> DeviceArray:
        """Copies the array to the device. Do not write to it afterwards: on a CPU the memory is shared."""
        return runtime().OrtValue.ortvalue_from_numpy(np.ascontiguousarray(array), self.device_kind, 0)

    def _bind(self, binding: Any, name: str, x: AnyArray | DeviceArray | DeviceSlice) -> None:
        if isinstance(x, np.ndarray):
            binding.bind_cpu_input(name, np.ascontiguousarray(x))
        elif isinstance(x, DeviceSlice):
            binding.bind_input(name, self.device_kind, 0, np.float32, x.shape, x.pointer)
        else:
            binding.bind_ortvalue_input(name, x)


def runtime() -> ModuleType:
    """Imports onnxruntime. Raises ValueError with an actionable message if it is not installed."""
    try:
        import onnxruntime  # noqa: PLC0415 - see the module
    except ImportError as error:
        raise ValueError(
            f"onnxruntime cannot be loaded ({error}); it runs the models: pip install 'a2f-server[cpu]' (in a checkout "
            "'.[cpu]'), or do without a model: --backend mock"
        ) from None
    return cast(ModuleType, onnxruntime)


def _dtype(name: str, spelled: str) -> np.dtype[Any]:
    """Returns numpy's type for onnxruntime's spelling of it, such as `tensor(float)`."""
    known = {"float": "float32", "float16": "float16", "double": "float64", "int64": "int64", "int32": "int32"}
    if found := known.get(spelled.removeprefix("tensor(").removesuffix(")")):
        return np.dtype(found)
    raise ValueError(f"its input {name} has the type {spelled}, which is not supported")


def is_out_of_memory(error: Exception) -> bool:
    """Returns whether an exception reports a lack of memory, on the device or on the host."""
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in OUT_OF_MEMORY)


def _options(ort: ModuleType, threads: int) -> Any:
    """One thread per call by default: streams share the cores, and a spinning thread would take them from the loop.

    No arena: each session would hold the memory of its largest batch for ever, and would not be faster for it.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    options.log_severity_level = ERRORS
    return options


def choose_device(wanted: str, trial: Callable[[DeviceKind], object]) -> DeviceKind:
    """Returns the kind of device for A2F_DEVICE = auto, cpu or cuda. `trial` runs a model there, or raises.

    onnxruntime lists CUDA even if there is no GPU, so only a trial tells. Raises ValueError if `wanted` is cuda and no
    GPU can be used.
    """
    if len(packages := installed_packages()) > 1:
        log.warning("only one of these packages may be installed; they overwrite each other", **_remedy(packages))
    if wanted == "cpu" or (wanted == "auto" and not _lists_cuda()):
        return "cpu"
    failure = _gpu_failure(trial, quiet=wanted == "auto")
    if not failure:
        return "cuda"
    if wanted == "cuda":
        raise ValueError(f"A2F_DEVICE=cuda requires a GPU, but it cannot be used: {failure}")
    log.warning("the GPU cannot be used; falling back to the CPU", reason=failure)
    return "cpu"


def installed_packages() -> list[str]:
    """Returns the installed packages that provide the module onnxruntime; there should be one."""
    return [name for name in PACKAGES if any(distributions(name=name))]


def _remedy(packages: list[str]) -> dict[str, str]:
    names = " ".join(packages)
    return {"packages": names, "remedy": f"pip uninstall -y {names}, then install a2f-server[cpu] or [gpu] again"}


def _lists_cuda() -> bool:
    return PROVIDER_NAMES["cuda"] in runtime().get_available_providers()


def _gpu_failure(trial: Callable[[DeviceKind], object], *, quiet: bool) -> str:
    """Returns the reason why the GPU cannot be used; empty if it can."""
    if not _lists_cuda():
        return (
            "pip uninstall onnxruntime, then pip install 'a2f-server[gpu]' (in a checkout '.[gpu]'); "
            "one replaces the other"
        )
    runtime().set_default_logger_severity(NOTHING if quiet else ERRORS)
    missing = _preload_libraries()
    try:
        trial("cuda")
    except ValueError:
        raise  # our own message: the model is at fault, and would fail on any device
    except Exception as error:  # drivers raise all kinds of exceptions
        return f"{error} {missing}".strip()
    finally:
        runtime().set_default_logger_severity(ERRORS)
    return ""


def _preload_libraries() -> str:
    """Loads CUDA's and cuDNN's libraries from where pip put them; returns what onnxruntime printed about missing ones.

    The system's search path does not include pip's folders. A missing library is not an error yet: the system may have
    it elsewhere.
    """
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runtime().preload_dlls()
    return " ".join(printed.getvalue().split())
