"""The command line: its output, and an actionable message instead of a traceback for every mistake."""

from __future__ import annotations

import logging
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import structlog
from click.testing import Result
from typer.testing import CliRunner

from a2f_server import __version__
from a2f_server.cli import app
from a2f_server.settings import Settings
from tests.support.spawning import command, spawn_server

SECRET = "correct-horse"


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Restores logging, which `serve` configures for the whole process. Works in a folder without `.env`."""
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def call(*arguments: str, **environment: str) -> Result:
    clean = {f"A2F_{name.upper()}": None for name in Settings.model_fields}
    return CliRunner().invoke(app, arguments, env={**clean, "NO_COLOR": "1", "COLUMNS": "200", **environment})


def stopped(result: Result) -> str:
    """Returns the message with which the command stopped."""
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    return result.stderr


def test_help_names_the_commands() -> None:
    text = call("--help").output
    assert "serve" in text
    assert "settings" in text


def test_help_of_serve_explains_its_options() -> None:
    text = re.sub(r"\s+", " ", call("serve", "--help").output)
    for option in ("--host", "--port", "--backend", "--set"):
        assert option in text
    assert (Settings.model_fields["port"].description or "") in text.replace("│ │ ", "")


def test_version() -> None:
    result = call("--version")
    assert (result.exit_code, result.output.strip()) == (0, __version__)


def test_settings_are_listed_with_descriptions_and_without_secrets() -> None:
    result = call("settings", A2F_API_KEY=SECRET)
    assert result.exit_code == 0
    for name, field in Settings.model_fields.items():
        assert f"A2F_{name.upper()} (default: {field.default})\n    {field.description}\n" in result.output
    assert SECRET not in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "99999"], "A2F_PORT: Input should be less than or equal to 65535"),
        (["--set", "fps=1000"], "A2F_FPS: "),
        (["--set", "fps"], "--set fps: write name=value"),
        (["--set", "colour=blue"], "--set colour: write name=value"),
        (["--set", "device=tpu"], "A2F_DEVICE: "),
        (["--host", "0.0.0.0"], "set A2F_API_KEY to a secret of yours"),
        (
            ["--backend", "oracle"],
            "there is no backend 'oracle'; A2F_BACKEND takes auto, audio2face3d, builtin, emotalk, mock",
        ),
        (["--backend", "mock", "--set", "device=cuda"], "A2F_DEVICE=cuda requires a GPU"),
        (["--set", "profiles=/nowhere/own.toml"], "/nowhere/own.toml cannot be read"),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value),
)
def test_a_bad_setting_gets_a_message(arguments: list[str], words: str) -> None:
    message = stopped(call("serve", *arguments))
    assert message.startswith("a2f-server: ")
    assert words in message


def test_a_bad_variable_gets_a_message() -> None:
    assert "A2F_PORT: Input should be a valid integer" in stopped(call("serve", A2F_PORT="eighty"))


def test_a_misspelt_name_gets_the_right_one() -> None:
    assert "did you mean A2F_API_KEY?" in stopped(call("serve", A2F_API_KYE=SECRET))
    assert "did you mean fps?" in stopped(call("serve", "--set", "fsp=30"))
    assert SECRET not in stopped(call("serve", A2F_API_KYE=SECRET))


def test_a_file_with_settings_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"A2F_HOST=0.0.0.0\nA2F_API_KEY={SECRET}\nA2F_PORT=99999\n")
    message = stopped(call("serve"))
    assert message.startswith("a2f-server: A2F_PORT: ")
    assert SECRET not in message


def test_all_mistakes_are_reported_together() -> None:
    message = stopped(call("serve", "--set", "fps=1", "--set", "max_streams=0"))
    assert "A2F_FPS" in message
    assert "A2F_MAX_STREAMS" in message


def test_a_message_never_contains_the_value() -> None:
    assert SECRET not in stopped(call("serve", "--set", f"fps={SECRET}", A2F_API_KEY=SECRET))


def test_the_script_serves_by_default() -> None:
    ended = command("--port", "99999")
    assert ended.returncode == 2
    assert ended.stderr.startswith("a2f-server: A2F_PORT")
    assert "Traceback" not in ended.stderr


def test_the_script_has_help() -> None:
    ended = command("--help")
    assert ended.returncode == 0
    assert "--port" in ended.stdout


def test_the_script_names_missing_packages() -> None:
    """Runs without any installed package."""
    ended = command(flags=("-S",))
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    for package in ("fastapi", "soundfile", "pydantic-settings", "prometheus-client", "python-multipart"):
        assert package in ended.stderr
    assert "pip install -r" in ended.stderr


def test_a_server_keeps_its_port_and_ends_in_time() -> None:
    with spawn_server() as spawned:
        answer = httpx.get(f"http://127.0.0.1:{spawned.port}/health", timeout=20)
        assert answer.json()["status"] == "healthy"
        second = command("serve", "--backend", "mock", "--port", str(spawned.port))
        assert second.returncode == 3
        assert f"a2f-server: port {spawned.port} is taken" in second.stderr
        assert f"make run PORT={spawned.port + 1}" in second.stderr
        assert "Traceback" not in second.stderr
        spawned.terminate()
        assert spawned.ended() in (0, -signal.SIGTERM)
        assert "Traceback" not in spawned.log


def test_the_emulator_says_that_its_port_is_taken(voice: bytes, tmp_path: Path) -> None:
    (tmp_path / "voice.wav").write_bytes(voice)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = command("azure-emulator", "--port", port, "--recording", str(tmp_path / "voice.wav"))
    assert ended.returncode == 3
    assert f"a2f-server: port {port} is taken" in ended.stderr
    assert "Traceback" not in ended.stderr
