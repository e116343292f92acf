"""The benches run too rarely to notice that a name that they import has moved."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"
PACKAGES = ("a2f_server", "a2f_client", "chunked_streaming_client")


def imported(file: Path) -> Iterator[tuple[str, str]]:
    """Yields the modules of this project that a file imports from, and the names."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PACKAGES:
            yield from ((node.module, alias.name) for alias in node.names)


@pytest.mark.parametrize("file", sorted(BENCH.rglob("*.py")), ids=lambda file: str(file.relative_to(BENCH)))
def test_what_a_bench_imports_exists(file: Path) -> None:
    missing = [
        f"{module}.{name}"
        for module, name in imported(file)
        if not hasattr(importlib.import_module(module), name) and not find_spec(f"{module}.{name}")
    ]
    assert not missing
