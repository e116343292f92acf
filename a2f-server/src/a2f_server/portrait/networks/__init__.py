"""The networks that find a face and its landmarks, made by `tools/face_networks`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from a2f_server.onnx_runtime.session import runtime

_FOLDER = Path(__file__).parent


def open_network(name: str) -> Any:
    """Loads a network on one thread of the CPU; returns its session. Raises ValueError without onnxruntime."""
    ort = runtime()
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3  # suppresses harmless warnings about shapes
    return ort.InferenceSession(str(_FOLDER / f"{name}.onnx"), options, providers=["CPUExecutionProvider"])
