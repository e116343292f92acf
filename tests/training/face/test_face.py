"""Target faces: closures are complete, rounding is early, silence is neutral."""

from __future__ import annotations

import numpy as np

from a2f_server import arkit
from training.face import coarticulation, rig
from training.face.coarticulation import CHANNELS
from training.phones import Phone


def phones_of(*names: str, length: float = 0.12) -> list[Phone]:
    return [Phone(n, i * length, (i + 1) * length) for i, n in enumerate(names)]


def curves(phones: list[Phone]) -> tuple[np.ndarray, np.ndarray]:
    times = np.arange(0, phones[-1].end, 0.01)
    return times, coarticulation.curves(phones, times)


def column(values: np.ndarray, name: str) -> np.ndarray:
    return values[:, CHANNELS.index(name)]


def test_everything_lies_between_rest_and_full() -> None:
    _, face = curves(phones_of("SIL", "P", "UW", "F", "AA", "SH", "L", "M", "SIL"))
    assert face.min() >= 0
    assert face.max() <= 1


def test_lips_meet_at_p_b_and_m_and_nowhere_else() -> None:
    for name in ("P", "B", "M"):
        times, face = curves(phones_of("AA", name, "AA"))
        assert column(face, "seal").max() == 1
        assert column(face, "seal")[(times < 0.09) | (times > 0.27)].max() == 0
    assert not column(curves(phones_of("AA", "N", "F", "T"))[1], "seal").any()


def test_a_short_closure_is_long_enough_to_be_seen() -> None:
    _, face = curves([Phone("AA", 0, 0.2), Phone("B", 0.2, 0.22), Phone("AA", 0.22, 0.4)])
    assert (column(face, "seal") == 1).sum() * 0.01 > 0.03


def test_rounding_starts_before_its_vowel() -> None:
    times, face = curves(phones_of("IY", "T", "UW"))
    before = column(face, "pucker")[(times > 0.18) & (times < 0.23)]
    assert before.mean() > 0.1


def test_diphthongs_move() -> None:
    times, face = curves([Phone("AA", 0, 0.15), Phone("IH", 0.15, 0.3)])
    jaw = column(face, "jaw")
    assert jaw[times < 0.1].min() > jaw[times > 0.25].max() + 0.1


def test_silence_is_neutral_within_200_ms() -> None:
    times, face = curves([Phone("AA", 0, 0.2), Phone("SIL", 0.2, 1.0)])
    assert np.delete(face, CHANNELS.index("rest"), axis=1)[times >= 0.4].max() < 0.03


def test_a_face_rests_in_pauses_and_wakes_before_speech() -> None:
    times, face = curves([Phone("SIL", 0, 0.5), Phone("AA", 0.5, 0.7), Phone("SIL", 0.7, 1.2), Phone("P", 1.2, 1.3)])
    rest = column(face, "rest")
    assert rest[(times < 0.35) | ((times > 0.9) & (times < 1.05))].min() == 1
    assert rest[(times > 0.45) & (times < 0.8)].max() == 0
    assert rest[times > 1.15].max() == 0


def test_a_short_pause_is_no_rest() -> None:
    _, face = curves([Phone("AA", 0, 0.2), Phone("SIL", 0.2, 0.35), Phone("AA", 0.35, 0.5)])
    assert not column(face, "rest").any()


def test_a_loud_vowel_opens_further() -> None:
    _, face = curves(phones_of("AA", "T", "AA"))
    loudness = np.linspace(0, 1, len(face), dtype=np.float32)
    jaw = column(coarticulation.with_effort(face, loudness), "jaw")
    assert jaw[-1] > 1.3 * jaw[0]


def weights(raw: np.ndarray) -> dict[str, float]:
    return dict(zip(arkit.NAMES, rig.load()(raw).tolist(), strict=True))


def test_the_rig_shuts_the_lips_from_any_pose() -> None:
    raw = np.full(len(CHANNELS), 0.4, np.float32)
    raw[[CHANNELS.index(gate) for gate in ("bite", "rest")]] = -9
    raw[CHANNELS.index("seal")] = 9
    assert weights(raw)["jawOpen"] == weights(raw)["mouthClose"] > 0
    assert not weights(raw)["mouthLowerDownLeft"]
    raw[CHANNELS.index("seal")] = -9
    assert weights(raw)["jawOpen"] > 0.3
    assert not weights(raw)["mouthClose"]


def test_a_resting_face_is_neutral() -> None:
    assert not any(weights(np.full(len(CHANNELS), 9, np.float32)).values())


def test_both_sides_do_the_same() -> None:
    shapes = rig.load().shapes
    assert np.array_equal(shapes, shapes[:, arkit.MIRROR])
