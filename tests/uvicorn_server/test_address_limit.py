"""One client cannot take all connections."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from a2f_server.uvicorn_server.address_limit import AddressLimit
from tests.support.running import run_server
from tests.support.waiting import until
from tests.uvicorn_server.test_http_protocol import answer, connection, is_healthy


@pytest.mark.parametrize(
    ("address", "others", "exceeded"),
    [
        ("203.0.113.7", ["203.0.113.7"], False),
        ("203.0.113.7", ["203.0.113.7"] * 2, True),
        ("203.0.113.7", ["::ffff:203.0.113.7"] * 2, True),
        ("203.0.113.7", ["203.0.113.8"] * 9, False),
        ("2001:db8::1", ["2001:db8::2", "2001:db8::3"], True),
        ("2001:db8::1", ["2001:db8:0:1::2"] * 9, False),
        ("127.0.0.1", ["127.0.0.1"] * 9, False),
        ("::ffff:127.0.0.1", ["::ffff:127.0.0.1"] * 9, False),
        ("::1", ["::1"] * 9, False),
        ("10.1.2.3", ["10.1.2.3"] * 9, False),
        ("::ffff:10.1.2.3", ["10.1.2.3"] * 9, False),
        ("2001:db8:1::5", ["2001:db8:1::5"] * 9, False),
        ("socket", ["socket"] * 9, False),
    ],
)
def test_connections_are_counted_per_client(address: str, others: list[str], exceeded: bool) -> None:
    limit = AddressLimit(2, ["10.0.0.0/8", "2001:db8:1::5"])
    assert limit.exceeded(address, [address, *others]) is exceeded


def test_too_many_connections_of_one_client_get_503(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open sockets count, too."""
    monkeypatch.setattr(AddressLimit, "_exempt", lambda self, address: False)
    with run_server(address_connections=3) as server, ExitStack() as stack:
        connections = server.server.server_state.connections
        stack.enter_context(server.talk()).expect("ready")
        clients = [stack.enter_context(connection(server)) for _ in range(2)]
        until(lambda: len(connections) == 3)
        status, body = answer(server)
        assert (status, body["code"]) == (503, "busy")
        assert "address" in body["message"]
        for client in clients:
            client.close()
        until(lambda: len(connections) == 1)
        assert is_healthy(server)


def test_by_default_a_client_has_half_of_all_and_loopback_everything() -> None:
    with run_server(max_connections=44, proxies="10.0.0.1", insecure=True) as server, ExitStack() as stack:
        limit = server.server.config.http_protocol_class.keywords["connection_limit"].of_address  # type: ignore[union-attr]
        assert limit.most == (44 + 256) // 2
        assert limit._exempt("10.0.0.1")
        for _ in range(limit.most):
            stack.enter_context(connection(server))
        until(lambda: len(server.server.server_state.connections) == limit.most)
        assert is_healthy(server)
