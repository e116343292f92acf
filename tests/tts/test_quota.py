"""The limit of characters per minute and caller."""

from __future__ import annotations

import pytest

from a2f_server.errors import Busy
from a2f_server.tts.quota import Quota
from a2f_server.worker_group import counts


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_slides() -> None:
    clock = Clock()
    spent = Quota(100, clock, "address")
    spent.spend("a", 60)
    clock.now = 30
    spent.spend("a", 40)
    with pytest.raises(Busy, match="in 30 s"):
        spent.spend("a", 1)
    clock.now = 60
    spent.spend("a", 60)
    with pytest.raises(Busy):
        spent.spend("a", 1)


def test_callers_do_not_share() -> None:
    spent = Quota(10, Clock(), "address")
    spent.spend("a", 10)
    spent.spend("b", 10)


def test_a_refused_text_is_not_counted() -> None:
    spent = Quota(10, Clock(), "address")
    with pytest.raises(Busy):
        spent.spend("a", 11)
    spent.spend("a", 10)


def test_inactive_callers_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MOST_CALLERS", 3)
    clock, charges = Clock(), counts.Charges()
    spent = Quota(10, clock, "address", charges)
    for name in "abc":
        spent.spend(name, 1)
    clock.now = 61
    spent.spend("d", 1)
    assert set(charges._charges) == {"d"}


def test_what_is_refunded_can_be_spent_again() -> None:
    spent = Quota(10, Clock(), "address")
    spent.spend("a", 6)
    charge = spent.spend("a", 4)
    charge.refund()
    charge.refund()
    assert spent.left("a") == 4
    spent.spend("a", 4)


def test_a_refund_after_the_minute_gives_nothing() -> None:
    clock = Clock()
    spent = Quota(10, clock, "address")
    charge = spent.spend("a", 10)
    clock.now = 60
    spent.spend("a", 10)
    charge.refund()
    assert spent.left("a") == 0


def test_an_error_says_whose_quota_is_used_up() -> None:
    with pytest.raises(Busy, match="for this subject") as caught:
        Quota(10, Clock(), "subject").spend("a", 11)
    assert (caught.value.reason, caught.value.scope) == ("quota", "subject")
