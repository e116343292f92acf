"""The routes of older browser clients: `/process`, `/ws/{session_id}`, `/process-sync`.

Their formats are in docs/compatibility.md; the frames are the same as at every other endpoint.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import closing

import structlog
from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from a2f_server.api.compat.playback import Playback, numbered_frames
from a2f_server.api.compat.shared_sessions import SharedSessions
from a2f_server.api.encoding import encode_json, join_with_pauses
from a2f_server.api.file_animation import whole_clip
from a2f_server.api.http.responses import JSON, WholeResponse, unless_disconnected
from a2f_server.api.http.upload import read_upload
from a2f_server.api.messages import FileOptions
from a2f_server.api.openapi import error_responses
from a2f_server.api.service import Service
from a2f_server.api.ws.route import admit
from a2f_server.clip import FaceClip
from a2f_server.errors import NotFound

MOST_SESSIONS, MOST_BYTES = 256, 128 << 20
"""Animations that may wait to be fetched, and their bytes; beyond, the oldest is dropped."""


_ERRORS = error_responses(400, 408, 413, 415, 500, 503)


class Sessions:
    """Keeps animations by session id. Each can be fetched once, and expires after `ttl` seconds."""

    def __init__(self, ttl: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._ttl, self._clock = ttl, clock
        self._clips: dict[str, tuple[float, FaceClip]] = {}

    def __len__(self) -> int:
        self.expire()
        return len(self._clips)

    @property
    def _size(self) -> int:
        return sum(clip.weights.nbytes for _, clip in self._clips.values())

    def add(self, clip: FaceClip) -> str:
        """Keeps an animation; returns its session id."""
        self.expire()
        while self._clips and (len(self._clips) >= MOST_SESSIONS or self._size + clip.weights.nbytes > MOST_BYTES):
            del self._clips[next(iter(self._clips))]
        session = secrets.token_urlsafe(16)
        self._clips[session] = self._clock() + self._ttl, clip
        return session

    def take(self, session: str) -> FaceClip:
        """Returns an animation and forgets it. Raises NotFound."""
        self.expire()
        if session not in self._clips:
            raise NotFound("there is no such session: it was fetched before, or it has expired")
        return self._clips.pop(session)[1]

    def expire(self) -> None:
        """Drops expired animations."""
        now = self._clock()
        for session in [s for s, (until, _) in self._clips.items() if until <= now]:
            del self._clips[session]


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["older clients"])
    sessions = _sessions(service)

    async def animated(request: Request) -> FaceClip:
        service.engine.slots.require_free(patient=True)
        limit = service.settings.max_file_bytes
        with (
            closing(await read_upload(service, request, "audio", limit)) as file,
            closing(service.engine.slots.reserve(service.callers.of(request).slots, patient=True)) as slot,
        ):
            clip, _ = await unless_disconnected(request, whole_clip(service, file, FileOptions(), slot))
        return clip

    @router.post("/process", summary="Animate a file; fetch the frames later", responses=_ERRORS)
    async def process(request: Request) -> dict[str, object]:
        """Animates an audio file; the frames can be fetched at `WS /ws/{session_id}`."""
        begun = time.perf_counter()
        clip = await animated(request)
        asyncio.get_running_loop().call_later(service.settings.session_ttl_s + 1, sessions.expire)
        return {
            "session_id": sessions.add(clip),
            "frame_count": len(clip),
            "duration_sec": round(clip.duration, 6),
            "fps": clip.fps,
            "process_time_sec": round(time.perf_counter() - begun, 6),
        }

    @router.post("/process-sync", summary="Animate a file", responses=_ERRORS)
    async def process_sync(request: Request) -> Response:
        """Animates an audio file and returns all frames."""
        clip = await animated(request)
        async with service.encoding:
            text = await asyncio.to_thread(_all_frames, clip)
        return WholeResponse(text, JSON, service.answers)

    @router.websocket("/ws/{session_id}")
    async def fetch(socket: WebSocket, session_id: str) -> None:
        caller = await admit(socket, service)
        if not caller:
            return
        playback = Playback(socket, lambda: sessions.take(session_id), service.settings)
        service.connections.add(playback)
        try:
            await playback.run()
        except (WebSocketDisconnect, OSError):
            structlog.get_logger(__name__).debug("an older client left before its frames were sent")
        finally:
            service.connections.discard(playback)
            service.callers.leave(caller)

    return router


def _sessions(service: Service) -> Sessions | SharedSessions:
    folder, ttl = service.group.folder, service.settings.session_ttl_s
    return SharedSessions(folder / "sessions", ttl) if folder else Sessions(ttl)


def _all_frames(clip: FaceClip) -> str:
    """Encodes one frame after another: all of them as objects take thirty times the memory of the text."""
    frames = join_with_pauses(",", (encode_json(frame) for frame in numbered_frames(clip)))
    return f'{{"fps":{clip.fps},"frame_count":{len(clip)},"frames":[{frames}]}}'
