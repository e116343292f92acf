"""What runs the models, for people: its name, and how much of its memory is taken. Nothing here ever raises.

Asked of the driver itself (libcuda), which is there wherever a GPU works, numbers devices as CUDA_VISIBLE_DEVICES has
it, and needs no package of a matching version.
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
QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Microseconds that a container may compute in each period (Linux, control groups v2)."""
FAULTS = (OSError, ValueError, AttributeError, IndexError, StopIteration)
"""A driver that is missing, or has not these functions; a /proc that is not Linux's."""


@dataclass(frozen=True)
class Memory:
    """In MiB; None: unknown."""

    used: int | None
    """GPU: by everything that runs there, this process included. CPU: by this process."""
    total: int | None


def name(place: str) -> str:
    """Such as "NVIDIA H100 80GB HBM3"; empty where unknown. `place` is "cpu" or "cuda"."""
    try:
        return _card_name() if place == "cuda" else _processor()
    except FAULTS:
        return ""


def memory(place: str) -> Memory:
    """How much is taken now."""
    try:
        return _card_memory() if place == "cuda" else Memory(_resident(), _installed())
    except FAULTS:
        return Memory(None, None)


def cores() -> int:
    """Of the processor, those that this process may use, whole ones: a container may have a share of them only."""
    visible = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = (int(number) for number in QUOTA.read_text("ascii").split())
    except FAULTS:  # "max", or no such file
        return visible
    return max(1, min(visible, quota // period))


class Meter:
    """Asks for the memory in a thread of its own: the driver of a GPU that hangs does not answer."""

    def __init__(self, place: str) -> None:
        """The first answer is waited for."""
        self._place, self._last = place, memory(place)
        self._asking = threading.Thread()

    def read(self) -> Memory:
        """The last answer, and another question. Never waits."""
        if not self._asking.is_alive():
            self._asking = threading.Thread(target=self._ask, name="a2f-meter", daemon=True)
            self._asking.start()
        return self._last

    def _ask(self) -> None:
        self._last = memory(self._place)


def _driver() -> tuple[Any, ctypes.c_int]:
    """The driver's library and its first visible device. Raises OSError where there is none."""
    cuda = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    device = ctypes.c_int()
    _done(cuda.cuInit(0))
    _done(cuda.cuDeviceGet(ctypes.byref(device), 0))
    return cuda, device


def _done(status: int) -> None:
    if status:
        raise OSError(f"CUDA's driver says {status}")


def _card_name() -> str:
    cuda, device = _driver()
    text = ctypes.create_string_buffer(256)
    _done(cuda.cuDeviceGetName(text, len(text), device))
    return text.value.decode(errors="replace")


def _card_memory() -> Memory:
    """The driver wants a context for this: the one that the models' library has open, or opens."""
    cuda, device = _driver()
    context, free, total = ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_size_t()
    _done(cuda.cuDevicePrimaryCtxRetain(ctypes.byref(context), device))
    try:
        _done(cuda.cuCtxPushCurrent_v2(context))
        try:
            _done(cuda.cuMemGetInfo_v2(ctypes.byref(free), ctypes.byref(total)))
        finally:
            cuda.cuCtxPopCurrent_v2(ctypes.byref(ctypes.c_void_p()))
    finally:
        cuda.cuDevicePrimaryCtxRelease_v2(device)
    return Memory((total.value - free.value) // MIB, total.value // MIB)


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
