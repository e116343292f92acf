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
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from a2f_server.api.encoding import encode_json
from a2f_server.api.file_animation import whole_clip
from a2f_server.api.http.responses import unless_disconnected
from a2f_server.api.http.upload import read_upload
from a2f_server.api.messages import FileOptions
from a2f_server.api.openapi import error_responses
from a2f_server.api.service import Service
from a2f_server.api.ws.route import admit
from a2f_server.clip import FaceClip, named, rounded
from a2f_server.errors import A2FError, BadMessage, NotFound, TimedOut
from a2f_server.settings import Settings
from a2f_server.uvicorn_server.websocket_protocol import EXTENSION, SocketProtocol

MOST_SESSIONS = 256
"""Animations that may wait to be fetched; beyond, the oldest is dropped."""


_ERRORS = error_responses(400, 408, 413, 415, 500, 503)


class Sessions:
    """Keeps animations by session id. Each can be fetched once, and expires after `ttl` seconds."""

    def __init__(self, ttl: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._ttl, self._clock = ttl, clock
        self._clips: dict[str, tuple[float, FaceClip]] = {}

    def __len__(self) -> int:
        self.expire()
        return len(self._clips)

    def add(self, clip: FaceClip) -> str:
        """Keeps an animation; returns its session id."""
        self.expire()
        while len(self._clips) >= MOST_SESSIONS:
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
    sessions = Sessions(service.settings.session_ttl_s)

    async def animated(request: Request) -> FaceClip:
        service.engine.slots.require_free()
        limit = service.settings.max_file_bytes
        with (
            closing(await read_upload(service, request, "audio", limit)) as file,
            closing(service.engine.slots.reserve()) as slot,
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
        frames = await asyncio.to_thread(_frames, clip)
        return JSONResponse({"fps": clip.fps, "frame_count": len(clip), "frames": frames})

    @router.websocket("/ws/{session_id}")
    async def fetch(socket: WebSocket, session_id: str) -> None:
        if not await admit(socket, service):
            return
        playback = _Playback(asyncio.create_task(_play(socket, sessions, session_id, service.settings)))
        service.connections.add(playback)
        try:
            await playback.wait(socket)
        except (WebSocketDisconnect, OSError):
            structlog.get_logger(__name__).debug("an older client left before its frames were sent")
        finally:
            service.connections.discard(playback)

    return router


class _Playback:
    """An older client's socket, counted like any other and closed with an error at shutdown."""

    def __init__(self, playing: asyncio.Task[None]) -> None:
        self._playing = playing
        self._error: A2FError | None = None

    def fail(self, error: A2FError) -> None:
        """Ends it with an error."""
        self._error = error
        self._playing.cancel()

    async def wait(self, socket: WebSocket) -> None:
        """Returns once all frames or an error were sent."""
        try:
            await self._playing
        except asyncio.CancelledError:
            if self._error is None:
                raise
        except A2FError as error:
            self._error = error
        if self._error:
            await _refuse(socket, self._error)


class _Stuck(TimedOut):
    """The client does not read, so no error can be sent to it either."""


async def _refuse(socket: WebSocket, error: A2FError) -> None:
    protocol: SocketProtocol | None = socket.scope["extensions"].get(EXTENSION)
    if isinstance(error, _Stuck) and protocol:
        return protocol.abort()
    await socket.send_text(encode_json({"type": "error", "message": error.message}))
    await socket.close(error.close or 1008)


async def _play(socket: WebSocket, sessions: Sessions, session: str, settings: Settings) -> None:
    """Waits for `{"action": "start"}`, then sends each frame at its time and `complete`."""
    await _started(socket, settings.idle_s)
    clip = sessions.take(session)
    begun = time.monotonic()
    for i, frame in enumerate(_frames(clip)):
        await asyncio.sleep(max(0.0, begun + i / clip.fps - time.monotonic()))
        await _send(socket, {"type": "frame", "data": frame}, settings.send_timeout_s)
    await _send(socket, {"type": "complete"}, settings.send_timeout_s)
    await socket.close()


async def _send(socket: WebSocket, message: dict[str, object], patience: float) -> None:
    try:
        async with asyncio.timeout(patience):
            await socket.send_text(encode_json(message))
    except TimeoutError:
        raise _Stuck(f"the client read nothing for {patience:g} s") from None


async def _started(socket: WebSocket, patience: float) -> None:
    try:
        async with asyncio.timeout(patience):
            message = await socket.receive_json()
    except TimeoutError:
        raise TimedOut('nothing came: send {"action": "start"} to get the frames') from None
    except (KeyError, ValueError, RecursionError):
        message = None
    if not isinstance(message, dict) or message.get("action") != "start":
        raise BadMessage('the first message must be {"action": "start"}')


def _frames(clip: FaceClip) -> list[dict[str, object]]:
    rows = rounded(clip.weights)
    return [
        {"frame": i, "timestamp": i / clip.fps, "blendshapes": named(clip.names, row)} for i, row in enumerate(rows)
    ]
