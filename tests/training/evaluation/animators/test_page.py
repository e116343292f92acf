"""The network in the page is measured by the same frames as the server's model."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from a2f_server.audio.files import DecodedAudio
from training.evaluation.animators import page
from training.evaluation.animators.animator import FPS, track_maker
from training.evaluation.recordings.recording import EvaluationError


def sound(rate: int) -> DecodedAudio:
    t = np.arange(rate) / rate
    buzz = np.where((130 * t) % 1 < 0.1, 0.3, 0.0) * (np.sin(7 * t) > 0)
    return DecodedAudio(buzz.astype(np.float32), rate)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is missing")
@pytest.mark.parametrize("rate", [16000, 44100])
def test_its_track_is_that_of_the_backend(rate: int) -> None:
    audio = sound(rate)
    server, here = (track_maker(backend, None, None)(audio) for backend in ("builtin", "page"))
    assert (here.fps, here.frames, set(here.channels)) == (FPS, server.frames, set(server.channels))
    assert max(server.channels["jawOpen"]) > 0.05
    for name, values in server.channels.items():
        np.testing.assert_allclose(here.channels[name], values, atol=1e-4, err_msg=name)


def test_without_node_the_reason_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EvaluationError, match="needs Node"):
        page.in_page(FPS, sound(16000))
