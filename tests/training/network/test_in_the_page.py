"""Networks of other sizes run in the page, too: it reads everything from the layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is missing")

from tests.backends.builtin.test_in_the_page import page_weights, server_weights, voice_like  # noqa: E402
from tools.network_file import encoding, graph  # noqa: E402
from training.face import rig  # noqa: E402
from training.network import export  # noqa: E402
from training.network.network import LipSyncNetwork, NetworkSize  # noqa: E402


def test_another_width_stem_and_dilations(tmp_path: Path) -> None:
    torch.manual_seed(3)
    network = LipSyncNetwork(NetworkSize(width=100, stem=2, dilations=(1, 3, 40))).eval()
    for values in network.parameters():
        values.data += 0.05 * torch.randn_like(values)
    export.save(network, rig.load(), tmp_path / "other.onnx")
    (tmp_path / "network.bin").write_bytes(encoding.encode(graph.read(tmp_path / "other.onnx")))
    samples = voice_like(16000)
    expected = server_weights(samples, 16000, tmp_path / "other.onnx")
    assert expected.std() > 0.05
    assert np.abs(page_weights(samples, 16000, tmp_path / "network.bin") - expected).max() < 1e-5
