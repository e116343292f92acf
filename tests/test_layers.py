"""The server is layered: a module imports only from lower layers, its own folder, or a named neighbour."""

from __future__ import annotations

import ast
import sys
from importlib.metadata import requires
from pathlib import Path
from runpy import run_path

import pytest

SERVER = Path(__file__).parents[1] / "a2f-server"
PACKAGE = SERVER / "src/a2f_server"

LAYERS = (
    # vocabulary and configuration, available to all modules
    {
        *("addresses", "errors", "arkit", "arrays", "settings", "environment", "child_environment"),
        *("timecode", "compiled", "cores", "metrics", "logs", "log_queue", "cloudwatch", "native_stderr"),
        *("ice_servers", "worker_group"),
    },
    # audio, weights, threads, sockets
    {
        *("frameclock", "clip", "animation_files", "live_targets", "audio", "tts", "worker_thread", "onnx_runtime"),
        *("uvicorn_server", "api_keys", "face_shapes", "glb"),
    },
    # models, the post-processing of their frames, avatars from photos, pictures of avatars
    {"backends", "motion", "portrait", "drawing"},
    # utterances, and the engine that runs them together
    {"engine"},
    # video of a face
    {"video"},
    # interfaces to clients and people
    {
        *("api", "azure_emulator", "doctor", "grpc_server", "models_command", "portrait_command"),
        *("animate_command", "client"),
    },
    # commands that do what an endpoint does
    {"video_command"},
    # the processes of a server
    {"workers"},
    # entry points
    {"cli", "ray_app", "__main__"},
)

NEIGHBOURS = {
    # (importer, imported) within one layer
    ("logs", "log_queue"),
    ("logs", "settings"),
    ("logs", "cloudwatch"),
    ("cloudwatch", "log_queue"),
    ("environment", "settings"),
    ("settings", "ice_servers"),
    ("timecode", "errors"),
    ("animation_files", "clip"),
    ("animate_command", "api"),
    ("tts", "worker_thread"),
    ("tts", "onnx_runtime"),
    ("api", "grpc_server"),
    ("grpc_server", "api"),
    ("__main__", "cli"),
}

FILES = sorted(PACKAGE.rglob("*.py"))


SYNCHRONOUS = {
    *("backends", "motion", "clip", "animation_files", "animate_command", "frameclock", "audio", "arkit"),
    *("face_shapes", "glb", "portrait", "drawing"),
}


def layer(part: str) -> int:
    return next((number for number, parts in enumerate(LAYERS) if part in parts), -1)


def part_of(path: Path) -> str:
    """Returns the file or folder directly under the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Returns the full names of the modules that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own_parts(path: Path) -> set[str]:
    """Returns the parts of the package that a file imports; names that `a2f_server` itself defines are left out."""
    names = {name.split(".")[1] for name in imports(path) if name.startswith("a2f_server.")}
    return names - {"__version__"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_lower_layers(path: Path) -> None:
    own = part_of(path)
    if own == "__init__":
        assert not own_parts(path)
        return
    assert layer(own) >= 0, f"add {own} to LAYERS"
    for part in own_parts(path) - {own}:
        assert layer(part) >= 0, f"add {part} to LAYERS"
        assert layer(part) < layer(own) or (own, part) in NEIGHBOURS, f"{own} must not import {part}, which is above it"


def test_every_listed_neighbour_is_imported() -> None:
    together = {(part_of(path), part) for path in FILES for part in own_parts(path)}
    assert together >= NEIGHBOURS, "a neighbour that is not imported"
    assert all(layer(a) == layer(b) for a, b in NEIGHBOURS)


def test_utterances_and_backends_do_not_import_asyncio() -> None:
    for path in FILES:
        if path == PACKAGE / "engine/utterance.py" or part_of(path) in SYNCHRONOUS:
            assert not {name for name in imports(path) if name.split(".")[0] in {"asyncio", "starlette", "fastapi"}}


def test_the_client_needs_only_what_it_says() -> None:
    parts = {part for path in FILES if part_of(path) == "client" for part in own_parts(path)}
    assert parts - {"client"} <= {"arkit", "arrays", "clip", "errors"}


def third_parties() -> set[str]:
    roots = {name.split(".")[0] for path in FILES for name in imports(path)}
    return roots - sys.stdlib_module_names - {"a2f_server"}


def test_the_script_checks_for_every_imported_package() -> None:
    needed = set(run_path(str(SERVER / "server.py"))["NEEDED"])
    brought = {"starlette", "pydantic", "h11"}  # by fastapi and uvicorn
    optional = {
        *("PIL", "aiortc", "av", "numba"),
        "onnx",
        "onnxruntime",
        "azure",
        "httpx",
        *("espeakng_loader", "hibari"),
        "google",
        "grpc",
        "grpc_health",
        "grpc_reflection",
        "huggingface_hub",
        *("pxr", "pythonosc"),
        *("boto3", "botocore", "watchtower"),
        "ray",
        "torch",
        "transformers",
    }  # not needed by the mock, nor without a voice
    assert third_parties() - brought - optional <= needed


def test_the_core_install_is_small() -> None:
    core = {line.split(";")[0].strip() for line in requires("a2f-server") or [] if "extra ==" not in line}
    names = {line.split(">")[0].split("<")[0].split("=")[0].strip() for line in core}
    assert set(run_path(str(SERVER / "server.py"))["NEEDED"].values()) <= names
    assert not names & {"torch", "onnxruntime", "onnxruntime-gpu", "transformers", "scipy"}
