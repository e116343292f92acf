"""`a2f-server doctor` as a command: text, JSON, exit status, and no secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from a2f_server.doctor import registry, report
from a2f_server.doctor.contract import CheckContext, Finding
from a2f_server.settings import Settings
from tests.test_cli import call, kept, stopped

SECRET = "d0f3ab1c9e8872645510aa7be3"
FAST = ("--only", "python", "--only", "settings", "--only", "keys")

__all__ = ["kept"]


def test_it_examines_everything() -> None:
    result = call("doctor", "--json", "--offline", A2F_BACKEND="mock", A2F_TTS="none", A2F_PORT="0")
    answer = json.loads(result.stdout)
    assert result.exit_code == (0 if answer["healthy"] else 1)
    assert answer["findings"]
    assert {finding["check"] for finding in answer["findings"]} | {"certificate", "live"} == registry.CHECKS.keys()


def test_all_is_well() -> None:
    result = call("doctor", *FAST, A2F_API_KEY=SECRET)
    assert result.exit_code == 0
    assert "✓ keys          A2F_API_KEY is set and strong" in result.stdout
    assert SECRET not in result.output


def test_a_fault_has_a_remedy_and_a_status(tmp_path: Path) -> None:
    result = call("doctor", *FAST, A2F_KEYS_FILE=str(tmp_path / "missing.toml"))
    assert result.exit_code == 1
    assert "✗ keys" in result.stdout
    assert "→ correct the file" in result.stdout
    assert result.stdout.splitlines()[-1] == "1 error"


def test_settings_with_errors_do_not_stop_it() -> None:
    result = call("doctor", *FAST, A2F_PORT="many", A2F_API_KEI="x")
    assert result.exit_code == 1
    assert "did you mean A2F_API_KEY?" in result.stdout
    result = call("doctor", *FAST, "--set", "port=many", A2F_API_KEY="short")
    assert "A2F_PORT: " in result.stdout
    assert "A2F_API_KEY: " in result.stdout


@pytest.mark.parametrize("arguments", [("--only", "everything"), ("--only", "")])
def test_an_unknown_check_is_an_error(arguments: tuple[str, ...]) -> None:
    assert "there is no check" in stopped(call("doctor", *arguments))


def test_no_finding_contains_a_secret() -> None:
    settings = Settings(api_key=SECRET, azure_key="another secret")

    def check(_: CheckContext) -> list[Finding]:
        return [Finding("error", f"{SECRET} leaks", "remove another secret")]

    def fail(_: CheckContext) -> list[Finding]:
        raise RuntimeError(f"with {SECRET}")

    lines = list(report.examine({"one": check, "two": fail}, CheckContext(settings)))
    assert [line.finding.status for line in lines] == ["error", "error"]
    assert lines[1].finding.message == "this check failed: RuntimeError: with ********"
    for text in (report.as_json(lines), *map(report.text, lines)):
        assert SECRET not in text
        assert "another secret" not in text


def test_every_check_is_registered() -> None:
    files = {path.stem for path in (Path(registry.__file__).parent / "checks").glob("*.py")} - {"__init__"}
    assert {check.__module__.rpartition(".")[2] for check in registry.CHECKS.values()} == files
