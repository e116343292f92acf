"""Describes the device that runs the models: its name, and its memory in use. Nothing here ever raises.

The GPU's driver (libcuda) is asked directly: it is there wherever a GPU works, follows CUDA_VISIBLE_DEVICES, and needs
no package of a matching version.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MIB = 1 << 20
UNAVAILABLE = (OSError, ValueError, AttributeError, IndexError, StopIteration)
"""Raised if the driver, or one of its functions, is missing, or if /proc is not Linux's."""


@dataclass(frozen=True)
class MemoryUsage:
    """Memory in MiB; None if unknown."""

    used: int | None
    """GPU: used by all processes. CPU: used by this process."""
    total: int | None


def name(device: str) -> str:
    """Returns a name such as "NVIDIA H100 80GB HBM3"; empty if unknown. `device` is "cpu" or "cuda"."""
    try:
        return _card_name() if device == "cuda" else _processor()
    except UNAVAILABLE:
        return ""


def has_gpu() -> bool:
    """Returns True if the driver of a GPU is there and finds one."""
    try:
        _driver()
    except UNAVAILABLE:
        return False
    return True


def memory(device: str) -> MemoryUsage:
    """Returns the memory in use now."""
    try:
        return _card_memory() if device == "cuda" else MemoryUsage(_resident(), _installed())
    except UNAVAILABLE:
        return MemoryUsage(None, None)


class Meter:
    """Reads the memory in use on a background thread, because the driver of a GPU that hangs does not answer."""

    def __init__(self, device: str) -> None:
        """Waits for the first reading."""
        self._device, self._last = device, memory(device)
        self._asking = threading.Thread()

    def read(self) -> MemoryUsage:
        """Returns the last reading and starts another one. Never blocks."""
        if not self._asking.is_alive():
            self._asking = threading.Thread(target=self._ask, name="a2f-meter", daemon=True)
            self._asking.start()
        return self._last

    def _ask(self) -> None:
        self._last = memory(self._device)


def _driver() -> tuple[Any, ctypes.c_int]:
    """Returns the driver's library and the first visible device. Raises OSError if there is none."""
    cuda = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    device = ctypes.c_int()
    _check(cuda.cuInit(0))
    _check(cuda.cuDeviceGet(ctypes.byref(device), 0))
    return cuda, device


def _check(status: int) -> None:
    if status:
        raise OSError(f"CUDA's driver returned {status}")


def _card_name() -> str:
    cuda, device = _driver()
    text = ctypes.create_string_buffer(256)
    _check(cuda.cuDeviceGetName(text, len(text), device))
    return text.value.decode(errors="replace")


def _card_memory() -> MemoryUsage:
    """The driver needs a context for this: the one that onnxruntime has opened, or a new one."""
    cuda, device = _driver()
    context, free, total = ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_size_t()
    _check(cuda.cuDevicePrimaryCtxRetain(ctypes.byref(context), device))
    try:
        _check(cuda.cuCtxPushCurrent_v2(context))
        try:
            _check(cuda.cuMemGetInfo_v2(ctypes.byref(free), ctypes.byref(total)))
        finally:
            cuda.cuCtxPopCurrent_v2(ctypes.byref(ctypes.c_void_p()))
    finally:
        cuda.cuDevicePrimaryCtxRelease_v2(device)
    return MemoryUsage((total.value - free.value) // MIB, total.value // MIB)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8", "replace").splitlines() if info.exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    return model or platform.processor() or platform.machine()


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // MIB


def _installed() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MIB
