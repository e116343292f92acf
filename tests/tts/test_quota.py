"""The limit of characters per minute and caller."""

from __future__ import annotations

import pytest

from a2f_server.errors import Busy
from a2f_server.tts import quota
from a2f_server.tts.quota import Quota


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_slides() -> None:
    clock = Clock()
    spent = Quota(100, clock)
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
    spent = Quota(10, Clock())
    spent.spend("a", 10)
    spent.spend("b", 10)


def test_a_refused_text_is_not_counted() -> None:
    spent = Quota(10, Clock())
    with pytest.raises(Busy):
        spent.spend("a", 11)
    spent.spend("a", 10)


def test_inactive_callers_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "MOST_CALLERS", 3)
    clock = Clock()
    spent = Quota(10, clock)
    for name in "abc":
        spent.spend(name, 1)
    clock.now = 61
    spent.spend("d", 1)
    assert set(spent._spent) == {"d"}


def test_what_is_refunded_can_be_spent_again() -> None:
    quota = Quota(10, lambda: 0.0)
    quota.spend("a", 4)
    quota.spend("a", 6)
    quota.refund("a", 6)
    assert quota.left("a") == 6
    quota.spend("a", 6)


def test_a_refund_that_was_never_charged_gives_nothing() -> None:
    quota = Quota(10, lambda: 0.0)
    quota.spend("a", 4)
    quota.refund("a", 6)
    quota.refund("b", 4)
    assert (quota.left("a"), quota.left("b")) == (6, 10)
