"""The examples of docs/compatibility.md run, and the fields that other clients read are there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from a2f_server import __version__
from tests.support.running import PATIENCE, Running
from tests.support.sounds import buzz, wav

PAGE = (Path(__file__).parents[1] / "docs/compatibility.md").read_text("utf-8")
SECONDS = 2.5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Returns a folder with the file that the examples send."""
    (tmp_path / "audio.wav").write_bytes(wav(buzz(SECONDS, 16000), 16000))
    return tmp_path


def example(language: str, contains: str) -> str:
    """Returns the page's one example in this language that has this text."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    [found] = [block for block in blocks if contains in block]
    return str(found)


def run(command: list[str], server: Running, folder: Path) -> str:
    """Runs an example, with the port of the server; returns what it prints."""
    command = [part.replace("8000", str(server.port)) for part in command]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_python_module(server: Running, folder: Path) -> None:
    assert run([sys.executable, "-c", example("python", "A2FClient")], server, folder) == "15\n"


def test_the_status_that_clients_read(server: Running) -> None:
    """With the library that they use."""
    health = requests.get(f"{server.url}/health", timeout=PATIENCE).json()
    assert (health["status"], health["streaming_manager"], health["version"]) == ("healthy", "initialized", __version__)
    assert {"service", "grpc_status", "processor_ready"} <= health.keys()
    root = requests.get(f"{server.url}/", timeout=PATIENCE).json()
    assert "running" in root["message"]


def test_every_route_of_the_integration_guide(server: Running, folder: Path) -> None:
    sound = (folder / "audio.wav").read_bytes()
    upload = {"audio": ("audio.wav", sound, "audio/wav")}
    session = requests.post(f"{server.url}/process", files=upload, timeout=PATIENCE).json()
    assert session["frame_count"] == 75
    with server.talk(f"/ws/{session['session_id']}", subprotocols=None) as talk:
        talk.socket.send('{"action": "start"}')
        frame = talk.hear()
        assert isinstance(frame, dict)
        assert frame["data"]["blendshapes"].keys() >= {"jawOpen"}
    frames = requests.post(f"{server.url}/process-sync", files=upload, timeout=PATIENCE).json()
    assert frames["frame_count"] == len(frames["frames"]) == 75


def test_every_system_of_the_table_has_a_section() -> None:
    table = PAGE.partition("\n## ")[0]
    links = set(re.findall(r"\(#([\w-]+)\)", table))
    headings = re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert anchors - links == {"variables"}
    assert links <= anchors
