"""A virtual environment with the packages of an image."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def pins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exact versions of an image, merged as in the Dockerfile."""
    line = re.search(r"^RUN (awk .*) > pins\.txt$", (ROOT / "runpod/Dockerfile").read_text(), re.MULTILINE)
    assert line
    command = re.sub(r"(\w+)\.txt", lambda file: str(_pinning(file[0])), line[1])
    out = tmp_path_factory.mktemp("pins") / "pins.txt"
    out.write_text(subprocess.run(["sh", "-c", command], check=True, capture_output=True, text=True).stdout)
    return out


def _pinning(name: str) -> Path:
    return next(path for path in (ROOT / name, ROOT / "runpod" / name) if path.is_file())


@pytest.fixture(scope="session")
def clean(pins: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with nothing but the wheel and its extras [cpu], [models] and [runpod]."""
    folder = tmp_path_factory.mktemp("image")
    pip = [sys.executable, "-m", "pip"]
    subprocess.run([*pip, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT)], check=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    wheel = next(folder.glob("*.whl"))
    packages = f"{wheel}[cpu,models,runpod]"
    python = str(folder / "venv/bin/python")
    subprocess.run([*pip, "--python", python, "install", "-q", "--no-compile", "-c", str(pins), packages], check=True)
    return folder / "venv/bin"
