"""The GPU and its driver."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

from a2f_server.doctor.contract import CheckContext, Finding, error, info, ok, warning
from a2f_server.onnx_runtime import accelerator

QUERY = ("--query-gpu=name,driver_version,memory.total", "--format=csv,noheader")
TIMEOUT_S = 15
LEAST_MIB = 4096


def check(context: CheckContext) -> Iterator[Finding]:
    """Asks the driver. Without a GPU that is fine, unless the settings require one."""
    name = accelerator.name("cuda")
    if not name:
        yield _none(context)
        return
    for line in _cards():
        yield ok(line)
    memory = accelerator.memory("cuda")
    if memory.used is None or memory.total is None:
        yield warning(f"{name}: its memory cannot be read", "see nvidia-smi: another program may have hung it")
    elif memory.total - memory.used < LEAST_MIB:
        free = f"{name} has {memory.total - memory.used} MiB of {memory.total} free"
        yield warning(free, "stop other programs on it, or lower A2F_MAX_BATCH")
    else:
        yield ok(f"{name} has {memory.total - memory.used} MiB of {memory.total} free")


def _none(context: CheckContext) -> Finding:
    if context.settings.device == "cuda":
        return error("A2F_DEVICE=cuda, but no GPU answers", "check nvidia-smi; in Docker, use --gpus all")
    return info("no NVIDIA GPU: models run on the CPU")


def _cards() -> list[str]:
    """Returns a line per GPU with its driver's version; none without nvidia-smi."""
    program = shutil.which("nvidia-smi")
    if not program:
        return []
    try:
        ran = subprocess.run([program, *QUERY], capture_output=True, text=True, timeout=TIMEOUT_S, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return []
    return [f"{name}, driver {driver}, {memory}" for name, driver, memory in map(_fields, ran.stdout.splitlines())]


def _fields(line: str) -> tuple[str, str, str]:
    name, driver, memory = (part.strip() for part in line.rsplit(",", 2))
    return name, driver, memory
