"""Keeps the video sessions of a server, by id."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable

from a2f_server.engine.slots import SlotHolder
from a2f_server.errors import Busy, NotFound
from a2f_server.video.session import VideoSession

CHECK_S = 5.0
"""Seconds between checks for expired sessions."""
MOST_OVER = 32
"""Maximum finished sessions whose recordings are kept; the least recently used one is dropped first."""
UNUSED_S, SILENT_S = 60.0, 300.0
"""Seconds without use, and seconds in all, after which a session without speech is closed if the server is full."""


def new_key() -> str:
    """Returns an unguessable id."""
    return str(uuid.uuid4())


class VideoSessions:
    """Finds sessions, and closes those that were not used for `ttl` seconds."""

    def __init__(self, ttl: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._ttl, self.clock = ttl, clock
        self._sessions: dict[str, VideoSession] = {}
        self._watch: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._sessions)

    def add(self, session: VideoSession) -> None:
        """Keeps a session until it expires or is removed."""
        self._sessions[session.key] = session
        over = sorted((s for s in self._sessions.values() if s.over), key=lambda s: s.used)
        for old in over[:-MOST_OVER]:
            self.remove(old.key)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._expire(), name="a2f-video-expiry")

    def find(self, key: str) -> VideoSession:
        """Returns a session. Raises NotFound."""
        session = self._sessions.get(key)
        if session is None:
            raise NotFound("Session not found: it was deleted, it has expired, or it never existed")
        return session

    def remove(self, key: str) -> None:
        """Closes a session and forgets it. Raises NotFound."""
        self.find(key).close()
        del self._sessions[key]

    def require_free(self, holder: SlotHolder | None) -> None:
        """Raises Busy if the caller, or its key, has as many sessions as it may have utterances. Those that are over
        do not count."""
        for each in holder.chain if holder else ():
            taken = sum(session.counts_for(each) for session in self._sessions.values())
            if each.most is not None and taken >= each.most:
                message = f"this {each.who} has {each.most} video sessions open already; close one first"
                raise Busy(message, reason="queue", scope=each.scope)

    def make_room(self) -> None:
        """Closes unused sessions that never got speech, since a client may open any number of them."""
        for session in [s for s in self._sessions.values() if not (s.over or s.face.received)]:
            if session.idle_s > UNUSED_S or session.uptime_s > SILENT_S:
                self.remove(session.key)

    def drain(self) -> None:
        """Ends the speech of all sessions, because the server is shutting down."""
        for session in self._sessions.values():
            if not session.ended:
                session.fail(Busy.shutting_down())

    def close(self) -> None:
        """Closes all sessions."""
        if self._watch:
            self._watch.cancel()
        for key in list(self._sessions):
            self.remove(key)

    async def _expire(self) -> None:
        while self._sessions:
            await asyncio.sleep(CHECK_S)
            for session in [s for s in self._sessions.values() if s.idle_s > self._ttl]:
                self.remove(session.key)
