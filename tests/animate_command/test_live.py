"""`animate --live` plays animations in real time in other programs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from a2f_server.animate_command.live import play
from a2f_server.arrays import Weights
from a2f_server.cli import app
from a2f_server.clip import FaceClip
from tests.animate_command.test_command import ENVIRONMENT, SOUND
from tests.live_targets.reading import port_of, read_live_link, read_osc, receiver


class Recorder:
    def __init__(self) -> None:
        self.sent: list[tuple[float, float]] = []
        self.now = 0.0

    def send(self, weights: Weights, fps: float) -> None:
        self.sent.append((round(self.now, 3), float(weights[0])))

    def close(self) -> None:
        pass

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def clip(frames: int) -> FaceClip:
    return FaceClip(np.repeat(np.arange(frames, dtype=np.float32)[:, None], 52, axis=1), 10)


def test_each_frame_is_sent_at_its_time() -> None:
    target = Recorder()
    play(clip(4), [target], lambda: target.now, target.sleep)
    assert target.sent == [(0.0, 0), (0.1, 1), (0.2, 2), (0.3, 3)]
    assert target.now == pytest.approx(0.4), "the last frame has its time, too"


def test_late_frames_are_left_out() -> None:
    target = Recorder()

    def slow(seconds: float) -> None:
        target.now += seconds + (0.35 if 0.05 < target.now < 0.15 else 0)

    play(clip(8), [target], lambda: target.now, slow)
    assert [value for _, value in target.sent] == [0, 1, 2, 5, 6, 7]


def test_files_are_played_in_all_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.wav").write_bytes(SOUND)
    with receiver() as unreal, receiver() as warudo:
        live = ["--live", f"livelink=127.0.0.1:{port_of(unreal)}", "--live", f"vmc=127.0.0.1:{port_of(warudo)}"]
        command = [sys.executable, "-m", "a2f_server", "animate", "a.wav", *live]
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=120)
        first = read_live_link(unreal.recv(2048))
        assert first.rate == (30, 1)
        assert read_osc(warudo.recv(2048))[0] == ("/VMC/Ext/OK", [1])
    assert "1 animated: 0.7 s" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"], "nothing is written"


def test_targets_that_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.wav").write_bytes(SOUND)
    for target, words in (("osc", "no live target 'osc'"), ("livelink=x:y", "host:port")):
        result = CliRunner().invoke(app, ["animate", "a.wav", "--live", target], env=ENVIRONMENT)
        assert result.exit_code == 2
        assert words in result.output
