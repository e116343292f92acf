"""The limit of open connections."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from a2f_server.uvicorn_server import connection_limit
from a2f_server.uvicorn_server.address_limit import AddressLimit
from a2f_server.uvicorn_server.connection_limit import ConnectionLimit


class Connection:
    """As much of a connection as the limit needs."""

    def __init__(self, address: str | None) -> None:
        self.client = (address, 1) if address else None


def test_all_connections_together_have_a_limit() -> None:
    limit = ConnectionLimit(2, AddressLimit(10))
    assert limit.exceeded(None, [Connection(None)] * 2) is None
    with capture_logs() as logged:
        assert "too many open connections" in (limit.exceeded(None, [Connection(None)] * 3) or "")
    assert [line["log_level"] for line in logged] == ["warning"]


def test_a_warning_comes_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(connection_limit, "monotonic", lambda: now)
    limit = ConnectionLimit(0, AddressLimit(10))
    with capture_logs() as logged:
        limit.exceeded(None, [Connection(None)])
        limit.exceeded(None, [Connection(None)])
        assert len(logged) == 1
        now += connection_limit.WARN_S
        limit.exceeded(None, [Connection(None)])
    assert len(logged) == 2


def test_those_of_one_address_have_a_limit() -> None:
    limit = ConnectionLimit(10, AddressLimit(1))
    others = [Connection("203.0.113.1"), Connection(None), Connection("203.0.113.2")]
    assert limit.exceeded("203.0.113.1", others) is None
    assert "your address" in (limit.exceeded("203.0.113.1", [*others, Connection("203.0.113.1")]) or "")
