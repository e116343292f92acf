"""The two halves of the data folder."""

from __future__ import annotations

from pathlib import Path

from training.evaluation.makers import loudness
from training.evaluation.material import listed, material, splits
from training.evaluation.phones import BILABIAL
from training.evaluation.recordings import read
from training.evaluation.score import measured


def test_the_halves_share_nobody() -> None:
    dev, report = (splits()[name] for name in ("dev", "report"))
    assert all(not set(dev[key]) & set(report[key]) for key in ("speakers", "pairs", "silence"))


def test_the_halves_are_the_whole(data: Path) -> None:
    dev, report, whole = (material(data, name) for name in ("dev", "report", "all"))
    assert {r.path for r in (*dev.recordings, *report.recordings)} == {r.path for r in whole.recordings}
    assert len(whole.recordings) == len(listed(data / "lips/align.json"))
    assert len(dev.pairs) + len(report.pairs) == len(listed(data / "lips/pairs.json"))
    assert len(dev.silences) + len(report.silences) == len(listed(data / "lips/silence.json"))


def test_each_half_has_about_half_of_the_bilabials(data: Path) -> None:
    halves = [material(data, name).recordings for name in ("dev", "report")]
    counts = [sum(one.phone in BILABIAL for r in half for one in r.said) for half in halves]
    assert min(counts) / sum(counts) > 0.4


def test_the_baseline_is_measured_on_a_half(data: Path) -> None:
    got = measured(lambda path: loudness(read(path)), material(data, "report"))
    assert (got.recordings, got.wrong_length) == (11, 0)
    assert 0.3 < got.faces_jaw.value < 0.7
