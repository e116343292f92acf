"""Callers, to whom limits apply: a token's subject on all its sockets, or else the key or the address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import HTTPConnection

from a2f_server.addresses import network
from a2f_server.api.auth import NOBODY, Identity
from a2f_server.api.byte_budget import ByteBudget
from a2f_server.api.key_usage import KeyUsage, KeyUsages
from a2f_server.api_keys.key import DEFAULT
from a2f_server.engine.slots import SlotHolder
from a2f_server.errors import Busy, Scope, Unauthorized
from a2f_server.settings import Settings
from a2f_server.tts.quota import Quota
from a2f_server.worker_group.counts import Charge, Count, Counts

UPLOAD_DIVISOR = 4
"""A subject, or a socket without one, may hold the memory for uploads divided by this, but always one whole file."""
IDENTITY = "a2f.identity"
"""The place of an HTTP request's Identity in its ASGI scope."""

SubjectId = tuple[str | None, str]
"""The name of a key, and a subject: each key has subjects of its own."""


def name_of(subject: SubjectId) -> str:
    """Returns the name under which a subject is counted."""
    return "/".join(filter(None, subject))


class Caller:
    """One subject, or one socket or request without a subject."""

    scope: Scope = "socket"
    """The unit for which waiting texts are counted."""

    def __init__(
        self,
        name: str,
        quota: Quota | None,
        uploads: ByteBudget,
        slots: SlotHolder | None = None,
        *,
        key: KeyUsage | None = None,
        key_name: str | None = None,
    ) -> None:
        """`name` is the quota's caller; `quota` None leaves characters to the key. `slots` limits the slots."""
        self.name, self.uploads, self.slots, self.key, self.key_name = name, uploads, slots, key, key_name
        self.texts_waiting = 0
        """`speak` requests that wait for the voice."""
        self._quota = quota

    @property
    def log_fields(self) -> dict[str, str]:
        """Fields of the log that name the caller."""
        return {"key": self.key_name} if self.key_name else {}

    def require_valid(self) -> None:
        """Raises Unauthorized once the caller's key was removed or has expired."""
        if self.key and not self.key.valid:
            raise Unauthorized("this key is no longer valid; ask the operator for a new one", reason="expired")

    @property
    def most_characters(self) -> int:
        """The longest text that the quotas can ever admit."""
        limits = (self._quota.limit if self._quota else None, self.key.most_characters if self.key else None)
        return min(limit for limit in limits if limit is not None)

    def spend(self, characters: int) -> Charge:
        """Charges the quotas. Raises Busy."""
        charge = self._quota.spend(self.name, characters) if self._quota else None
        try:
            also = self.key.spend(characters) if self.key else None
        except Busy:
            if charge:
                charge.refund()
            raise
        if charge is None:
            assert also, "a caller without a quota has a key with one"
            return also
        charge.also = also
        return charge


class Subject(Caller):
    """A user named in tokens. All its sockets share one instance."""

    scope: Scope = "subject"

    slots: SlotHolder

    def __init__(
        self,
        id: SubjectId,
        quota: Quota,
        uploads: ByteBudget,
        slots: SlotHolder,
        sockets: Count,
        *,
        key: KeyUsage | None = None,
    ) -> None:
        super().__init__(name_of(id), quota, uploads, slots, key=key, key_name=id[0])
        self.id, self.sockets = id, sockets

    @property
    def gone(self) -> bool:
        """True if it has no socket and no video session, and no thread works for one that it had."""
        return not (self.sockets.own or self.slots.opened or self.uploads.held)


class Callers:
    """Finds the caller behind a socket or a request."""

    def __init__(
        self,
        settings: Settings,
        quota: Quota,
        subject_quota: Quota,
        uploads: ByteBudget,
        keys: KeyUsages,
        counts: Counts,
    ) -> None:
        self._settings, self._quota, self._subject_quota, self._uploads = settings, quota, subject_quota, uploads
        self._keys, self._counts = keys, counts
        self._subjects: dict[SubjectId, Subject] = {}
        self._leaving: set[Subject] = set()

    def of(self, request: HTTPConnection) -> Caller:
        """Returns the caller behind an HTTP request, which was authenticated."""
        identity = request.scope.get(IDENTITY, NOBODY)
        if identity.subject is None:
            return self.anonymous(_address(request), identity)
        return self._subject(identity)

    @contextmanager
    def joined(self, request: HTTPConnection) -> Iterator[Caller]:
        """Returns the caller behind an HTTP request, which counts as one of its connections while it runs. Raises
        Busy as `join` does."""
        caller = self.join(request.scope.get(IDENTITY, NOBODY), _address(request))
        try:
            yield caller
        finally:
            self.leave(caller)

    def anonymous(self, address: str | None, identity: Identity = NOBODY) -> Caller:
        """Returns a caller without a subject: its quota is the key's, or without keys that of the address."""
        uploads, key = self._part("socket"), identity.key
        if key is None:
            return Caller(network(address or "unknown"), self._quota, uploads)
        usage = self._keys.of(key)
        quota = None if usage.most_characters else self._quota
        name = "key" if key.name == DEFAULT else f"key {key.name}"
        return Caller(name, quota, uploads, usage.slots, key=usage, key_name=key.name)

    def join(self, identity: Identity, address: str | None) -> Caller:
        """Returns the caller behind a new socket. Raises Busy if its subject or its key has too many sockets open."""
        caller = self.anonymous(address, identity) if identity.subject is None else self._subject(identity)
        if isinstance(caller, Subject):
            self._take_connection(caller)
        if caller.key:
            self._join_key(caller, caller.key)
        if isinstance(caller, Subject):
            self._leaving.discard(caller)
        return caller

    def leave(self, caller: Caller) -> None:
        """Counts a socket as closed. Call it once everything that the socket had is freed."""
        if caller.key:
            caller.key.leave()
        if isinstance(caller, Subject):
            caller.sockets.add(-1)
            self._leaving.add(caller)
            self._forget()

    def _subject(self, identity: Identity) -> Subject:
        """Returns the subject of a token, which is forgotten once it is gone."""
        self._forget()
        usage = self._keys.of(identity.key) if identity.key else None
        id = (identity.key.name if identity.key else None, identity.subject or "")
        subject = self._subjects.get(id) or self._new(id, usage)
        self._subjects[id] = subject
        self._leaving.add(subject)
        return subject

    def _take_connection(self, subject: Subject) -> None:
        most = self._settings.subject_connections
        if not subject.sockets.take(most):
            message = f"this user has {most} open connections already; close one first"
            raise Busy(message, reason="connections", scope="subject")

    def _join_key(self, caller: Caller, key: KeyUsage) -> None:
        try:
            key.join()
        except Busy:
            if isinstance(caller, Subject):
                caller.sockets.add(-1)
            raise

    def _forget(self) -> None:
        for subject in [one for one in self._leaving if one.gone]:
            self._leaving.remove(subject)
            del self._subjects[subject.id]

    def _new(self, id: SubjectId, usage: KeyUsage | None) -> Subject:
        name, within = name_of(id), usage.slots if usage else None
        count = self._counts.of
        slots = SlotHolder(self._settings.subject_streams, within=within, count=count(f"slots of subject {name}"))
        sockets = count(f"sockets of subject {name}")
        return Subject(id, self._subject_quota, self._part("subject"), slots, sockets, key=usage)

    def _part(self, scope: Scope) -> ByteBudget:
        limit = max(self._settings.upload_memory_bytes // UPLOAD_DIVISOR, self._settings.max_file_bytes)
        return ByteBudget(limit, within=self._uploads, scope=scope)


def _address(request: HTTPConnection) -> str | None:
    return request.client.host if request.client else None
