"""Checks the contract of `backends/contract.py` for every registered backend, and for variants of some."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import soxr

from a2f_server.audio.files import decode_file
from a2f_server.backends import selector
from a2f_server.backends.audio2face3d.bundle import NetworkKind
from a2f_server.backends.contract import Backend, Batch
from a2f_server.settings import Settings
from tests.backends.toy import Toy
from tests.support.sounds import buzz
from tests.support.streaming import streamed
from tools.fake_bundles.writing import write
from tools.sequence_networks.writing import KINDS
from tools.sequence_networks.writing import write as write_network


def loaded(name: str, kind: NetworkKind = "regression", **settings: Any) -> Backend:
    """A registered backend on the CPU, with a small model of our own (tools/) if it needs one."""
    if name == "emotalk":
        pytest.importorskip("torch", reason="emotalk needs torch: make test installs it").set_num_threads(1)
        pytest.importorskip("transformers", reason="emotalk needs transformers: make test installs it")
    with TemporaryDirectory() as folder:
        bundle = write(Path(folder), kind) if name == "audio2face3d" else None
        bundle = write_network(Path(folder), name) if name in KINDS else bundle
        return selector.load(Settings(backend=name, model_dir=bundle, device="cpu", **settings))


VARIANTS: dict[str, Callable[[], Backend]] = {
    "builtin, int8": lambda: loaded("builtin", precision="int8"),
    "audio2face3d, batched": lambda: loaded("audio2face3d", solver="batched"),
    "audio2face3d v3.0": lambda: loaded("audio2face3d", "diffusion"),
    "toy": Toy,
}
BACKENDS = {one.name: partial(loaded, one.name) for one in selector.BACKENDS} | VARIANTS
RATE = 16000


@pytest.fixture(params=BACKENDS, scope="module")
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    one = BACKENDS[request.param]()
    yield one
    one.close()


def windows(backend: Backend, count: int, seed: int = 0, scale: float = 1.0) -> np.ndarray:
    layout = backend.layout(RATE)
    sound = buzz(3 + count * layout.hop // layout.frame_rate, layout.sample_rate, seed=seed) * np.float32(scale)
    padded = np.concatenate([np.zeros(layout.before, np.float32), sound, np.zeros(layout.window, np.float32)])
    starts = [layout.start(j) + layout.before for j in range(count)]
    return np.stack([padded[s : s + layout.window] for s in starts])


def infer(backend: Backend, rows: list[np.ndarray], states: list[object]) -> tuple[np.ndarray, list[object]]:
    samples = np.stack(rows)
    layout = backend.layout(RATE)
    emotions = np.zeros((len(samples), samples.shape[1] * layout.hop, 10), np.float32)
    weights, after = backend.infer(Batch(samples, emotions, layout.sample_rate), states)
    return weights, list(after)


def test_the_layout_is_valid(backend: Backend) -> None:
    for rate in (8000, 11025, 44100, 48000):
        layout = backend.layout(rate)
        assert layout == backend.layout(rate)
        assert layout.window > 0
        last_instant = (layout.hop - 1 - layout.lead) * layout.sample_rate / layout.frame_rate
        assert layout.window - layout.before > last_instant, "a frame must not come before its own sample"


def test_shape_type_and_range(backend: Backend) -> None:
    rows = [windows(backend, 5, seed) for seed in range(3)]
    weights, states = infer(backend, rows, [backend.initial_state(0)] * 3)
    assert weights.shape == (3, 5 * backend.layout(RATE).hop, 52)
    assert weights.dtype == np.float32
    assert np.isfinite(weights).all()
    assert len(states) == 3


def test_other_streams_and_batch_size_do_not_matter(backend: Backend) -> None:
    rows = [windows(backend, 4, seed, scale=0.3 + 0.1 * seed) for seed in range(7)]
    together, _ = infer(backend, rows, [backend.initial_state(k) for k in range(7)])
    for k, row in enumerate(rows):
        alone, _ = infer(backend, [row], [backend.initial_state(k)])
        assert np.array_equal(alone[0], together[k])


def test_windows_per_call_do_not_matter(backend: Backend) -> None:
    row = windows(backend, 12)
    whole, _ = infer(backend, [row], [backend.initial_state(0)])
    for size in (1, 2, 5):
        state, parts = backend.initial_state(0), []
        for i in range(0, 12, size):
            weights, (state,) = infer(backend, [row[i : i + size]], [state])
            parts.append(weights[0])
        assert np.array_equal(np.concatenate(parts), whole[0])


def test_states_are_not_written_into(backend: Backend) -> None:
    state, row = backend.initial_state(0), windows(backend, 3)
    first, _ = infer(backend, [row], [state])
    again, _ = infer(backend, [row], [state])
    assert np.array_equal(first, again)


def test_threads_do_not_matter(backend: Backend) -> None:
    rows = [windows(backend, 6, seed) for seed in range(4)]
    alone = [infer(backend, [row], [backend.initial_state(0)])[0] for row in rows]
    results: dict[int, np.ndarray] = {}

    def work(k: int) -> None:
        results[k] = infer(backend, [rows[k]], [backend.initial_state(0)])[0]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(alone[k], results[k]) for k in range(4))


def test_silence_is_a_closed_mouth(backend: Backend) -> None:
    frames = streamed(backend, np.zeros(RATE, np.float32), RATE, [])
    assert frames[:, 17].max() < 0.02 * 65535, "jawOpen"


def test_speech_of_any_rate_opens_the_mouth(backend: Backend, voice: bytes) -> None:
    """A person's speech opens the mouth."""
    spoken = decode_file(voice, 60).samples
    for rate in (8000, 24000, 48000):
        assert streamed(backend, soxr.resample(spoken, RATE, rate), rate, [])[:, 17].max() > 6000
