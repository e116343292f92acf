"""Tells a client what is wrong with its parameters, in statuses between the frames."""

from __future__ import annotations

from collections.abc import Iterable

from a2f_server.grpc_server.protos.controller_v1_pb2 import AnimationDataStream
from a2f_server.grpc_server.protos.status_v1_pb2 import Status

MOST = 64
"""Maximum notices per call; further ones are dropped."""
_SHOWN, _MOST_NAMES = 40, 8


class Notices:
    """Collects notices, each once, until they are taken."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._new: list[Status] = []

    def warn(self, message: str) -> None:
        """Adds a WARNING."""
        self._add(Status.WARNING, message)

    def inform(self, message: str) -> None:
        """Adds an INFO."""
        self._add(Status.INFO, message)

    def take(self) -> list[bytes]:
        """Returns the messages that were not taken yet, encoded."""
        taken, self._new = self._new, []
        return [AnimationDataStream(status=status).SerializeToString() for status in taken]

    def _add(self, code: Status.Code, message: str) -> None:
        if message not in self._seen and len(self._seen) < MOST:
            self._seen.add(message)
            self._new.append(Status(code=code, message=message))


def listed(names: Iterable[str]) -> str:
    """Returns names sent by a client as text, limited in number and length."""
    ordered = sorted(names)
    more = ", …" if len(ordered) > _MOST_NAMES else ""
    return ", ".join(repr(name[:_SHOWN]) for name in ordered[:_MOST_NAMES]) + more
