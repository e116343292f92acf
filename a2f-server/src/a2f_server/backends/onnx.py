"""onnxruntime behind a typed door: graphs as sessions, and whether a GPU really runs them.

It is imported when a model is opened, not before: the mock works without it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, Literal, cast

import numpy as np
import structlog
from numpy.typing import NDArray

log = structlog.get_logger(__name__)

Place = Literal["cpu", "cuda"]
"""Where a session runs."""
Floats = NDArray[np.float32]

PROVIDERS: dict[Place, list[Any]] = {
    "cpu": ["CPUExecutionProvider"],
    # TF32 would round the factors of each product to 11 bits
    "cuda": [("CUDAExecutionProvider", {"use_tf32": "0"}), "CPUExecutionProvider"],
}
NAMES: dict[Place, str] = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
ERRORS, NOTHING = 3, 4
"""Severities of what onnxruntime writes to stderr: errors and worse, and nothing but its own end."""


class Session:
    """A graph that is loaded. Any number of threads may run it at once.

    `constants` take the place of the graph's initializers of those names. Raises RuntimeError where onnxruntime would
    silently run it elsewhere.
    """

    def __init__(self, graph: bytes, place: Place, **constants: Floats) -> None:
        ort = runtime()
        # the session reads these where they lie: they must live as long as it does
        self._constants = {name: ort.OrtValue.ortvalue_from_numpy(value) for name, value in constants.items()}
        options = _options(ort)
        for name, value in self._constants.items():
            options.add_initializer(name, value)
        self._session = ort.InferenceSession(graph, options, providers=PROVIDERS[place], enable_fallback=0)
        self._outputs = [output.name for output in self._session.get_outputs()]
        if self._session.get_providers()[0] != NAMES[place]:
            raise RuntimeError(
                f"{NAMES[place]} did not start; no graphics card, or CUDA and cuDNN are missing or of another "
                f"version than onnxruntime-gpu {ort.__version__} wants"
            )

    def width(self, name: str) -> int:
        """The last axis of an input, which the graph must fix."""
        shape = next(i.shape for i in self._session.get_inputs() if i.name == name)
        return int(shape[-1])

    def run(self, **inputs: Floats) -> list[Floats]:
        """The graph's outputs, in its order."""
        return cast(list[Floats], self._session.run(self._outputs, inputs))


def runtime() -> ModuleType:
    """The module. Raises ValueError with a sentence where it is not installed."""
    try:
        import onnxruntime  # noqa: PLC0415 - see the module
    except ImportError as error:
        raise ValueError(
            f"onnxruntime cannot be loaded ({error}); it runs the built-in model: pip install 'a2f-server[cpu]', "
            "or do without a model: --backend mock"
        ) from None
    return cast(ModuleType, onnxruntime)


def _options(ort: ModuleType) -> Any:
    """One thread a call: many voices share the cores, and a thread that spins takes them from the event loop.

    No arena: each session would keep the memory of its largest batch for ever, and none of them is quicker for it.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
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
        return "pip uninstall onnxruntime, then pip install 'a2f-server[gpu]'; one replaces the other"
    runtime().set_default_logger_severity(NOTHING if quiet else ERRORS)
    try:
        trial("cuda")
    except Exception as error:  # whatever a driver comes up with
        return str(error)
    finally:
        runtime().set_default_logger_severity(ERRORS)
    return ""
