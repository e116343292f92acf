"""`POST /v1/video`: a picture and an audio file in, a video of the picture speaking the audio out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing, closing

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from a2f_server.api.compat.paths import HLS, HLS_API
from a2f_server.api.file_animation import NamedEvent, error_fields, parse_options
from a2f_server.api.http.responses import EVENT_FORMATS, NDJSON, SSE, EventStream, unless_disconnected
from a2f_server.api.http.upload import read_form
from a2f_server.api.openapi import ErrorBody, error_responses
from a2f_server.api.service import Service
from a2f_server.api.talking_pictures import MOST_PICTURE_BYTES
from a2f_server.api.utterance_log import note_error, note_seconds
from a2f_server.api.video_file import Look, VideoFile
from a2f_server.errors import BadMessage
from a2f_server.video.session import VideoSession

PATH = "/v1/video"
MP4 = "video/mp4"
FORMATS = (MP4, NDJSON, SSE)
PROGRESS_S = 0.5
"""Seconds between progress events."""


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["portraits and video"])
    limit = service.settings.max_file_bytes + MOST_PICTURE_BYTES

    @router.post(
        PATH,
        summary="Make a video of a talking picture",
        openapi_extra=_UPLOAD,
        responses=_RESPONSES,
        response_class=Response,
    )
    async def video(
        request: Request,
        fps: int | None = Query(None, description="Frames per second, 10-60 (default: 25)."),
        size: int | None = Query(
            None, ge=128, le=1024, description="Longer side in pixels (default: the server's; a GLB becomes a square)."
        ),
        face: int = Query(0, ge=0, le=99, description="Index of the face, by size; 0 is the largest."),
        crop: bool = Query(True, description="Show the head and shoulders; otherwise the whole picture."),
        profile: str | None = Query(None, description="A motion profile that the server lists."),
        seed: int = Query(0, description="Seed of blinks, gaze, brows and head movements."),
        emotions: str | None = Query(None, description='JSON object of emotions, e.g. {"joy": 0.6}.'),
        channel: str = Query("mix", description="The channel of stereo audio to animate: mix, left or right."),
    ) -> Response:
        """Makes a video (H.264 and AAC in a fragmented MP4) in which `image`, a picture of a face or a GLB, speaks
        `audio`. It is sent while it is being made. With `Accept: text/event-stream` or `application/x-ndjson` the
        answer reports progress, and finally the URL of the video."""
        options = parse_options(
            {"fps": fps, "profile": profile, "seed": seed, "emotions": emotions, "channel": channel}
        )
        service.check(options)
        media_type = _negotiate(request.headers.get("accept", ""))
        with ExitStack() as held:
            caller = held.enter_context(service.callers.joined(request))
            service.videos.require_free(caller.slots)  # before the upload
            form = await read_form(service, request, "audio", limit, others=("image",), raw=False)
            held.callback(form.file.close)
            image = held.enter_context(closing(service.uploads.upload(limit)))
            image.data = form.others["image"]  # counted with the audio
            slot = held.enter_context(closing(service.engine.slots.reserve(caller.slots)))
            work = VideoFile.prepare(service, image, form.file, Look(face, crop, size), options, slot)
            video = await unless_disconnected(request, work)
            if media_type in EVENT_FORMATS:
                slot.close()
                session = await unless_disconnected(request, video.session(caller.slots))
                line = EVENT_FORMATS[media_type]
                lines = (line(kind, fields) async for kind, fields in _events(video, session))
                held.callback(_forget_unless_over, service, session)
                return EventStream(lines, media_type, service.settings.send_timeout_s, held.pop_all().close)
            pieces = video.mp4(slot)
            header, first = await unless_disconnected(request, _first_two(pieces))
            answer = EventStream(
                _chained(header + first, pieces), MP4, service.settings.send_timeout_s, held.pop_all().close
            )
            answer.headers["Content-Disposition"] = 'attachment; filename="video.mp4"'
            return answer

    return router


def _negotiate(accept: str) -> str:
    """Returns the first format that the header names; MP4 if anything will do. Raises BadMessage."""
    for part in accept.split(","):
        media_type = part.partition(";")[0].strip().lower()
        if media_type in FORMATS:
            return media_type
        if media_type in ("", "*/*", "video/*"):
            return MP4
    raise BadMessage(f"this route has none of the formats in Accept; ask for {', '.join(FORMATS)}")


async def _first_two(pieces: AsyncGenerator[bytes, None]) -> tuple[bytes, bytes]:
    """Returns the header and the first parts, so that an error in the first frames is an HTTP error."""
    try:
        return await anext(pieces), await anext(pieces)
    except BaseException:
        await pieces.aclose()
        raise


async def _chained(first: bytes, others: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(others):
        yield first
        async for piece in others:
            yield piece


async def _events(video: VideoFile, session: VideoSession) -> AsyncGenerator[NamedEvent, None]:
    renderer, seconds = video.renderer, video.file.stated_seconds
    yield (
        "start",
        {
            "session_id": session.key,
            "hls": f"{HLS}{session.key}/playlist.m3u8",
            **{"fps": video.fps, "width": renderer.width, "height": renderer.height},
            "duration": round(seconds, 6) if seconds else None,
        },
    )
    speaking = asyncio.create_task(video.speak(session.face, session.end))
    try:
        while not session.over:
            yield "progress", {"frames": session.frames, "seconds": round(session.frames / video.fps, 3)}
            await session.wait(PROGRESS_S)
    finally:
        speaking.cancel()
    if session.error:
        note_error(session.error)
        yield "error", error_fields(session.error)
    else:
        duration = session.face.received / session.face.sample_rate
        note_seconds(duration)
        url = f"{HLS_API}{session.key}/download"
        yield "end", {"frames": session.frames, "duration": round(duration, 6), "url": url}


def _forget_unless_over(service: Service, session: VideoSession) -> None:
    """Closes the session of a client that left before the end."""
    if not session.over:
        service.videos.sessions.remove(session.key)


_FILE = {"type": "string", "format": "binary"}
_FORM = {
    "type": "object",
    "required": ["image", "audio"],
    "properties": {
        "image": {**_FILE, "description": "A picture of a face, or a GLB with morph targets."},
        "audio": {**_FILE, "description": "An audio file."},
    },
}
_UPLOAD = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}}
_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The video, or events about its progress.",
        "content": {MP4: {"schema": _FILE}, NDJSON: {}, SSE: {}},
    },
    **error_responses(408, 413, 415, 500, 501, 503),
    400: {"model": ErrorBody, "description": "The picture or the audio is damaged (`bad_picture`, `bad_audio`)."},
    422: {
        "model": ErrorBody,
        "description": "The picture has no face (`no_face`, `bad_avatar`), or a parameter is wrong (`bad_message`).",
    },
}
