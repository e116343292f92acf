"""Native libraries' messages reach the log and block nobody; Python's own messages reach the real stderr."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import httpx
import numpy as np
import pytest

from a2f_server.native_stderr import LINES_PER_S
from tests.support.processes import free_port
from tests.support.sounds import buzz, encoded
from tests.support.spawning import FOLDER, SCRIPT, environment, spawn_server
from tests.support.waiting import PATIENCE, until

DIVERTED = """
import os, sys
from a2f_server import logs, native_stderr
native_stderr.divert()
logs.configure("info", as_json=False)
"""


def damaged_mp3() -> bytes:
    """Returns an mp3 about which libmpg123 has much to say."""
    data = bytearray(encoded(buzz(2, 24000), 24000, "MP3"))
    for at in np.random.default_rng(1).integers(len(data) // 4, len(data), 200):
        data[at] ^= 0xFF
    return bytes(data)


def run(program: str, before: str = "") -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", before + DIVERTED + program]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=PATIENCE, env=environment())


@pytest.fixture
def full_pipe() -> Iterator[int]:
    """The writing end of a pipe that is full and that nobody reads."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, bytes(4096))
    os.set_blocking(writing, True)
    yield writing
    os.close(reading)
    os.close(writing)


def test_a_damaged_mp3_blocks_no_server_whose_stderr_nobody_reads(full_pipe: int) -> None:
    port = free_port()
    line = [sys.executable, str(SCRIPT), "serve", "--port", str(port), "--backend", "mock", "--set", "max_streams=1"]
    with (
        subprocess.Popen(line, stderr=full_pipe, env=environment(A2F_TTS="none"), cwd=FOLDER) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False) as http,
    ):
        try:
            until(lambda: answers(http))
            for _ in range(3):  # the only slot comes back every time
                assert http.post("/v1/animate", content=damaged_mp3()).status_code == 400
            assert http.get("/health").json()["active_sessions"] == 0
        finally:
            process.kill()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_server_whose_stderr_nobody_reads_can_be_stopped(full_pipe: int, stop: signal.Signals) -> None:
    port = free_port()
    line = [sys.executable, str(SCRIPT), "serve", "--port", str(port), "--backend", "mock"]
    with (
        subprocess.Popen(line, stderr=full_pipe, env=environment(A2F_TTS="none"), cwd=FOLDER) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False) as http,
    ):
        try:
            until(lambda: answers(http))
            process.send_signal(stop)
            assert process.wait(PATIENCE) == -stop
        finally:
            process.kill()


def answers(http: httpx.Client) -> bool:
    try:
        return http.get("/ping").status_code == 200
    except httpx.TransportError:
        return False


def test_what_a_library_says_is_logged() -> None:
    with spawn_server(A2F_TTS="none") as spawned:
        httpx.post(f"http://127.0.0.1:{spawned.port}/v1/animate", content=damaged_mp3(), trust_env=False)
        until(lambda: "Trying to resync" in spawned.log)
    line = next(line for line in spawned.lines if "Trying to resync" in line)
    assert "warning" in line
    assert "native" in line


def test_many_lines_are_limited_and_the_others_counted() -> None:
    ended = run(r'os.write(2, b"x\n" * 10000)')
    logged = ended.stderr.count("line=x")
    dropped = sum(int(rest.split()[0]) for rest in ended.stderr.split("dropped=")[1:])
    assert 0 < logged <= 4 * LINES_PER_S
    assert logged + dropped == 10000


def test_a_long_line_is_cut_and_has_no_control_characters() -> None:
    ended = run(r'os.write(2, b"\x1b[31m" + b"y" * 5000)')
    assert "line=\ufffd[31my" in ended.stderr
    assert 300 < ended.stderr.count("y") < 500


@pytest.mark.parametrize(
    ("program", "status", "said"),
    [
        ('sys.exit("a sentence")', 1, "a sentence\n"),
        ("1 / 0", 1, "ZeroDivisionError"),
        ('print("mine", file=sys.stderr)', 0, "mine\n"),
    ],
)
def test_the_programs_own_messages_reach_the_real_stderr(program: str, status: int, said: str) -> None:
    ended = run(program)
    assert ended.returncode == status
    assert said in ended.stderr
    assert "native" not in ended.stderr


def test_at_exit_the_descriptor_is_given_back() -> None:
    ended = run("", before='import atexit, os; atexit.register(os.write, 2, b"late")')
    assert ended.stderr == "late"


def test_importing_it_changes_nothing() -> None:
    program = r'import os, a2f_server.cli; os.write(2, b"as ever\n")'
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, env=environment())
    assert ended.stderr == b"as ever\n"
