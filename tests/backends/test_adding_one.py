"""A new backend is one new file and one line in the registry: `toy.py`, registered here, is served like the others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from a2f_server import arkit
from a2f_server.backends import selector
from a2f_server.settings import Settings
from tests.backends import toy
from tests.support.running import Running, run_server

RATE = 16000
JAW = arkit.INDEX["jawOpen"]


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry with one more line."""
    monkeypatch.setattr(selector, "BACKENDS", selector.BACKENDS | {"toy": "tests.backends.toy:Toy"})


@pytest.fixture
def server(registry: None) -> Iterator[Running]:
    with run_server(backend=selector.load(Settings(backend="toy"))) as running:
        yield running


def test_it_only_needs_the_contract() -> None:
    imported = [
        node for node in ast.walk(ast.parse(Path(toy.__file__).read_text())) if isinstance(node, ast.ImportFrom)
    ]
    ours = {node.module for node in imported if (node.module or "").startswith("a2f_server")}
    assert ours == {"a2f_server.backends.contract"}


def test_it_is_served_over_the_websocket(server: Running) -> None:
    loud, silence = np.full(RATE, 16384, "<i2"), np.zeros(RATE, "<i2")
    with server.talk() as talk:
        assert talk.expect("ready")["backend"] == "toy"
        frames = talk.animate(np.concatenate([loud, silence]).tobytes())
    assert frames.shape == (60, 52)
    assert frames[15, JAW] == pytest.approx(0.5 * 65535, rel=0.1)
    assert frames[-10:, JAW].max() < 0.01 * 65535


def test_it_is_listed(registry: None) -> None:
    assert "toy" in selector.backend_names()
    with pytest.raises(ValueError, match=r"A2F_BACKEND takes auto, .*toy"):
        selector.load(Settings(backend="oracle"))


def test_cuda_is_refused_for_a_backend_without_gpu_support(registry: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toy.Toy, "cpu_only", True)
    with pytest.raises(ValueError, match="'toy' runs on the CPU only"):
        selector.load(Settings(backend="toy", device="cuda"))
