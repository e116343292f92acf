"""No two public classes or type aliases of the server share a name."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "a2f-server/src/a2f_server"


def types(path: Path) -> list[str]:
    """Returns the names of a module's classes and type aliases."""
    names = []
    for node in ast.parse(path.read_text("utf-8")).body:
        match node:
            case ast.ClassDef(name=name):
                names.append(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() | ast.BinOp()):
                if re.match("[A-Z][a-z]", name):
                    names.append(name)
    return names


def test_no_type_name_stands_for_two_things() -> None:
    modules: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for name in types(path):
            if not name.startswith("_"):
                modules[name].append(str(path.relative_to(PACKAGE)))
    assert {name: where for name, where in modules.items() if len(where) > 1} == {}
