"""The unit for systemd is valid, hardened, and fits the server."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from a2f_server.settings import Settings
from tests.support.spawning import ROOT

FOLDER = ROOT / "deploy/systemd"
UNIT = FOLDER / "a2f-server.service"
MOST_EXPOSED = 25
"""A tenth of what systemd-analyze calls the exposure level: 2.5 is OK, 9.6 is that of a unit without hardening."""


def service() -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNIT)
    return dict(parser["Service"])


@pytest.fixture
def runnable(tmp_path: Path) -> Path:
    """The unit with a program and an environment that exist here."""
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub("^ExecStart=.*$", "ExecStart=/bin/true", UNIT.read_text("utf-8"), flags=re.MULTILINE))
    return unit


@pytest.mark.parametrize(
    "command", [("verify",), ("security", "--offline=true", f"--threshold={MOST_EXPOSED}")], ids=lambda c: c[0]
)
def test_systemd_accepts_it(runnable: Path, command: tuple[str, ...]) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is missing: install the package systemd")
    ran = subprocess.run([program, *command, str(runnable)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert command[0] != "verify" or not ran.stderr, ran.stderr


def test_it_waits_for_open_utterances() -> None:
    assert float(service()["TimeoutStopSec"]) > Settings.model_fields["drain_s"].default
    assert service()["RestartPreventExitStatus"] == "2", "the status of wrong settings"
    assert int(service()["LimitNOFILE"]) > Settings.model_fields["max_connections"].default


def test_the_settings_of_its_environment_exist() -> None:
    text = (FOLDER / "a2f-server.env").read_text("utf-8")
    names = re.findall(r"^(?:# )?(A2F_\w+)=", text, re.MULTILINE)
    assert {"A2F_API_KEY", "A2F_KEYS_FILE"} <= set(names)
    assert set(names) <= {f"A2F_{name.upper()}" for name in Settings.model_fields}


def test_its_user_is_created() -> None:
    assert f"u {service()['User']} " in (FOLDER / "a2f-server.sysusers").read_text("utf-8")
