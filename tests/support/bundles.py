"""Bundles for tests: written once, and copied by tests that change one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tools.fake_bundles.writing import write


def regression(folder: Path) -> Path:
    """Writes a small bundle like v2.3 Mark (tools/fake_bundles)."""
    return write(folder, "regression")


def diffusion(folder: Path) -> Path:
    """Writes a small bundle like v3.0."""
    return write(folder, "diffusion")


def copy(bundle: Path, folder: Path) -> Path:
    """Copies a bundle, to change it."""
    return shutil.copytree(bundle, folder, dirs_exist_ok=True)


def edit_json(file: Path, change: Callable[[Any], object]) -> None:
    """Changes a JSON file in place."""
    content = json.loads(file.read_text("utf-8"))
    change(content)
    file.write_text(json.dumps(content), "utf-8")


def edit_npz(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Changes the arrays of an npz file, in place."""
    with np.load(file) as archive:
        arrays = dict(archive)
    change(arrays)
    np.savez(file, **arrays)
