"""Jobs in other processes."""

from __future__ import annotations

import os
import signal
from concurrent.futures.process import BrokenProcessPool

import pytest

from training.corpus.synthesisers import espeak
from training.processes import run_forked, run_in_processes


def crash(*_: object) -> None:
    """Ends the process as a segmentation fault does."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail(text: str) -> None:
    raise ValueError(text)


def test_a_forked_process_returns_its_result() -> None:
    assert run_forked(max, 1, 2) == 2


def test_errors_of_a_forked_process_pass_through() -> None:
    with pytest.raises(ValueError, match="no voice"):
        run_forked(fail, "no voice")


def test_a_crash_is_an_error() -> None:
    with pytest.raises(BrokenProcessPool):
        run_forked(crash)


def test_a_crash_of_espeak_is_reported_with_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak, "library", lambda: None)
    monkeypatch.setattr(espeak, "_say", crash)
    with pytest.raises(espeak.Crash, match=r"'Hallo' in the voice de"):
        espeak.say("Hallo", "de", {})


def test_results_are_in_the_order_of_the_jobs() -> None:
    assert run_in_processes(abs, [(-2,), (-1,), (-3,)], "", workers=1) == [2, 1, 3]


def test_no_jobs_start_no_process() -> None:
    assert run_in_processes(abs, [], "") == []
