"""Adding a motion processor takes one new file and one line in `motion/processors.py`: shown with a toy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.motion import processors
from a2f_server.motion.contract import Context, Processor
from a2f_server.motion.random_stream import RandomStream
from tests.support.running import Running, pcm, run_server

PROFILE = """
[profiles.tongue]
motion = [{ name = "toy-tongue", most = 0.5 }]
"""
TONGUE = arkit.INDEX["tongueOut"]


class ToyTongue:
    """The new file: sticks out the tongue by a random amount in every frame."""

    stream = 1000

    def __init__(self, context: Context, most: float = 1.0) -> None:
        self._random, self._most = RandomStream(context.seed, self.stream), most

    def process(self, weights: np.ndarray, first: int, emotions: np.ndarray | None) -> np.ndarray:
        for row in weights:
            row[TONGUE] = self._most * self._random.below(101) / 100
        return weights


@pytest.fixture
def profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setitem(processors.PROCESSORS, "toy-tongue", ToyTongue)  # the one line
    path = tmp_path / "own.toml"
    path.write_text(PROFILE, "utf-8")
    return path


def tongue(server: Running, sound: bytes, seed: int, name: str = "tongue") -> np.ndarray:
    with server.talk() as talk:
        assert name in talk.expect("ready")["profiles"]
        return talk.animate(sound, profile=name, seed=seed)[:, TONGUE] / 65535


def test_a_new_processor_runs_in_a_profile(profile: Path, voice: bytes) -> None:
    sound = pcm(voice)[:64000]
    with run_server(profiles=profile) as server:
        frames = tongue(server, sound, seed=7)
        assert 0.4 < frames.max() <= 0.5001, "the profile's parameter"
        assert len(np.unique(frames)) > 20
        assert np.array_equal(frames, tongue(server, sound, seed=7))
        assert not np.array_equal(frames, tongue(server, sound, seed=8))
        assert tongue(server, sound, seed=7, name="raw").max() == 0


def test_its_stream_leaves_the_others_alone() -> None:
    drawn = [RandomStream(7, stream).below(2**32) for stream in (0, 1, 2, ToyTongue.stream)]
    assert len(set(drawn)) == len(drawn)


def test_a_toy_is_a_processor() -> None:
    processor: Processor = ToyTongue(Context(30, 0, np.zeros((10, 52), np.float32)))
    frames = processor.process(np.zeros((3, 52), np.float32), 0, None)
    assert frames.shape == (3, 52)
