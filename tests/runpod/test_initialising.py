"""The server that answers health checks while a model is downloading."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from importlib import import_module

import pytest

from tests.runpod.conftest import ROOT
from tests.support.waiting import until


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    monkeypatch.setattr(sys, "path", [str(ROOT / "runpod"), *sys.path])
    handler = import_module("initialising").Initialising
    assert handler.timeout == 5
    monkeypatch.setattr(handler, "timeout", 0.2)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("start", [b"", b"GET", b"GET /ping HTTP/1.1\r\nHost: a\r\n"], ids=["nothing", "word", "half"])
def test_a_silent_client_keeps_no_thread(server: ThreadingHTTPServer, start: bytes) -> None:
    before = threading.active_count()
    with socket.create_connection(server.server_address, timeout=20) as client:  # type: ignore[arg-type]
        client.sendall(start)
        assert client.recv(100) == b""
        until(lambda: threading.active_count() <= before)


def test_a_health_check_is_answered(server: ThreadingHTTPServer) -> None:
    with socket.create_connection(server.server_address, timeout=20) as client:  # type: ignore[arg-type]
        client.sendall(b"GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 204 ")
