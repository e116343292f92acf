"""The network in the page gives the weights of the server's, at any sample rate."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from a2f_server.arrays import Float32Array
from a2f_server.backends.builtin import mel
from a2f_server.backends.builtin.backend import FRAME_RATE, GRAPH, LEAD, to_frames
from a2f_server.backends.builtin.past import Past
from a2f_server.onnx_runtime.session import Session

WEB = Path(__file__).parents[3] / "web"
RATES = (8000, 11025, 16000, 22050, 44100, 48000, 96000)


def server_weights(samples: Float32Array, rate: int, graph: Path = GRAPH) -> Float32Array:
    """Returns `[frames, 52]`, from all windows at once."""
    window, steps = mel.window(rate), -(-len(samples) * FRAME_RATE // rate) + LEAD
    before = window - rate // FRAME_RATE
    padded = np.concatenate([np.zeros(before, np.float32), samples, np.zeros(rate, np.float32)])
    starts = [step * rate // FRAME_RATE for step in range(steps)]
    windows = np.stack([padded[start : start + window] for start in starts])[None]
    session = Session(graph.read_bytes(), "cpu", basis=mel.basis(rate))
    past = Past(session)
    weights: Float32Array = session.run(sound=to_frames(windows, rate), **past.gather([past.silence()], steps))[0]
    return weights[0, LEAD:]


def page_weights(samples: Float32Array, rate: int, file: Path | None = None) -> Float32Array:
    """Returns `[frames, 52]`, computed by web/src/network/ in Node."""
    command = ["node", "test/support/animate_pcm.mjs", str(rate)]
    env = os.environ | ({"NETWORK_FILE": str(file)} if file else {})
    run = subprocess.run(
        command, cwd=WEB, env=env, input=samples.tobytes(), capture_output=True, check=True, timeout=120
    )
    return np.frombuffer(run.stdout, np.float32).reshape(-1, 52)


def voice_like(rate: int) -> Float32Array:
    """Returns harmonics that swell and fade, noise, and silence; not a whole number of steps."""
    rng, t = np.random.default_rng(rate), np.arange(rate) / rate
    tone = sum(np.sin(2 * np.pi * 130 * k * t) / k for k in (1, 2, 3, 5, 8)) * np.maximum(np.sin(7 * t), 0)
    return np.concatenate(
        [0.15 * tone, 0.02 * rng.standard_normal(rate // 4 + 7), np.zeros(rate // 8)], dtype=np.float32
    )


@pytest.mark.parametrize("rate", RATES)
def test_both_give_the_same_weights(rate: int) -> None:
    samples = voice_like(rate)
    expected, got = server_weights(samples, rate), page_weights(samples, rate)
    assert got.shape == expected.shape
    assert expected.max() > 0.1, "the mouth opens"
    assert np.abs(got - expected).max() < 1e-5
