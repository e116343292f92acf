"""Opening the port, and what to do if that fails."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from a2f_server.uvicorn_server import listening
from a2f_server.uvicorn_server.listening import CannotListen, listen


def test_it_listens_on_a_free_port() -> None:
    (opened,) = listen("127.0.0.1", 0)
    with opened, socket.create_connection(opened.getsockname()):
        assert opened.getsockname()[1] > 0


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_port_that_is_taken_has_a_remedy(host: str) -> None:
    with socket.create_server((host, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"port {port} is taken.*make run PORT={port + 1}") as caught:
            listen(host, port)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_has_a_remedy(host: str) -> None:
    with pytest.raises(CannotListen, match=f"{host} is not an address of this machine"):
        listen(host, 0)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EADDRINUSE, "--port 65534"),
        (errno.EACCES, "above 1023"),
        (errno.EMFILE, "cannot listen on 127.0.0.1, port 65535: Too many open files"),
    ],
)
def test_every_failure_is_a_sentence(number: int, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(family: int, address: object, shared: bool) -> socket.socket:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(listening, "_bound", fail)
    with pytest.raises(CannotListen, match=words):
        listen("127.0.0.1", 65535)


def test_a_host_with_two_addresses_is_closed_if_one_of_them_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as probe:
        free, port = probe.getsockname(), taken.getsockname()[1]
        probe.close()
        two = [(socket.AF_INET, free), (socket.AF_INET, ("127.0.0.1", port))]
        monkeypatch.setattr(listening, "_addresses", lambda host, port: two)
        with pytest.raises(CannotListen):
            listen("localhost", port)
    socket.create_server(free).close()
