"""Runs the Python programs of the examples in processes of their own, with packages that only they need."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.examples.site import EXAMPLES, SERVER
from tests.support.processes import Listened, free_port
from tests.support.spawning import environment
from tests.support.waiting import until

PACKAGES = Path(sys.prefix) / "examples"
"""The folder of `requirements.txt`, which `make` installs."""
LONG = 90.0
"""Seconds that a program may take to start on a busy machine."""


def copied(folder: Path, origin: str) -> Path:
    """Copies the examples into a folder, with the address of the test's server."""
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("node_modules", "__pycache__"), dirs_exist_ok=True)
    for path in (path for path in folder.rglob("*") if path.suffix in {".py", ".js", ".html"}):
        path.write_text(path.read_text("utf-8").replace(SERVER, origin), "utf-8")
    return folder


@contextmanager
def run_program(script: Path, package: str, **settings: str) -> Iterator[str]:
    """Runs a program that serves a page on `--port`; yields the page's URL. Skips if its package is not installed."""
    if package and not (PACKAGES / package).is_dir():
        pytest.skip(f"{package} is not installed: make .venv/.examples")
    port = free_port()
    variables = environment(PYTHONPATH=str(PACKAGES), OPENAI_API_KEY="secret", **settings)
    line = [sys.executable, str(script), "--port", str(port)]
    output = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    process = subprocess.Popen(line, **output, text=True, env=variables, cwd=script.parent)  # type: ignore[call-overload]
    listened = Listened(process, process.stderr)
    try:
        until(lambda: _listens(port) or process.poll() is not None, LONG)
        assert process.poll() is None, listened.log
        yield f"http://127.0.0.1:{port}"
    finally:
        listened.killed()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
