"""The ledger: counts and charges that several workers keep together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from a2f_server.engine.slots import SlotHolder, SlotPool
from a2f_server.errors import Busy
from a2f_server.metrics import Metrics
from a2f_server.tts.quota import Quota
from a2f_server.worker_group.counts import Charge, Count
from a2f_server.worker_group.ledger import KEPT_S, Ledger, LedgerCharges, LedgerCount, LedgerCounts

Workers = tuple[LedgerCounts, LedgerCounts]


@pytest.fixture
def ledgers(tmp_path: Path) -> Iterator[tuple[Ledger, Ledger]]:
    with closing(Ledger(tmp_path / "ledger", 0)) as one, closing(Ledger(tmp_path / "ledger", 1)) as other:
        yield one, other


@pytest.fixture
def workers(ledgers: tuple[Ledger, Ledger]) -> Workers:
    return LedgerCounts(ledgers[0]), LedgerCounts(ledgers[1])


def test_a_count_is_the_sum_of_all_workers(workers: Workers) -> None:
    one, other = (counts.of("slots") for counts in workers)
    one.add(2)
    other.add(3)
    other.add(-1)
    assert (one.own, other.own, one.total, other.total) == (2, 2, 4, 4)
    assert workers[0].total("slots") == 4
    assert sorted(workers[1].values("slots")) == [2, 2]
    one.add(-2)
    assert workers[0].values("slots") == [2]
    assert workers[0].total("other") == 0


class Raced(LedgerCount):
    """A count that another worker raises at the same instant."""

    other: Count

    def add(self, change: int) -> None:
        if change > 0:
            self.other.add(change)
        super().add(change)


def test_the_last_one_is_never_given_twice(ledgers: tuple[Ledger, Ledger], workers: Workers) -> None:
    raced = Raced(ledgers[0], "slots")
    raced.other = workers[1].of("slots")
    assert not raced.take(1)
    assert (raced.own, raced.total) == (0, 1)
    assert raced.take(3)
    assert not raced.take(3)
    assert raced.take(None)


def test_slots_of_a_caller_are_limited_on_all_workers_at_once(workers: Workers) -> None:
    keys = [SlotHolder(1, "key", count=counts.of("slots of key")) for counts in workers]
    one, other = (SlotHolder(None, within=key) for key in keys)
    for holder in (one, other):
        holder.require_free()
    one.take()
    with pytest.raises(Busy, match="this key has 1 utterances open already"):
        other.take()
    assert (one.taken, other.taken, keys[1].taken) == (1, 0, 1)
    one.give()
    other.take()


def test_a_slot_that_another_worker_took_is_no_longer_open(workers: Workers) -> None:
    most = 1
    raced = SlotHolder(most, count=workers[0].of("slots of subject"))
    pool = SlotPool(8, Metrics(), workers[0])
    raced.require_free = lambda: workers[1].of("slots of subject").add(1)  # type: ignore[method-assign]
    with pytest.raises(Busy):
        pool.reserve(raced)
    assert (pool.taken, pool.total_taken, raced.opened) == (0, 0, 0)


def test_a_quota_is_never_spent_twice(ledgers: tuple[Ledger, Ledger], workers: Workers) -> None:
    class Raced(LedgerCharges):
        def add(self, caller: str, time: float, characters: int, since: float) -> Charge:
            other.spend(caller, 6)
            return super().add(caller, time, characters, since)

    one = Quota(10, lambda: 0.0, "address", Raced(ledgers[0], "caller"))
    other = Quota(10, lambda: 0.0, "address", workers[1].charges("caller"))
    with pytest.raises(Busy, match="more than 10 characters"):
        one.spend("a", 6)
    assert (one.left("a"), other.left("a")) == (4, 4)


def test_what_a_dead_worker_held_is_free_again(ledgers: tuple[Ledger, Ledger], workers: Workers) -> None:
    one, other = (counts.of("slots") for counts in workers)
    one.add(2)
    other.add(3)
    ledgers[1].forget(0)
    assert other.total == 3


def test_a_quota_is_that_of_all_workers(workers: Workers) -> None:
    now = 0.0
    one, other = (Quota(10, lambda: now, "address", counts.charges("caller")) for counts in workers)
    one.spend("a", 6)
    with pytest.raises(Busy, match="more than 10 characters in a minute for this address; try again in 60 s"):
        other.spend("a", 5)
    other.spend("b", 5)
    assert (one.left("a"), other.left("a"), one.left("b")) == (4, 4, 5)
    now = 61
    other.spend("a", 10)


def test_quotas_do_not_mix(workers: Workers) -> None:
    first, second = (Quota(10, lambda: 0.0, "key", workers[0].charges(name)) for name in ("caller", "subject"))
    first.spend("a", 10)
    assert (first.left("a"), second.left("a")) == (0, 10)


def test_a_refund_counts_for_all_workers(workers: Workers) -> None:
    one, other = (Quota(10, lambda: 0.0, "address", counts.charges("caller")) for counts in workers)
    charge = one.spend("a", 10)
    charge.refund()
    charge.refund()
    assert (one.left("a"), other.left("a"), charge.characters) == (10, 10, 0)


def test_old_charges_are_deleted(ledgers: tuple[Ledger, Ledger]) -> None:
    for time in (0.0, 1.0, KEPT_S + 2):
        ledgers[0].charge("a", time, 1)
    assert [time for _, time, _ in ledgers[1].recent("a", -1)] == [KEPT_S + 2]
