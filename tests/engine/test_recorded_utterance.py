"""RecordedUtterance: at any rate, its frames are those of a plain utterance, also where they follow the voice."""

from __future__ import annotations

import numpy as np
import pytest

from a2f_server.backends.mock.backend import MockBackend
from a2f_server.engine.recorded_utterance import RecordedUtterance, Rendering
from tests.support.streaming import pump, streamed, utterance
from tests.support.voices import spoken

LIVELY = spoken(5, movement=4, tempo=4)


@pytest.mark.parametrize("fps", [24, 30, 60])
def test_renderings_equal_plain_utterances(fps: int) -> None:
    backend = MockBackend()
    recorded = RecordedUtterance(backend.layout(16000), backend.initial_state(0), sample_rate=16000)
    recorded.write(LIVELY)
    recorded.end()
    pump(backend, recorded)
    renderings = [Rendering(recorded, utterance(backend, 16000, fps)) for _ in range(2)]
    wanted = streamed(backend, LIVELY, 16000, [], fps)
    for rendering in renderings:
        while rendering.step():
            pass
        assert np.array_equal(rendering.take(0, len(wanted)), wanted)
