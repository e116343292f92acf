"""`/api/audio-driven/chunked/…`: a picture speaks the audio that it is sent in chunks, as video over HLS.

Compatible with another system (docs/compatibility.md); docs/video.md describes what the fields do here.
"""

from __future__ import annotations

import re
from contextlib import ExitStack, closing
from typing import Any
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Request

from a2f_server.api.byte_budget import Upload
from a2f_server.api.compat.chunked_fields import FeedFields, InitFields, parse
from a2f_server.api.compat.paths import CHUNKED, HLS
from a2f_server.api.http.responses import unless_disconnected
from a2f_server.api.http.upload import read_form
from a2f_server.api.messages import FileOptions
from a2f_server.api.openapi import ErrorBody, error_responses
from a2f_server.api.service import Service
from a2f_server.api.speech_feed import ChunkDecoder
from a2f_server.api.speech_feed import feed as feed_speech
from a2f_server.api.talking_pictures import MOST_PICTURE_BYTES, glb_of, head_motion
from a2f_server.engine.slots import Slot, SlotHolder
from a2f_server.engine.stream import Stream
from a2f_server.errors import BadState, NotFound
from a2f_server.video.session import VideoSession
from a2f_server.video.sessions import VideoSessions
from a2f_server.video.talking_face import FPS
from a2f_server.video.turns import ChunkTurn

SEARCHED = 8 << 10
"""Bytes at the beginning of a body in which the session's id is looked for."""
_ID = re.compile(rb'name="?session_id"?\r\n(?:[^\r\n]{1,200}\r\n){0,4}\r\n([^\r\n]{1,100})\r\n')


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["portraits and video"])
    videos = service.videos
    decoders: WeakKeyDictionary[VideoSession, ChunkDecoder] = WeakKeyDictionary()

    @router.post(f"{CHUNKED}init", summary="Open a video session", openapi_extra=_INIT, responses=_RESPONSES)
    async def init(request: Request) -> dict[str, object]:
        """Opens a session of a picture, or of a GLB with morph targets, that will speak. The video begins with the
        speech that `feed` takes."""
        with ExitStack() as held:
            caller = held.enter_context(service.callers.joined(request))
            videos.require_free(caller.slots)  # before the upload
            service.portraits.require_free()
            form = await read_form(service, request, "image", MOST_PICTURE_BYTES, raw=False)
            held.callback(form.file.close)
            held.enter_context(service.portraits.place())
            fields = parse(InitFields, form.texts)
            glb = await unless_disconnected(request, glb_of(service, form.file, fields.face, crop=fields.crop))
            # within the place: an avatar takes much memory before the server knows whether it can draw it
            session = await unless_disconnected(request, _open(service, glb, fields, caller.slots))
        decoders[session] = ChunkDecoder(fields.audio_sample_rate, service.settings.max_utterance_s)
        return {
            "status": "success",
            "session_id": session.key,
            "hls_url": f"{HLS}{session.key}/playlist.m3u8",
            "message": f"Session ready. Send audio chunks to {CHUNKED}feed",
            "chunk_duration": fields.chunk_duration,
            "audio_sample_rate": fields.audio_sample_rate,
        }

    @router.post(f"{CHUNKED}feed", summary="Send speech to a video session", openapi_extra=_FEED, responses=_RESPONSES)
    async def feed(request: Request) -> dict[str, object]:
        """Takes the next chunk: an audio file, or raw PCM (s16le, mono, at the session's rate).

        The answer comes once the speech has been accepted, which slows down clients that are faster than the server.
        Concurrent chunks are used in the order in which their requests began.
        """
        with ExitStack() as held:
            place = held.enter_context(closing(_Place(videos.sessions)))
            limit = service.settings.max_file_bytes
            form = await read_form(service, request, "audio_chunk", limit, raw=False, on_data=place.look)
            held.callback(form.file.close)
            fields = parse(FeedFields, form.texts)
            session, turn = place.of(fields.session_id)
            session.touch()
            await turn.wait()
            _require_open(session)
            if session not in decoders:
                raise BadState("this session speaks a file of POST /v1/video; open one for chunks with init")
            generated = session.frames
            await _feed(service, session, decoders[session], form.file, final=fields.is_final_chunk)
            return {
                "status": "success",
                "session_id": session.key,
                "buffer_samples": session.face.received,
                "frames_generated": generated,
                "session_status": session.status if session.over else "processing",
                "message": "Audio chunk received and queued for processing",
            }

    @router.get(f"{CHUNKED}status/{{session_id}}", summary="State of a video session", responses=error_responses(404))
    async def status(session_id: str) -> dict[str, object]:
        """Returns the state of a session: waiting_for_audio, processing, complete or error."""
        session = videos.sessions.find(session_id)
        session.touch()
        return {
            "session_id": session.key,
            "status": session.status,
            "total_frames_generated": session.frames,
            "buffer_samples": session.face.received,
            "error": session.error.message if session.error else None,
            "created_at": round(session.created, 3),
            "uptime_seconds": round(session.uptime_s, 3),
        }

    @router.delete(f"{CHUNKED}session/{{session_id}}", summary="Close a video session", responses=error_responses(404))
    async def delete(session_id: str) -> dict[str, str]:
        """Closes a session and deletes its video."""
        videos.sessions.remove(session_id)
        return {"status": "success", "message": f"Session {session_id} cleaned up"}

    return router


async def _open(service: Service, glb: bytes, fields: InitFields, holder: SlotHolder | None) -> VideoSession:
    renderer = await service.videos.renderer(glb)
    motion = head_motion(fields.seed, FPS, fields.pose_style, fields.gaze_style)
    options, limit = FileOptions(fps=FPS, seed=fields.seed), service.settings.video_session_s

    def open_stream(slot: Slot) -> Stream:
        utterance = service.utterance(options, fields.audio_sample_rate, max_seconds=limit)
        return service.engine.open(utterance, slot)

    return await service.videos.session(renderer, motion, FPS, open_stream, holder)


async def _feed(service: Service, session: VideoSession, decoder: ChunkDecoder, chunk: Upload, *, final: bool) -> None:
    """Passes a chunk to the session, even if the client has left: the chunk was received."""
    if chunk.data:
        session.take_slot()
    await feed_speech(session.face, decoder.blocks(chunk.data, final=final), service.decoding, chunk)
    if session.error:
        raise session.error
    if session.ended:
        raise NotFound("the session was deleted")
    if final:
        session.end()


def _require_open(session: VideoSession) -> None:
    if session.error:
        raise session.error
    if session.ended:
        raise BadState("the session has ended with its final chunk; open a new one with init")


class _Place:
    """A chunk's place in the order, taken as soon as its session is known: before the whole chunk has arrived."""

    def __init__(self, sessions: VideoSessions) -> None:
        self._sessions = sessions
        self._head = b""
        self._found: tuple[VideoSession, ChunkTurn] | None = None

    def look(self, data: bytes) -> None:
        """Looks for the session's id at the beginning of the body. Raises NotFound, which ends the upload."""
        if self._found or len(self._head) >= SEARCHED:
            return
        self._head += data[:SEARCHED]
        if found := _ID.search(self._head):
            self._take(found[1].decode("utf-8", "replace"))

    def of(self, key: str) -> tuple[VideoSession, ChunkTurn]:
        """Returns the session and the turn. Raises NotFound."""
        if not self._found or self._found[0].key != key:
            self.close()
            self._take(key)
        assert self._found
        return self._found

    def close(self) -> None:
        """Ends the turn."""
        if self._found:
            self._found[1].close()

    def _take(self, key: str) -> None:
        session = self._sessions.find(key)
        self._found = session, session.turns.take()


_FILE = {"type": "string", "format": "binary"}


def _form(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": required, "properties": properties}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


_INIT = _form(
    ["image"],
    {
        "image": {**_FILE, "description": "A picture of a face, or a GLB with morph targets."},
        "crop": {"type": "boolean", "default": True, "description": "Show only the head and shoulders."},
        "face": {"type": "integer", "default": 0, "description": "Index of the face, by size; 0 is the largest."},
        "seed": {"type": "integer", "default": 42, "description": "Varies blinks, gaze and head movements."},
        "nfe": {"type": "integer", "default": 10, "minimum": 5, "maximum": 50, "description": "Has no effect."},
        "cfg_scale": {"type": "number", "default": 2.0, "minimum": 1, "maximum": 5, "description": "Has no effect."},
        "chunk_duration": {"type": "number", "default": 1.0, "minimum": 0.1, "maximum": 10},
        "audio_sample_rate": {"type": "integer", "default": 24000, "description": "Hz of raw PCM."},
        "pose_style": {"type": "string", "description": "JSON: degrees [pitch, yaw, roll] added to the head's pose."},
        "gaze_style": {"type": "string", "description": "JSON: [x, y] from -1 to 1, where the eyes look."},
    },
)
_FEED = _form(
    ["session_id", "audio_chunk"],
    {
        "session_id": {"type": "string"},
        "audio_chunk": _FILE,
        "is_final_chunk": {"type": "boolean", "default": False},
    },
)
_RESPONSES: dict[int | str, dict[str, Any]] = {
    **error_responses(404, 408, 413, 415, 500, 501, 503),
    400: {
        "model": ErrorBody,
        "description": "A field is out of range (`bad_message`), or the picture or audio is damaged "
        "(`bad_picture`, `bad_audio`).",
    },
    409: {"model": ErrorBody, "description": "The session has ended (`bad_state`)."},
    422: {
        "model": ErrorBody,
        "description": "A field is missing (`bad_message`), or the picture has no face (`no_face`, `bad_avatar`).",
    },
}
