"""The device is described where possible; failing to do so is never an error."""

from __future__ import annotations

import ctypes
import re
import sys
from pathlib import Path
from queue import SimpleQueue

import pytest

from a2f_server.onnx_runtime import accelerator
from a2f_server.onnx_runtime.accelerator import MIB, MemoryUsage
from tests.support.waiting import until


def test_the_memory_of_this_process_is_known() -> None:
    before = accelerator.memory("cpu")
    if sys.platform != "linux":
        assert before == MemoryUsage(None, None) or before.total
        return
    assert before.used is not None
    assert before.total is not None
    assert 10 < before.used < before.total
    resident = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert resident
    assert before.used == pytest.approx(int(resident[1]) / 1024, abs=100), "MiB; other threads come and go"


def test_a_processor_has_a_name() -> None:
    assert accelerator.name("cpu")


def test_without_a_driver_the_gpu_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert accelerator.memory("cuda") == MemoryUsage(None, None)
    assert accelerator.name("cuda") == ""


class Driver:
    """A fake libcuda: its functions return 0 and write their outputs."""

    def __init__(self, **failing: int) -> None:
        self.failing, self.contexts = failing, 0

    def __getattr__(self, name: str) -> object:
        return lambda *arguments: self.failing.get(name, 0)

    def cuDevicePrimaryCtxRetain(self, context: object, device: object) -> int:  # noqa: N802 - the driver's name
        self.contexts += 1
        return 0

    def cuDevicePrimaryCtxRelease_v2(self, device: object) -> int:  # noqa: N802
        self.contexts -= 1
        return 0

    def cuDeviceGetName(self, text: ctypes.Array[ctypes.c_char], size: int, device: object) -> int:  # noqa: N802
        text.value = b"NVIDIA H100 80GB HBM3"
        return 0

    def cuMemGetInfo_v2(self, free: object, total: object) -> int:  # noqa: N802
        free._obj.value, total._obj.value = 70000 * MIB, 81559 * MIB  # type: ignore[attr-defined]
        return self.failing.get("cuMemGetInfo_v2", 0)


def test_a_gpu_has_a_name_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver()
    monkeypatch.setattr(ctypes, "CDLL", lambda name: driver)
    assert accelerator.name("cuda") == "NVIDIA H100 80GB HBM3"
    assert accelerator.memory("cuda") == MemoryUsage(11559, 81559)
    assert driver.contexts == 0, "every context is released"


@pytest.mark.parametrize("name", ["cuInit", "cuDeviceGet", "cuCtxPushCurrent_v2", "cuMemGetInfo_v2"])
def test_a_failing_driver_is_not_an_error(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    driver = Driver(**{name: 802})
    monkeypatch.setattr(ctypes, "CDLL", lambda _: driver)
    assert accelerator.memory("cuda") == MemoryUsage(None, None)
    assert driver.contexts == 0


def test_a_meter_never_waits_for_a_driver_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: SimpleQueue[accelerator.Memory] = SimpleQueue()
    answers.put(accelerator.MemoryUsage(1, 9))
    monkeypatch.setattr(accelerator, "memory", lambda place: answers.get())
    meter = accelerator.Meter("cuda")
    assert [meter.read() for _ in range(3)] == [accelerator.MemoryUsage(1, 9)] * 3, "while it hangs"
    answers.put(accelerator.MemoryUsage(2, 9))
    until(lambda: answers.empty() and meter.read() == accelerator.MemoryUsage(2, 9))
    answers.put(accelerator.MemoryUsage(2, 9))
