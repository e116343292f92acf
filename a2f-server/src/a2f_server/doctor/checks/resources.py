"""Disk, memory, open files and CPUs."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from a2f_server.cores import usable_cores
from a2f_server.doctor.contract import CheckContext, Finding, ok, warning
from a2f_server.onnx_runtime import accelerator

MIB = 1 << 20
LEAST_DISK_MIB, LEAST_MEMORY_MIB = 512, 1024
OTHER_FILES = 128
"""Files that the server needs beside its connections."""
MEMORY, LIMIT = Path("/proc/meminfo"), Path("/sys/fs/cgroup/memory.max")


def check(context: CheckContext) -> Iterator[Finding]:
    """Checks that there is enough of each."""
    yield ok(f"{usable_cores()} CPU cores: {accelerator.name('cpu')}")
    yield _memory()
    for folder in {Path(tempfile.gettempdir()), _existing(context.settings.model_dir or Path.cwd())}:
        yield _disk(folder)
    yield _files(context.settings.max_connections)


def _memory() -> Finding:
    free = _available()
    if free is None:
        return ok("the memory of this system cannot be read")
    if free < LEAST_MEMORY_MIB:
        return warning(
            f"{free} MiB of memory are free", f"the server needs 200 MiB, and uploads more: free {LEAST_MEMORY_MIB}"
        )
    return ok(f"{free} MiB of memory are free")


def _available() -> int | None:
    """Returns MiB that are free, or the container's limit if that is lower."""
    try:
        lines = dict(line.split(":", 1) for line in MEMORY.read_text("ascii").splitlines())
        free = int(lines["MemAvailable"].split()[0]) // 1024
    except (OSError, ValueError, KeyError):
        return None
    try:
        return min(free, int(LIMIT.read_text("ascii")) // MIB)
    except (OSError, ValueError):
        return free


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free // MIB
    if free < LEAST_DISK_MIB:
        return warning(f"{free} MiB are free in {folder}", "free some: uploads and models need them")
    return ok(f"{free} MiB are free in {folder}")


def _existing(path: Path) -> Path:
    """Returns the path, or its nearest parent that exists."""
    path = path.absolute()
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _files(connections: int) -> Finding:
    if sys.platform == "win32":
        return ok("open files are not limited here")
    import resource  # noqa: PLC0415 - Unix only

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < connections + OTHER_FILES:
        return warning(
            f"{hard} files may be open, fewer than A2F_MAX_CONNECTIONS={connections} needs",
            "raise `ulimit -Hn` or systemd's LimitNOFILE",
        )
    return ok(f"{'any number of' if hard == resource.RLIM_INFINITY else hard} files may be open")
