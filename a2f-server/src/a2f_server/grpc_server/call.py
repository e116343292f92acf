"""One call of a gRPC method: admits it, ends it at a limit, and reports its error."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Any

import structlog
from starlette.datastructures import Headers, QueryParams

from a2f_server.api.callers import Caller
from a2f_server.api.service import Service
from a2f_server.api.utterance_log import DISCONNECTED, END, log_utterance
from a2f_server.errors import A2FError, BackendFailed, Busy, TimedOut, Unauthorized
from a2f_server.grpc_server.inbox import Inbox
from a2f_server.grpc_server.peers import Peers
from a2f_server.grpc_server.status_codes import code_of, details_of

log = structlog.get_logger(__name__)

DRAIN_S = 1.0
"""Seconds for which the server keeps reading before it reports an error."""
UNREAD_S = 300.0
"""Seconds for which a client that still writes may read nothing: the length of the longest clip."""
PARTING_S = 2.0
"""Seconds that a client has to read the error."""


class Call:
    """The call, as one of the service's clients. `run` returns or raises once everything is freed."""

    def __init__(self, service: Service, peers: Peers, context: Any, endpoint: str, inbox: Inbox) -> None:
        self.service, self.context, self.inbox = service, context, inbox
        self.headers = Headers(raw=_raw(context.invocation_metadata() or ()))
        self.address = peers.address(context.peer(), self.headers.getlist("x-forwarded-for"))
        self.seconds: float | None = None
        """Seconds of audio, for the log."""
        self.before_status: Callable[[A2FError], Awaitable[None]] | None = None
        """Reports an error in-band, before the status."""
        self._peers, self._endpoint = peers, endpoint
        self._caller: Caller | None = None
        self._error: A2FError | None = None
        self._task: asyncio.Task[None] | None = None
        self._writing_since: float | None = None

    @property
    def caller(self) -> Caller:
        """The caller, once it is admitted."""
        assert self._caller
        return self._caller

    async def run(self, work: Callable[[Call], Awaitable[None]]) -> None:
        """Does the work if the call is admitted. Raises what `context.abort` raises if the work fails."""
        try:
            await self._work(work)
        except A2FError as error:
            self._error = error
        except asyncio.CancelledError:
            if self._error is None:
                self._log(DISCONNECTED)
                await self.inbox.close()
                raise
        except Exception:
            log.exception("a gRPC call failed", endpoint=self._endpoint)
            self._error = BackendFailed("the server failed on this call; its log says why")
        self._log(self._error or END)
        await (self._report(self._error) if self._error else self.inbox.close())

    def fail(self, error: A2FError) -> None:
        """Ends the call with an error, unless its work is done."""
        if self._error is None and self._task and not self._task.done():
            self._error = error
            self._task.cancel()

    async def write(self, message: bytes) -> None:
        """Sends a message; waits while the client does not read."""
        self._writing_since = monotonic()
        await self.context.write(message)
        self._writing_since = None

    async def _work(self, work: Callable[[Call], Awaitable[None]]) -> None:
        self._caller = self._admitted()
        self.service.connections.add(self)
        self._task = asyncio.create_task(self._run_task(work))
        watching = asyncio.create_task(self._watch())
        try:
            await self._task
        finally:
            watching.cancel()
            self._task.cancel()
            await asyncio.gather(self._task, watching, return_exceptions=True)
            self._task = None  # a cancelled one keeps its frames
            self.service.connections.discard(self)
            self.service.callers.leave(self._caller)
            self._peers.leave(self.address)

    async def _run_task(self, work: Callable[[Call], Awaitable[None]]) -> None:
        await work(self)

    def _admitted(self) -> Caller:
        """Returns the caller. Raises Unauthorized, ForbiddenOrigin or Busy."""
        service = self.service
        service.auth.check_origin(self.headers)
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        query = QueryParams({"token": token.strip()} if token and scheme.lower() == "bearer" else {})
        identity = service.auth.check_socket(self.headers, query, ())
        if service.engine.slots.draining:
            raise Busy.shutting_down()
        service.connections.require_room()
        self._peers.join(self.address)
        try:
            return service.callers.join(identity, self.address)
        except A2FError:
            self._peers.leave(self.address)
            raise

    async def _watch(self) -> None:
        """Ends the call of a client that neither reads nor writes."""
        settings = self.service.settings
        while True:
            await asyncio.sleep(min(settings.idle_s, settings.send_timeout_s, 4.0) / 4)
            self._check_key()
            silent = monotonic() - self.inbox.received_at
            if self._writing_since is not None:
                blocked = monotonic() - self._writing_since
                if min(blocked, silent) > settings.send_timeout_s or blocked > UNREAD_S:
                    self.fail(TimedOut(f"the client read nothing for {blocked:.0f} s"))
            elif self.inbox.waiting and silent > settings.idle_s:
                self.fail(TimedOut(f"nothing came for {settings.idle_s:g} s; call again when you need to"))

    def _check_key(self) -> None:
        try:
            self.caller.require_valid()
        except Unauthorized as error:
            self.fail(error)

    async def _report(self, error: A2FError) -> None:
        # their frames hold the client's message, and would keep it until a garbage collection
        error.__traceback__ = error.__context__ = error.__cause__ = None
        self.service.metrics.errors.labels(error.code).inc()
        if isinstance(error, Unauthorized):
            self.inbox.read_limit = lambda: self._peers.strangers
        await self.inbox.drain(DRAIN_S)
        await self.inbox.close()
        stuck = self._writing_since is not None
        with suppress(TimeoutError):
            async with asyncio.timeout(PARTING_S):
                if self.before_status and not stuck:
                    await self.before_status(error)
                await self.context.abort(code_of(error), error.message, details_of(error))

    def _log(self, outcome: str | A2FError) -> None:
        fields = self._caller.log_fields if self._caller else {}
        log_utterance(self._endpoint, self.address, self.seconds, outcome, **fields)


def _raw(metadata: Any) -> list[tuple[bytes, bytes]]:
    """Returns metadata as headers; binary values are left out."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in metadata if isinstance(value, str)]
