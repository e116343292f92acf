"""Whose limits count: those of a token's subject, on all its sockets, or else those of the key or the address."""

from __future__ import annotations

from a2f_server.addresses import network
from a2f_server.engine.slots import SlotHolder
from a2f_server.errors import Busy, Scope
from a2f_server.settings import Settings
from a2f_server.tts.quota import Charge, Quota


class Caller:
    """One subject, or one socket or request without a subject."""

    scope: Scope = "socket"
    """What the limit of waiting texts is counted for."""

    def __init__(self, name: str, quota: Quota, slots: SlotHolder | None = None) -> None:
        """`name` is the quota's caller; `slots` limits the slots of a subject."""
        self.name, self.slots = name, slots
        self.texts_waiting = 0
        """`speak` requests that wait for the voice."""
        self._quota = quota

    @property
    def most_characters(self) -> int:
        """The longest text that the quota can ever admit."""
        return self._quota.limit

    def spend(self, characters: int) -> Charge:
        """Charges the quota. Raises Busy."""
        return self._quota.spend(self.name, characters)


class Subject(Caller):
    """A user that tokens name. All its sockets share one instance."""

    scope: Scope = "subject"

    def __init__(self, name: str, quota: Quota, slots: SlotHolder) -> None:
        super().__init__(name, quota, slots)
        self.sockets = 0


class Callers:
    """Finds the caller behind a socket or a request."""

    def __init__(self, settings: Settings, quota: Quota, subject_quota: Quota) -> None:
        self._settings, self._quota, self._subject_quota = settings, quota, subject_quota
        self._subjects: dict[str, Subject] = {}

    def anonymous(self, address: str | None) -> Caller:
        """Returns a caller without a subject: its quota is the key's, or without keys that of the address."""
        return Caller("key" if self._settings.api_key else network(address or "unknown"), self._quota)

    def join(self, subject: str | None, address: str | None) -> Caller:
        """Returns the caller behind a new socket. Raises Busy if its subject has too many sockets open."""
        if subject is None:
            return self.anonymous(address)
        most = self._settings.subject_connections
        known = self._subjects.get(subject) or self._new(subject)
        if known.sockets >= most:
            message = f"this user has {most} open connections already; close one first"
            raise Busy(message, reason="connections", scope="subject")
        self._subjects[subject] = known
        known.sockets += 1
        return known

    def leave(self, caller: Caller) -> None:
        """Call it when the socket is closed and everything that it had is freed."""
        if isinstance(caller, Subject):
            caller.sockets -= 1
            if not caller.sockets:
                del self._subjects[caller.name]

    def _new(self, subject: str) -> Subject:
        return Subject(subject, self._subject_quota, SlotHolder(self._settings.subject_streams))
