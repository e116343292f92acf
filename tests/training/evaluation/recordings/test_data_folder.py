"""The two halves of the data folder."""

from __future__ import annotations

from pathlib import Path

from training.evaluation.animators.animator import loudness
from training.evaluation.measures.score import measure
from training.evaluation.phones import BILABIAL
from training.evaluation.recordings.data_folder import evaluation_set, listed, splits
from training.evaluation.recordings.recording import read


def test_the_halves_share_nothing() -> None:
    dev, report = (splits()[name] for name in ("dev", "report"))
    assert all(not set(dev[key]) & set(report[key]) for key in ("speakers", "pairs", "silence"))


def test_the_halves_are_the_whole(data: Path) -> None:
    dev, report, whole = (evaluation_set(data, name) for name in ("dev", "report", "all"))
    assert {r.path for r in (*dev.recordings, *report.recordings)} == {r.path for r in whole.recordings}
    assert len(whole.recordings) == len(listed(data / "lips/align.json"))
    assert len(dev.pairs) + len(report.pairs) == len(listed(data / "lips/pairs.json"))
    assert len(dev.silences) + len(report.silences) == len(listed(data / "lips/silence.json"))


def test_each_half_has_about_half_of_the_bilabials(data: Path) -> None:
    halves = [evaluation_set(data, name).recordings for name in ("dev", "report")]
    counts = [sum(one.name in BILABIAL for r in half for one in r.phones) for half in halves]
    assert min(counts) / sum(counts) > 0.4


def test_the_baseline_is_measured_on_a_half(data: Path) -> None:
    half = evaluation_set(data, "report")
    got = measure(lambda path: loudness(read(path)), half)
    assert (got.recordings, got.wrong_length) == (len(half.recordings), 0)
    assert 0.3 < got.faces_jaw.value < 0.7
