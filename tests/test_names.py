"""No two public classes or type aliases of the server share a name."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

ROOT = Path(__file__).parents[1]


def test_no_type_name_stands_for_two_things() -> None:
    structure = run_path(str(ROOT / "bench/structure.py"))
    names = list(structure["python_classes"](ROOT))
    assert len(names) > 100
    assert structure["twice"](names) == []
