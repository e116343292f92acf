"""As many streams are admitted as a machine serves, whatever it was measured to serve at the start."""

from __future__ import annotations

import pytest

from a2f_server.engine.admission import CALM_TICKS, FULL, LEAST, MEMORY, MOST, AdmissionControl
from a2f_server.engine.load import STRAINED_S, Reading

IN_TIME, LATE = 0.001, 2 * STRAINED_S


def storm(admission: AdmissionControl, cost: float, ticks: int = 600, asking: int = 5) -> int:
    """Returns the streams that are open after a storm: in each tick `asking` ask, and each that is admitted takes
    `cost` of the machine's time."""
    taken = 0
    for _ in range(ticks):
        load = cost * taken
        late = IN_TIME / (1 - load) if load < 0.99 else 1.0
        admission.tick(taken, Reading(late, taken, min(load, 1.0)))
        taken = max(taken, min(taken + asking, admission.ceiling))
    return taken


@pytest.mark.parametrize("cost", [0.0025, 0.005, 0.01, 0.02, 0.05])
def test_a_storm_fills_the_machine_and_no_more(cost: float) -> None:
    taken = storm(AdmissionControl(400, trusted=False), cost)
    assert cost * taken < 0.96, "more would be late"
    assert cost * taken > 0.85 or taken == 400


def test_the_capacity_is_never_exceeded() -> None:
    assert storm(AdmissionControl(100, trusted=False), cost=0.0001) == 100


def test_a_part_of_the_capacity_may_be_opened_at_once() -> None:
    assert [AdmissionControl(most, trusted=False).ceiling for most in (1, 4, 8, 100, 1000)] == [1, 4, 8, 25, MOST]


def test_what_the_operator_wants_may_be_opened_at_once_until_frames_are_late() -> None:
    admission = AdmissionControl(100, trusted=True)
    assert admission.ceiling == 100
    admission.tick(60, Reading(IN_TIME, 60, 0.95))
    admission.tick(60, Reading(LATE, 60, 0.95))
    assert admission.ceiling == 100, "load and a little lateness are the operator's concern"
    admission.tick(60, Reading(0.11))
    assert admission.ceiling < 60


@pytest.mark.parametrize("trusted", [True, False])
def test_the_last_few_are_always_admitted(trusted: bool) -> None:
    admission = AdmissionControl(400, trusted=trusted)
    for taken in (50, 8, 3):
        admission.tick(taken, Reading(0.11, taken, 1.0))
    assert admission.ceiling == LEAST
    slow = AdmissionControl(4, trusted=False)
    slow.tick(3, Reading(LATE, 3, 1.0))
    assert slow.ceiling == 2, "a slow model's few streams are many"


def test_when_frames_are_nearly_late_only_those_that_end_are_replaced() -> None:
    admission = AdmissionControl(100, trusted=False)
    admission.tick(20, Reading(1.1 * STRAINED_S, 20, 0.3))
    assert admission.ceiling == 20
    admission.tick(20, Reading(LATE, 20, 0.3))
    assert admission.ceiling == 19


def test_it_opens_again_once_frames_are_in_time_for_a_while() -> None:
    admission = AdmissionControl(100, trusted=False)
    admission.tick(20, Reading(LATE, 20, 0.3))
    for _ in range(CALM_TICKS):
        admission.tick(19, Reading(IN_TIME, 19, 0.3))
        assert admission.ceiling <= 19
    admission.tick(19, Reading(IN_TIME, 19, 0.3))
    assert admission.ceiling > 19


def test_an_idle_server_starts_anew() -> None:
    admission = AdmissionControl(100, trusted=False)
    admission.tick(20, Reading(LATE, 20, 1.0))
    admission.rest()
    assert admission.ceiling == 25
    admission.tick(1, Reading(IN_TIME, 1, 0.01))
    assert admission.ceiling == 25


def test_a_machine_that_was_slow_a_moment_ago_may_be_so_again() -> None:
    admission = AdmissionControl(400, trusted=False)
    admission.tick(100, Reading(IN_TIME, 100, FULL))
    for _ in range(MEMORY - 1):
        admission.tick(100, Reading(IN_TIME, 100, FULL / 2))
        assert admission.ceiling <= 105
    admission.tick(100, Reading(IN_TIME, 100, FULL / 2))
    assert 140 < admission.ceiling <= 150


def test_beside_files_it_grows_slowly() -> None:
    admission = AdmissionControl(400, trusted=False)
    admission.tick(100, Reading(IN_TIME))
    assert 100 < admission.ceiling < 110
