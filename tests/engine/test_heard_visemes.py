from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from a2f_server.backends.contract import Layout
from a2f_server.engine.heard_visemes import HeardVisemes
from a2f_server.tts.contract import VisemeEvent

PHONES = ("", "p", "b", "ɑ", "s")
LAYOUT = Layout(16000, 50, 400, lead=2)


def scores(spoken: str) -> np.ndarray:
    """Returns scores of which the phone of each character wins, `-` for silence, after two frames of warming up."""
    rows = np.zeros((2 + len(spoken), len(PHONES)), np.float32)
    for row, phone in zip(rows[2:], spoken, strict=True):
        row[PHONES.index("" if phone == "-" else phone)] = 5
    return rows


def heard(*parts: np.ndarray) -> list[tuple[float, int, str]]:
    visemes = HeardVisemes(PHONES, LAYOUT)
    for part in parts:
        visemes.hear(part)
    visemes.end()
    return [(v.time, v.id, v.phonemes) for v in iter(visemes.pop, None)]


def test_a_viseme_begins_with_its_phone() -> None:
    spoken = heard(scores("---bbbɑɑɑɑsss"))
    assert spoken == [(0, 0, ""), (0.06, 21, "b"), (0.12, 2, "ɑ"), (0.2, 15, "s"), (0.26, 0, "")]


def test_what_lasts_one_frame_is_no_viseme() -> None:
    assert heard(scores("ɑɑɑsɑɑɑ")) == [(0, 2, "ɑ"), (0.14, 0, "")]


def test_phones_of_one_viseme_count_together() -> None:
    """Lips are closed for p and b: neither is as likely as the vowel, but one of them is likelier."""
    rows = scores("----")
    rows[2:] = np.log([0.05, 0.28, 0.27, 0.35, 0.05])
    assert heard(rows) == [(0, 21, "p"), (0.08, 0, "")]


def test_a_viseme_is_known_once_it_has_lasted() -> None:
    visemes = HeardVisemes(PHONES, LAYOUT)
    visemes.hear(scores("-s"))
    assert visemes.pop() == VisemeEvent(0.0, 0)
    assert visemes.pop() is None
    visemes.hear(scores("s")[2:])
    assert visemes.pop() == VisemeEvent(0.02, 15, "s")


def test_silence_ends_with_one_viseme() -> None:
    assert heard(scores("---")) == [(0, 0, "")]
    assert heard() == [(0, 0, "")]


@given(st.text("-pbɑs", max_size=30), st.lists(st.integers(0, 32), max_size=5))
def test_splits_change_nothing(spoken: str, cuts: list[int]) -> None:
    rows = scores(spoken)
    assert heard(*np.split(rows, sorted(cuts))) == heard(rows)
