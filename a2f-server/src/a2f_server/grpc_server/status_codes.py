"""The gRPC status of each error."""

from __future__ import annotations

import grpc

from a2f_server.errors import (
    A2FError,
    BackendFailed,
    BadAudio,
    BadMessage,
    BadState,
    Busy,
    ForbiddenOrigin,
    TimedOut,
    TooLarge,
    TooLong,
    Unauthorized,
    UnsupportedAudio,
)

_CODES: dict[type[A2FError], grpc.StatusCode] = {
    BadAudio: grpc.StatusCode.INVALID_ARGUMENT,
    BadMessage: grpc.StatusCode.INVALID_ARGUMENT,
    BadState: grpc.StatusCode.INVALID_ARGUMENT,
    UnsupportedAudio: grpc.StatusCode.INVALID_ARGUMENT,
    Busy: grpc.StatusCode.RESOURCE_EXHAUSTED,
    TooLarge: grpc.StatusCode.RESOURCE_EXHAUSTED,
    TooLong: grpc.StatusCode.RESOURCE_EXHAUSTED,
    ForbiddenOrigin: grpc.StatusCode.PERMISSION_DENIED,
    Unauthorized: grpc.StatusCode.UNAUTHENTICATED,
    TimedOut: grpc.StatusCode.DEADLINE_EXCEEDED,
    BackendFailed: grpc.StatusCode.INTERNAL,
}


def code_of(error: A2FError) -> grpc.StatusCode:
    """Returns the status code; UNAVAILABLE tells clients to try another server."""
    if error.reason == "draining":
        return grpc.StatusCode.UNAVAILABLE
    return _CODES.get(type(error), grpc.StatusCode.INTERNAL)


def details_of(error: A2FError) -> tuple[tuple[str, str], ...]:
    """Returns the trailing metadata: the protocol's error code, and its reason and scope if there are any."""
    known = {"a2f-code": error.code, "a2f-reason": error.reason, "a2f-scope": error.scope}
    return tuple((name, value) for name, value in known.items() if value)
