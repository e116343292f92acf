"""The phones of neural voices."""

from __future__ import annotations

from itertools import pairwise

import pytest

from a2f_server.tts.hibari.durations import UNIT
from training.corpus.neural_voices.durations import heard


def test_phones_are_consecutive_and_last_as_long_as_the_sound() -> None:
    phonemes = ["", *"ˈA bˈɪɡ ʤˈʌmp, nˈW.", ""]
    spoken = heard(phonemes, [4.0] * len(phonemes))
    assert " ".join(p.name for p in spoken) == "SIL EY IY B IH G D ZH AH M P SIL N AA UH SIL"
    assert all(one.end == pytest.approx(after.start) for one, after in pairwise(spoken))
    assert spoken[0].start == 0
    assert spoken[-1].end == pytest.approx(len(phonemes) * 4 * UNIT)
