"""Callers, to whom limits apply: a token's subject on all its sockets, or else the key or the address."""

from __future__ import annotations

from a2f_server.addresses import network
from a2f_server.api.byte_budget import ByteBudget
from a2f_server.engine.slots import SlotHolder
from a2f_server.errors import Busy, Scope
from a2f_server.settings import Settings
from a2f_server.tts.quota import Charge, Quota

UPLOAD_DIVISOR = 4
"""A subject, or a socket without one, may hold the memory for uploads divided by this, but always one whole file."""


class Caller:
    """One subject, or one socket or request without a subject."""

    scope: Scope = "socket"
    """The unit for which waiting texts are counted."""

    def __init__(self, name: str, quota: Quota, uploads: ByteBudget, slots: SlotHolder | None = None) -> None:
        """`name` is the quota's caller; `slots` limits the slots of a subject."""
        self.name, self.uploads, self.slots = name, uploads, slots
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
    """A user named in tokens. All its sockets share one instance."""

    scope: Scope = "subject"

    slots: SlotHolder

    def __init__(self, name: str, quota: Quota, uploads: ByteBudget, slots: SlotHolder) -> None:
        super().__init__(name, quota, uploads, slots)
        self.sockets = 0

    @property
    def gone(self) -> bool:
        """True if it has no socket, and no thread works for one that it had."""
        return not (self.sockets or self.slots.taken or self.uploads.held)


class Callers:
    """Finds the caller behind a socket or a request."""

    def __init__(self, settings: Settings, quota: Quota, subject_quota: Quota, uploads: ByteBudget) -> None:
        self._settings, self._quota, self._subject_quota, self._uploads = settings, quota, subject_quota, uploads
        self._subjects: dict[str, Subject] = {}
        self._leaving: set[Subject] = set()

    def anonymous(self, address: str | None) -> Caller:
        """Returns a caller without a subject: its quota is the key's, or without keys that of the address."""
        address = network(address or "unknown")
        return Caller("key" if self._settings.api_key else address, self._quota, self._part("socket"))

    def join(self, subject: str | None, address: str | None) -> Caller:
        """Returns the caller behind a new socket. Raises Busy if its subject has too many sockets open."""
        if subject is None:
            return self.anonymous(address)
        self._forget()
        most = self._settings.subject_connections
        known = self._subjects.get(subject) or self._new(subject)
        if known.sockets >= most:
            message = f"this user has {most} open connections already; close one first"
            raise Busy(message, reason="connections", scope="subject")
        self._subjects[subject] = known
        known.sockets += 1
        self._leaving.discard(known)
        return known

    def leave(self, caller: Caller) -> None:
        """Counts a socket as closed. Call it once everything that the socket had is freed."""
        if isinstance(caller, Subject):
            caller.sockets -= 1
            self._leaving.add(caller)
            self._forget()

    def _forget(self) -> None:
        for subject in [one for one in self._leaving if one.gone]:
            self._leaving.remove(subject)
            del self._subjects[subject.name]

    def _new(self, subject: str) -> Subject:
        return Subject(subject, self._subject_quota, self._part("subject"), SlotHolder(self._settings.subject_streams))

    def _part(self, scope: Scope) -> ByteBudget:
        limit = max(self._settings.upload_memory_bytes // UPLOAD_DIVISOR, self._settings.max_file_bytes)
        return ByteBudget(limit, within=self._uploads, scope=scope)
