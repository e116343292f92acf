"""Checks the commands' imports: a server that starts on demand should be ready at once, and help should be instant."""

from __future__ import annotations

import subprocess
import sys

import pytest

OPTIONAL = {
    *("onnxruntime", "onnx", "scipy", "numba", "grpc", "google.protobuf", "av", "aiortc", "PIL", "httpx", "torch"),
    "azure.cognitiveservices",
}
SERVING = {"numpy", "fastapi", "starlette", "uvicorn", "structlog", "prometheus_client", "soundfile", "soxr"}
COMMANDS = ("animate", "models", "video")
"""Folders `NAME_command` whose module `cli` only declares the command."""

COMMAND_LINE = "import a2f_server.cli"
MOCK = """
import a2f_server.cli, a2f_server.uvicorn_server.server
from a2f_server.api.app import create_app
from a2f_server.settings import Settings
create_app(Settings(backend="mock", tts="none"))
"""


def imported(program: str) -> set[str]:
    """Returns the full names of the modules that a program has imported at its end."""
    end = "import sys; print(*sys.modules)"
    command = [sys.executable, "-c", f"{program}\n{end}"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.fixture(scope="module")
def server() -> set[str]:
    return imported(MOCK)


def test_the_command_line_alone_imports_nothing_of_the_server() -> None:
    modules = imported(COMMAND_LINE)
    assert not modules & (OPTIONAL | SERVING)
    ours = {module for module in modules if module.startswith("a2f_server.")}
    assert len(ours) < 40, sorted(ours)


def test_a_server_imports_no_optional_package_that_it_does_not_use(server: set[str]) -> None:
    assert not server & OPTIONAL


def test_a_server_imports_only_its_own_backend(server: set[str]) -> None:
    backends = {module.split(".")[2] for module in server if module.startswith("a2f_server.backends.")}
    assert backends == {"contract", "mock", "selector"}


def test_a_server_imports_no_other_command(server: set[str]) -> None:
    assert not server & {f"a2f_server.{name}_command.command" for name in COMMANDS}
    assert not server & {"a2f_server.doctor.command", "a2f_server.azure_emulator.server", "a2f_server.grpc_server"}
