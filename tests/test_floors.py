"""The house has floors: a file imports only from floors below, from its own package, or from a named neighbour."""

from __future__ import annotations

import ast
import sys
from importlib.metadata import requires
from pathlib import Path
from runpy import run_path

import pytest

SERVER = Path(__file__).parents[1] / "a2f-server"
PACKAGE = SERVER / "src/a2f_server"

FLOORS = (
    # 0: words that everybody knows
    {"errors", "arkit", "settings", "metrics", "logs"},
    # 1: sound, faces, frames, and how they travel
    {"frameclock", "clip", "audio", "speech", "worker", "websocket"},
    # 2: what makes faces, and what happens to them afterwards
    {"backends", "motion"},
    # 3: one utterance owns time
    {"utterance", "expression"},
    # 4: the engine owns the device
    {"engine", "stream", "device"},
    # 5: the doors
    {"api", "azure_emulator", "models"},
    # 6: what starts it all
    {"serving", "cli", "ray_app", "__main__"},
)

NEIGHBOURS = {
    # who imports from whom on the same floor
    ("speech", "worker"),
    ("expression", "utterance"),
    ("engine", "stream"),
    ("engine", "device"),
    ("cli", "serving"),
    ("__main__", "cli"),
}

FILES = sorted(PACKAGE.rglob("*.py"))


def floor(part: str) -> int:
    return next((number for number, parts in enumerate(FLOORS) if part in parts), -1)


def part_of(path: Path) -> str:
    """The file or folder right under the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Full names of the modules that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that they can be read"
            assert node.module
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own_parts(path: Path) -> set[str]:
    """What a file imports of our own, by part; names that `a2f_server` itself defines belong to all."""
    names = {name.split(".")[1] for name in imports(path) if name.startswith("a2f_server.")}
    return names - {"__version__"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_only_from_floors_below(path: Path) -> None:
    own = part_of(path)
    if own == "__init__":
        assert not own_parts(path)
        return
    assert floor(own) >= 0, f"give {own} a floor"
    for part in own_parts(path) - {own}:
        assert floor(part) >= 0, f"give {part} a floor"
        assert floor(part) < floor(own) or (own, part) in NEIGHBOURS, f"{own} reaches up to {part}"


def test_every_neighbour_is_one() -> None:
    together = {(part_of(path), part) for path in FILES for part in own_parts(path)}
    assert together >= NEIGHBOURS, "a neighbour that nobody visits"
    assert all(floor(a) == floor(b) for a, b in NEIGHBOURS)


def test_utterances_and_backends_know_no_asyncio() -> None:
    for path in FILES:
        if part_of(path) in {"utterance", "backends", "motion", "clip", "frameclock", "audio", "arkit"}:
            assert not {name for name in imports(path) if name.split(".")[0] in {"asyncio", "starlette", "fastapi"}}


def third_parties() -> set[str]:
    roots = {name.split(".")[0] for path in FILES for name in imports(path)}
    return roots - sys.stdlib_module_names - {"a2f_server"}


def test_the_script_asks_for_everything_that_is_imported() -> None:
    needed = set(run_path(str(SERVER / "server.py"))["NEEDED"])
    brought = {"starlette", "pydantic"}  # by fastapi
    optional = {
        "onnx",
        "onnxruntime",
        "azure",
        "httpx",
        "espeakng_loader",
        "huggingface_hub",
        "ray",
    }  # the mock does without, and without a voice
    assert third_parties() - brought - optional <= needed


def test_the_core_install_is_small() -> None:
    core = {line.split(";")[0].strip() for line in requires("a2f-server") or [] if "extra ==" not in line}
    names = {line.split(">")[0].split("<")[0].split("=")[0].strip() for line in core}
    assert set(run_path(str(SERVER / "server.py"))["NEEDED"].values()) <= names
    assert not names & {"torch", "onnxruntime", "onnxruntime-gpu", "transformers", "scipy"}
