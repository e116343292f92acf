"""Scores as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isnan, nan
from typing import NamedTuple

import numpy as np
from rich import box
from rich.table import Table

from training.evaluation.measures.figure import Figure
from training.evaluation.measures.score import Score
from training.evaluation.measures.unaligned import UnalignedMeasures


class Measure(NamedTuple):
    """The description of a measure, a short form for tables with many rows (empty: left out), and its goal."""

    description: str
    short: str = ""
    goal: float = inf
    """Infinite if there is none."""
    more: bool = True
    """True if more is better."""


MEASURES = {
    "closure_recall": Measure("lips meet at p, b, m", "closed", 0.95),
    "false_closure": Measure("lips meet in vowels", "false", 0.12, more=False),
    "closure_auc": Measure("p, b, m told apart AUC", "AUC", 0.90),
    "open_vowels": Measure("open vowels open", "open", 0.95),
    "rounding": Measure("rounding AUC", "round", 0.90),
    "spread": Measure("spreading AUC", "spread", 0.92),
    "labiodental": Measure("lip at teeth, f, v AUC", "f/v", 0.95),
    "silence_p95": Measure("stir in silence (p95)", "silence", 0.10, more=False),
    "pause_p95": Measure("stir in pauses (p95)", "pause", 0.35, more=False),
    "faces_jaw": Measure("jaw as real faces'", "jaw", 0.75),
    "faces_aperture": Measure("lips as real faces'"),
    "systems_jaw": Measure("jaw as other systems'"),
    "wrong_audio_jaw": Measure("jaw, wrong recording"),
}


def goals() -> dict[str, float]:
    """Returns the goals of the measures that have one."""
    return {name: one.goal for name, one in MEASURES.items() if one.goal < inf}


def main_table(result: Score, title: str) -> Table:
    """Makes a table with a row per measure and its goal."""
    table = Table(title=title, caption=_counts(result))
    for name in ("measure", "what", "figure", "90 %", "goal", "met"):
        table.add_column(name, justify="left" if name in ("measure", "what") else "right")
    for name, one in MEASURES.items():
        figure: Figure = getattr(result, name)
        interval = "" if isnan(figure.low) else f"{figure.low:.2f}–{figure.high:.2f}"
        table.add_row(name, one.description, _number(figure.value), interval, *_goal(one, figure.value))
    return table


def _goal(measure: Measure, value: float) -> tuple[str, str]:
    """Returns the goal, and yes or no."""
    if measure.goal == inf:
        return "", ""
    wanted = f"{'≥' if measure.more else '≤'} {measure.goal:.2f}"
    met = value >= measure.goal if measure.more else value <= measure.goal
    return wanted, "" if isnan(value) else "[green]yes[/]" if met else "[red]no[/]"


def _counts(result: Score) -> str:
    lag = "" if isnan(result.lag_ms) else f", jaw at a lag of {result.lag_ms:g} ms"
    wrong = f", {result.wrong_length} of wrong length" if result.wrong_length else ""
    return f"{result.recordings} recordings{wrong}, {result.bilabials} p/b/m, median p90 {result.median_p90:.3f}{lag}"


def many_table(results: Mapping[str, Score], title: str) -> Table:
    """Makes a table with a row per score; leaves out measures that no score has."""
    figures = {one.short: [getattr(r, name).value for r in results.values()] for name, one in MEASURES.items()}
    shown = {short: values for short, values in figures.items() if short and not all(map(isnan, values))}
    table = Table(title=title, box=box.SIMPLE_HEAD, padding=0, show_edge=False)
    table.add_column("", no_wrap=True)
    for name in ("p/b/m", *shown):
        table.add_column(name, justify="right", no_wrap=True)
    for i, (label, result) in enumerate(results.items()):
        table.add_row(label, str(result.bilabials), *(_number(values[i], 2) for values in shown.values()))
    return table


def unaligned_table(measured: Mapping[str, UnalignedMeasures]) -> Table:
    """Makes a table with a row per recording, and the medians."""
    table = Table(title="recordings without phone times")
    for name in ("recording", "activity", "p90", "stir in pauses"):
        table.add_column(name, justify="left" if name == "recording" else "right")
    rows = {label: (one.activity, one.p90, one.stir) for label, one in measured.items()}
    for label, values in rows.items():
        table.add_row(label, *map(_number, values))
    table.add_section()
    table.add_row("median", *(_number(_median(column)) for column in zip(*rows.values(), strict=True)))
    return table


def _number(value: float, decimals: int = 3) -> str:
    return "–" if isnan(value) else f"{value:.{decimals}f}"


def _median(values: Sequence[float]) -> float:
    known = [value for value in values if not isnan(value)]
    return float(np.median(known)) if known else nan
