"""The certificate of the gRPC server: whether a client would accept it, by shaking hands with itself in memory."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

from a2f_server.doctor.contract import CheckContext, Finding, error, info, ok, warning

SOON_S, DAY_S = 21 * 86400, 86400
ROUNDS = 4
"""Messages that each side may send in a handshake."""
RENEW = "renew it, then restart the server"


def check(context: CheckContext) -> Iterator[Finding]:
    """Checks that the files fit together, and until when they are valid."""
    cert, key = context.settings.grpc_cert, context.settings.grpc_key
    if not (cert and key):
        if context.settings.grpc_port is not None:
            yield info("gRPC without TLS", "set A2F_GRPC_CERT and A2F_GRPC_KEY, or end TLS at a proxy")
        return
    try:
        yield _validity(cert, _not_after(cert, key))
    except ssl.SSLCertVerificationError as failure:
        yield error(f"{cert}: {failure.verify_message}", RENEW)
    except ssl.SSLError as failure:
        reason = failure.reason or "one of them is not a PEM file"
        yield error(f"{cert} and {key} cannot be used together: {reason}", "take the two files of one pair")
    except OSError as failure:
        yield error(f"the certificate cannot be read: {failure.strerror}", "check A2F_GRPC_CERT and A2F_GRPC_KEY")


def _validity(cert: Path, expires: float) -> Finding:
    days = (expires - time.time()) / DAY_S
    if days * DAY_S < SOON_S:
        return warning(f"{cert} expires in {days:.0f} days", RENEW)
    return ok(f"{cert} is valid for {days:.0f} days")


def _not_after(cert: Path, key: Path) -> float:
    """Returns when the certificate expires, in seconds since 1970. Raises SSLError or OSError for what is wrong."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key, password=lambda: "")
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # who issued it does not matter here
    client.load_verify_locations(cert)
    peer = _shake_hands(client, server).getpeercert() or {}
    return float(ssl.cert_time_to_seconds(str(peer["notAfter"])))


def _shake_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> ssl.SSLObject:
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours, theirs = client.wrap_bio(down, up), server.wrap_bio(up, down, server_side=True)
    for _ in range(ROUNDS):
        done = [_step(side) for side in (ours, theirs)]
        if all(done):
            break
    return ours


def _step(side: ssl.SSLObject) -> bool:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True
