"""deploy/replicas.sh: several servers on one machine, restarted when they end, distributed over the GPUs."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.support.running import Talk
from tests.support.sounds import buzz, s16
from tests.support.spawning import ROOT, environment
from tests.support.waiting import PATIENCE, until

SCRIPT = ROOT / "deploy/replicas.sh"


def two_free_ports() -> int:
    """Returns the first of two consecutive free ports."""
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", 0)) as one:
            port: int = one.getsockname()[1]
            with socket.create_server(("127.0.0.1", port + 1)):
                return port


class Replicas:
    """The script, running two replicas."""

    def __init__(self, process: subprocess.Popen[bytes], first: int, log: Path) -> None:
        self.process, self.first, self._log = process, first, log

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    def serves(self, port: int) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{port}/ping", trust_env=False, timeout=PATIENCE).status_code == 200
        return False

    def processes(self, port: int) -> list[int]:
        """Returns the ids of all processes on this port, in order."""
        return [int(found) for found in re.findall(rf"port {port} is process (\d+)", self.log)]


@contextmanager
def two(folder: Path, **settings: str) -> Iterator[Replicas]:
    first = two_free_ports()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = environment(PATH=path, A2F_BACKEND="mock", A2F_TTS="none", **settings)
    with (folder / "log").open("wb") as log:
        line = [str(SCRIPT), "2", str(first)]
        process = subprocess.Popen(line, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        yield Replicas(process, first, folder / "log")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


@contextmanager
def talking(port: int) -> Iterator[Talk]:
    """Opens a connection with an open utterance."""
    with connect(f"ws://127.0.0.1:{port}/ws", proxy=None) as socket:
        talk = Talk(socket)
        talk.expect("ready")
        talk.start()
        talk.expect("started")
        yield talk


def finish(talk: Talk) -> None:
    talk.send(s16(buzz(1, 16000)))
    talk.say("end")
    assert len(talk.frames()) == 30


def test_a_stopped_replica_finishes_its_utterances_and_is_restarted(tmp_path: Path) -> None:
    with two(tmp_path) as it:
        first, second = it.first, it.first + 1
        until(lambda: it.serves(first) and it.serves(second))
        with talking(first) as talk:
            os.kill(it.processes(first)[0], signal.SIGTERM)
            until(lambda: not it.serves(first))
            assert it.serves(second)
            finish(talk)
        until(lambda: it.serves(first))
        assert [len(it.processes(port)) for port in (first, second)] == [2, 1]


def test_all_replicas_finish_their_utterances_before_the_script_ends(tmp_path: Path) -> None:
    with two(tmp_path) as it:
        until(lambda: it.serves(it.first) and it.serves(it.first + 1))
        with talking(it.first + 1) as talk:
            it.process.send_signal(signal.SIGTERM)
            until(lambda: not it.serves(it.first))
            assert it.process.poll() is None
            finish(talk)
        assert it.process.wait(PATIENCE) == 0
        assert not it.serves(it.first + 1)


def test_wrong_settings_end_it(tmp_path: Path) -> None:
    with two(tmp_path, A2F_FPS="1000") as it:
        assert it.process.wait(PATIENCE) == 2
        assert "A2F_FPS" in it.log


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [(["two"], 2, "write numbers"), (["2", "-1"], 2, "write numbers"), (["2"], 127, "a2f-server")],
)
def test_a_replica_that_cannot_start_ends_it(tmp_path: Path, arguments: list[str], status: int, says: str) -> None:
    (tmp_path / "nvidia-smi").symlink_to("/bin/false")
    line, env = [str(SCRIPT), *arguments], {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(line, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == status
    assert says in done.stderr


@pytest.mark.parametrize(("gpus", "seen"), [("5,7", ["5", "7"]), ("3", ["3", "3"]), (None, ["none", "none"])])
def test_the_replicas_take_turns_over_the_gpus(tmp_path: Path, gpus: str | None, seen: list[str]) -> None:
    """Uses a program in place of the server that prints its GPU."""
    (program := tmp_path / "a2f-server").write_text(
        '#!/bin/sh\necho "$A2F_PORT ${CUDA_VISIBLE_DEVICES-none}"\nexit 2\n'
    )
    program.chmod(0o755)
    (tmp_path / "nvidia-smi").symlink_to("/bin/false")
    chosen = {} if gpus is None else {"CUDA_VISIBLE_DEVICES": gpus}
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", **chosen}
    done = subprocess.run([str(SCRIPT), "2"], env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert sorted(done.stdout.split("\n"))[1:] == [f"{8001 + i} {gpu}" for i, gpu in enumerate(seen)]
