"""`/hls/{id}/…` and `/api/hls/…`: the video of a session, for HLS players.

Players cannot send a key: whoever knows the unguessable id may watch. Nothing that a client sends
becomes a file name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from a2f_server.api.compat.paths import HLS, HLS_API, HLS_SESSION
from a2f_server.api.http.responses import EventStream, WholeResponse
from a2f_server.api.openapi import ErrorBody, error_responses
from a2f_server.api.service import Service
from a2f_server.errors import BadMessage, BadState, Busy, NotFound
from a2f_server.video import playlist as m3u8
from a2f_server.video.playlist import INIT, PLAYLIST, MediaName, parse_name
from a2f_server.video.recording import RecordedPart, Recording

MP4 = "video/mp4"
FIRST_S = 60.0
"""Seconds that a player waits for the first part: players treat an empty playlist as an error."""
RELOAD_S = 3.0
"""Seconds (three segments) that a playlist request waits for a new part. A player then asks again."""
HINTED_S = 30.0
"""Seconds that a request for a hinted part waits: some players stop at an error."""
AHEAD = 2
"""Number of segments past the newest one that a player may wait for."""
OPEN = {"Access-Control-Allow-Origin": "*"}
CHANGING = {**OPEN, "Cache-Control": "no-cache"}
FIXED = {**OPEN, "Cache-Control": "private, max-age=3600, immutable"}


class _OutOfRange(BadMessage):
    status = 400


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["portraits and video"])
    sessions, playlists = service.videos.sessions, _Playlists()

    @router.get(f"{HLS_API}{{key}}/{PLAYLIST}", include_in_schema=False)
    @router.get(f"{HLS}{{key}}/{PLAYLIST}", summary="Playlist of a video", responses=_PLAYLIST, response_class=Response)
    async def playlist(
        key: str,
        msn: int | None = Query(None, ge=0, le=10**9, alias="_HLS_msn", description="Wait for this segment."),
        part: int | None = Query(None, ge=0, le=10**3, alias="_HLS_part", description="Wait for this part of it."),
        skip: str | None = Query(None, alias="_HLS_skip", description="YES: leave out what the player already has."),
    ) -> Response:
        """Returns an LL-HLS playlist, which other players can read, too. Waits for the first part of the video."""
        recording = sessions.find(key).recording
        await recording.until(lambda: bool(recording.segments), FIRST_S)
        error = sessions.find(key).error
        if not recording.segments:
            raise error or (_without_speech() if recording.ended else _no_speech_yet())
        if msn is not None:
            await _wait_for(recording, msn, part, RELOAD_S)
        sessions.find(key)
        return Response(
            playlists.text(recording, delta=skip in ("YES", "v2")), media_type=m3u8.MEDIA_TYPE, headers=CHANGING
        )

    @router.get(f"{HLS_API}{{key}}/{INIT}", include_in_schema=False)
    @router.get(
        f"{HLS}{{key}}/{INIT}", summary="Initialization section of a video", responses=_MEDIA, response_class=Response
    )
    async def init(key: str) -> Response:
        """Returns what players need before the first segment."""
        return Response(sessions.find(key).recording.header, media_type=MP4, headers=FIXED)

    @router.get(f"{HLS_API}{{key}}/download", summary="A video as one file", responses=_FILE, response_class=Response)
    async def download(request: Request, key: str) -> Response:
        """Returns the whole video as a fragmented MP4, once it is complete."""
        session = sessions.find(key)
        session.touch()
        recording = session.recording
        if not recording.ended:
            raise BadState("the video is not complete yet: send the final chunk first")
        if not (recording.complete and recording.segments):
            raise session.error or NotFound("this server no longer has all of this video: it was too long to keep")
        size = len(recording.header) + recording.size
        answer = EventStream(_whole(recording), MP4, service.settings.send_timeout_s, lambda: None)
        answer.headers.update({**OPEN, "Content-Length": str(size), "Content-Disposition": _DISPOSITION})
        return answer

    @router.get(f"{HLS_API}{{key}}/{{name}}", include_in_schema=False)
    @router.get(f"{HLS}{{key}}/{{name}}", summary="Part of a video", responses=_MEDIA, response_class=Response)
    async def media(key: str, name: str) -> Response:
        """Returns a segment or part. Waits if it is about to be made."""
        session, wanted = sessions.find(key), parse_name(name)
        if wanted is None:
            raise NotFound("there is no such part of a video")
        await _wait_for(session.recording, wanted.segment, wanted.part, HINTED_S)
        session.touch()
        data = await _read(_parts_of(session.recording, wanted))
        return WholeResponse(data, MP4, service.answers, FIXED)

    @router.delete(f"{HLS_SESSION}{{key}}", summary="Close a video session", responses=error_responses(404))
    async def delete(key: str) -> dict[str, str]:
        """Closes a session and deletes its video."""
        sessions.remove(key)
        return {"status": "success", "message": f"Session {key} cleaned up"}

    return router


def _no_speech_yet() -> Busy:
    return Busy("this session has had no speech yet; try again once it has", reason="full")


def _without_speech() -> NotFound:
    return NotFound("this session ended without speech, so there is no video")


async def _wait_for(recording: Recording, segment: int, part: int | None, limit: float) -> None:
    """Waits until this segment or part is recorded, at most `limit` seconds. Refuses one that is too far ahead."""
    newest = recording.segments[-1].number if recording.segments else 0
    if segment > newest + AHEAD and not recording.ended:
        raise _OutOfRange(f"the newest segment is {newest}: request at most {AHEAD} after it")
    await recording.until(lambda: recording.has(segment, part), limit)


def _parts_of(recording: Recording, name: MediaName) -> list[RecordedPart]:
    """Returns the parts of a segment, or one part. Raises NotFound."""
    segment = recording.segment(name.segment)
    if segment and name.part is None and (segment.complete or recording.ended):
        return segment.parts
    if segment and name.part is not None and name.part < len(segment.parts) and not segment.joined:
        return [segment.parts[name.part]]
    raise NotFound("this part of the video was dropped or does not exist yet")


async def _read(parts: list[RecordedPart]) -> bytes:
    """Returns the bytes of parts. Raises NotFound if they have been dropped."""
    if all(part.data is not None for part in parts):
        return b"".join(part.data or b"" for part in parts)
    try:
        return await asyncio.to_thread(lambda: b"".join(part.read() for part in parts))
    except ValueError:
        raise NotFound("this part of the video was dropped") from None


async def _whole(recording: Recording) -> AsyncIterator[bytes]:
    yield recording.header
    for segment in list(recording.segments):
        yield await _read(segment.parts)


class _Playlists:
    """The newest playlist of each recording, for any number of players."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Recording, dict[bool, tuple[int, int, str]]] = WeakKeyDictionary()

    def text(self, recording: Recording, *, delta: bool) -> str:
        """Returns the playlist, which is rebuilt only after a change."""
        of_both, now = self._known.setdefault(recording, {}), (recording.version, int(recording.viewed))
        if delta not in of_both or of_both[delta][:2] != now:
            of_both[delta] = *now, m3u8.playlist(recording, delta=delta)
        return of_both[delta][2]


_DISPOSITION = 'attachment; filename="video.mp4"'
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_NOT_FOUND: dict[int | str, dict[str, object]] = {
    404: {"model": ErrorBody, "description": "There is no such session, or it lacks this part (`not_found`)."}
}
_MEDIA: dict[int | str, dict[str, object]] = {
    200: {"description": "A piece of a fragmented MP4.", "content": {MP4: _BINARY}},
    400: {"model": ErrorBody, "description": "The segment is too far ahead (`bad_message`)."},
    **_NOT_FOUND,
    **error_responses(503),
}
_FILE: dict[int | str, dict[str, object]] = {
    200: {"description": "The video, as one file.", "content": {MP4: _BINARY}},
    409: {"model": ErrorBody, "description": "The video is not complete yet (`bad_state`)."},
    **_NOT_FOUND,
}
_PLAYLIST: dict[int | str, dict[str, object]] = {
    **_MEDIA,
    200: {"description": "The playlist of the video.", "content": {m3u8.MEDIA_TYPE: {"schema": {"type": "string"}}}},
}
