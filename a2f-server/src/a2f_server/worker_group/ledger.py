"""Counts that the workers of a server keep together, in an SQLite database in memory-backed storage.

SQLite's locks end with the process that holds them, so a worker may die at any instant. Each worker changes rows of its
own only, which are deleted when it has died.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from a2f_server.worker_group.counts import Charge, Charges, Count, Counts

LEDGER = "ledger.sqlite"
"""Name of the file in the folder of a server."""
BUSY_S = 5.0
"""Seconds that a worker waits for another one, whose transactions take a few microseconds."""
KEPT_S = 120.0
"""Seconds after which charges are deleted."""

_SCHEMA = """
pragma journal_mode = wal;
create table if not exists counts (
    name text, worker integer, value integer, primary key (name, worker)
) without rowid;
create table if not exists charges (id integer primary key, caller text, time real, characters integer);
create index if not exists charges_by_caller on charges (caller, time);
"""


class Ledger:
    """The database, as one worker uses it; on one thread."""

    def __init__(self, file: Path, worker: int) -> None:
        self.worker = worker
        self._database = sqlite3.connect(file, timeout=BUSY_S, isolation_level=None)
        self._database.executescript(_SCHEMA)
        self._database.execute("pragma synchronous = off")  # it need not survive a power failure

    def set(self, name: str, value: int) -> None:
        """Sets what this worker holds."""
        if value:
            self._database.execute("replace into counts values (?, ?, ?)", (name, self.worker, value))
        else:
            self._database.execute("delete from counts where name = ? and worker = ?", (name, self.worker))

    def total(self, name: str) -> int:
        """Returns what all workers hold."""
        ((total,),) = self._database.execute("select coalesce(sum(value), 0) from counts where name = ?", (name,))
        return int(total)

    def values(self, name: str) -> list[int]:
        """Returns what each worker holds."""
        return [value for (value,) in self._database.execute("select value from counts where name = ?", (name,))]

    def forget(self, worker: int) -> None:
        """Deletes the counts of a worker that is no more. What it charged stays charged."""
        self._database.execute("delete from counts where worker = ?", (worker,))

    def recent(self, caller: str, since: float) -> list[tuple[int, float, int]]:
        """Returns the charges of a caller after a time, oldest first: their numbers, times and characters."""
        query = "select id, time, characters from charges where caller = ? and time > ? and characters order by time"
        return list(self._database.execute(query, (caller, since)))

    def charge(self, caller: str, time: float, characters: int) -> int:
        """Charges a caller; returns the charge's number."""
        self._database.execute("delete from charges where time < ?", (time - KEPT_S,))
        values = (caller, time, characters)
        number = self._database.execute("insert into charges values (null, ?, ?, ?)", values).lastrowid
        assert number is not None
        return number

    def refund(self, number: int) -> None:
        """Takes a charge back."""
        self._database.execute("delete from charges where id = ?", (number,))

    def close(self) -> None:
        """Closes the database."""
        self._database.close()


class LedgerCount(Count):
    """A count in the ledger."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        super().__init__()
        self._ledger, self._name = ledger, name

    @property
    def total(self) -> int:
        return self._ledger.total(self._name)

    def add(self, change: int) -> None:
        super().add(change)
        if change:
            self._ledger.set(self._name, self.own)


@dataclass(eq=False, slots=True)
class LedgerCharge(Charge):
    """A charge in the ledger."""

    ledger: Ledger | None = None
    number: int = 0

    def refund(self) -> None:
        if self.ledger and self.characters:
            self.ledger.refund(self.number)
        Charge.refund(self)


class LedgerCharges(Charges):
    """The charges of one quota."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        super().__init__()
        self._ledger, self._name = ledger, name

    def recent(self, caller: str, since: float) -> list[Charge]:
        found = self._ledger.recent(self._of(caller), since)
        return [LedgerCharge(time, characters, None, self._ledger, number) for number, time, characters in found]

    def add(self, caller: str, time: float, characters: int, since: float) -> Charge:
        number = self._ledger.charge(self._of(caller), time, characters)
        return LedgerCharge(time, characters, None, self._ledger, number)

    def _of(self, caller: str) -> str:
        return f"{self._name} {caller}"


class LedgerCounts(Counts):
    """Creates the counts of one of several workers."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def of(self, name: str) -> Count:
        return LedgerCount(self._ledger, name)

    def total(self, name: str) -> int | None:
        return self._ledger.total(name)

    def values(self, name: str) -> list[int]:
        return self._ledger.values(name)

    def charges(self, name: str) -> Charges:
        return LedgerCharges(self._ledger, name)
