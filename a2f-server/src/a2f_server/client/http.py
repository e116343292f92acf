"""Functions on httpx, an extra, that both clients share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from websockets.exceptions import InvalidStatus

from a2f_server.client.errors import Unreachable
from a2f_server.client.requests import Address
from a2f_server.errors import NotInstalled


def library() -> ModuleType:
    """Returns httpx. Raises NotInstalled."""
    try:
        import httpx  # noqa: PLC0415 - an extra
    except ImportError:
        raise NotInstalled(
            "the client needs httpx: pip install 'a2f-server[client]' (in a checkout '.[client]')"
        ) from None
    return httpx


def options(address: Address, timeout: float) -> dict[str, Any]:
    """Returns the arguments of httpx's clients. Without TLS there is nothing to verify, so no certificates are read."""
    verified = address.http.startswith("https:")
    return {"headers": address.request_headers, "timeout": timeout, **({} if verified else {"verify": False})}


@contextmanager
def unreachable(address: str, timeout: float) -> Iterator[None]:
    """Turns the errors of httpx into Unreachable."""
    httpx = library()
    try:
        yield
    except httpx.ConnectError as error:
        raise Unreachable(unreachable_words(address, error)) from None
    except httpx.TimeoutException:
        raise silent(address, timeout) from None
    except httpx.HTTPError as error:
        raise Unreachable(f"the connection to {address} failed: {error or type(error).__name__}") from None


def unreachable_words(address: str, error: Exception) -> str:
    """Says that there is no server."""
    return f"{address} cannot be reached ({error or type(error).__name__}): start it with `a2f-server serve`"


def socket_words(address: str, error: Exception) -> str:
    """Says why there is no socket: another program may answer, or a proxy that does not pass WebSockets on."""
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        return f"{address} does not open a socket (status {status}): check the address; a proxy must pass WebSockets on"
    return unreachable_words(address, error)


def silent(address: str, timeout: float) -> Unreachable:
    """Returns the error of a server that does not answer."""
    return Unreachable(f"{address} did not answer within {timeout:g} s")
