"""`POST /v1/speak`: text in; audio, visemes, words and frames out, in the format that `Accept` names.

Also lists the voices and issues tokens for Azure."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import ExitStack, aclosing, closing
from dataclasses import asdict

import numpy as np
import soundfile
from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from a2f_server import arkit
from a2f_server.api.byte_budget import ByteShare
from a2f_server.api.encoding import encode_json, encode_rows
from a2f_server.api.file_animation import NamedEvent, frames_event
from a2f_server.api.http.http_speech import HttpSpeech, Part, part_size
from a2f_server.api.http.responses import (
    EVENT_FORMATS,
    JSON,
    NDJSON,
    SSE,
    EventStream,
    WholeResponse,
    negotiate,
    unless_disconnected,
)
from a2f_server.api.http.upload import read_upload
from a2f_server.api.messages import MOST_TEXT_BYTES, SpeakBody, explain
from a2f_server.api.openapi import error_responses
from a2f_server.api.service import Service
from a2f_server.api.speech_session import (
    FaceLost,
    SpeechSession,
    SpokenAudio,
    bookmark_fields,
    viseme_fields,
    word_fields,
)
from a2f_server.api.utterance_log import note_error, note_seconds
from a2f_server.clip import FaceClip
from a2f_server.engine.frames import Frames
from a2f_server.errors import A2FError, BadMessage, TtsUnavailable, Unauthorized
from a2f_server.tts.contract import BookmarkEvent, VisemeEvent, WordEvent

FORMATS = (JSON, NDJSON, SSE)


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["speech"])

    @router.post(
        "/v1/speak", summary="Speak a text", openapi_extra=_BODY, responses=_RESPONSES, response_class=Response
    )
    async def speak(request: Request) -> Response:
        """Speaks a text or SSML. JSON holds everything, the audio as a WAV in base64; NDJSON and server-sent events are
        sent while the text is spoken, the audio as mono s16le in base64."""
        media_type = negotiate(request.headers.get("accept", ""), FORMATS)
        body = await _read_body(service, request)
        service.check(body, speech=True)
        admission = service.admit(service.speech_request(body, body), service.callers.of(request))
        speech = HttpSpeech(service, body, admission)
        if media_type in EVENT_FORMATS:
            return await _streamed(request, speech, media_type, service.settings.send_timeout_s)
        try:
            return await unless_disconnected(request, _whole(service, speech))
        finally:
            speech.close()

    @router.get("/v1/voices", summary="List the voices", responses=error_responses(501, 502))
    async def voices() -> dict[str, object]:
        """Lists the voices that `voice` may name."""
        voice = service.require_voice()
        return {"tts": voice.name, "voices": [asdict(info) for info in await voice.voices()]}

    @router.post("/v1/azure-token", summary="Token for Azure's SDK", responses=error_responses(501, 502))
    async def azure_token() -> dict[str, object]:
        """Returns a short-lived token of the Azure resource, for pages that use Azure's SDK themselves."""
        voice = service.voice
        if voice is None or not voice.issues_tokens:
            raise TtsUnavailable("this server has no Azure Speech: set A2F_AZURE_KEY and A2F_AZURE_REGION")
        settings = service.settings
        if not (settings.locked or settings.private):
            raise Unauthorized(
                "without A2F_API_KEY anyone could get a token: set a key, or speak through POST /v1/speak"
            )
        where = {"region": settings.azure_region, "host": settings.azure_host}
        return {**asdict(await voice.token()), **where}

    return router


async def _read_body(service: Service, request: Request) -> SpeakBody:
    """Parses the body as JSON whatever its Content-Type says: curl and many others forget it."""
    limit = min(service.settings.max_message_bytes, MOST_TEXT_BYTES)
    try:
        with closing(await read_upload(service, request, "text", limit)) as body:
            return SpeakBody.model_validate_json(body.data)
    except ValidationError as error:
        raise BadMessage(explain(error)) from None


async def _streamed(request: Request, speech: HttpSpeech, media_type: str, patience: float) -> Response:
    """Waits for the voice's first event: a refusal is then an HTTP error instead of a broken stream."""
    parts = speech.parts()
    try:
        first = await unless_disconnected(request, _first(parts))
    except BaseException:
        await parts.aclose()
        speech.close()
        raise
    return EventStream(_lines(speech.session, first, parts, media_type), media_type, patience, speech.close)


async def _first(parts: AsyncGenerator[Part, None]) -> list[Part]:
    """Returns the first part in a list, which is empty if there is none."""
    async for part in parts:
        return [part]
    return []


async def _lines(
    session: SpeechSession, first: list[Part], parts: AsyncGenerator[Part, None], media_type: str
) -> AsyncIterator[str]:
    line = EVENT_FORMATS[media_type]
    yield line("start", _start(session))
    for part in first:
        yield line(*_named(part, session.fps))
    try:
        async with aclosing(parts):
            async for part in parts:
                yield line(*_named(part, session.fps))
        note_seconds(session.duration)
        yield line("end", {"frames": session.frames, "duration": round(session.duration, 6)})
    except A2FError as error:
        note_error(error)
        yield line("error", error.as_json())


def _start(session: SpeechSession) -> dict[str, object]:
    return {"fps": session.fps, "blendshapes": list(arkit.NAMES), "sample_rate": session.sample_rate}


def _named(part: Part, fps: int) -> NamedEvent:
    match part:
        case Frames():
            return frames_event(part, fps)
        case SpokenAudio():
            return "audio", {"first": part.first, "pcm": base64.b64encode(part.pcm).decode()}
        case FaceLost():
            return "error", _face_error(part)
        case VisemeEvent():
            return "viseme", viseme_fields(part)
        case BookmarkEvent():
            return "bookmark", bookmark_fields(part)
        case _:
            return "word", word_fields(part)


async def _whole(service: Service, speech: HttpSpeech) -> Response:
    with ExitStack() as stack:
        stack.enter_context(closing(speech))
        memory = stack.enter_context(closing(ByteShare(service.answers)))
        parts = [part async for part in _counted(speech, memory)]
        note_seconds(speech.session.duration)
        async with service.encoding:
            text = await asyncio.to_thread(_json, parts, speech.session)
    return WholeResponse(text, JSON, service.answers)


async def _counted(speech: HttpSpeech, memory: ByteShare) -> AsyncGenerator[Part, None]:
    """Yields all parts. Raises Busy if there is no memory left for them."""
    async with aclosing(speech.parts()) as parts:
        async for part in parts:
            memory.add(part_size(part))
            yield part


def _json(parts: list[Part], session: SpeechSession) -> str:
    pcm = b"".join(part.pcm for part in parts if isinstance(part, SpokenAudio))
    rest = {
        "audio": _wav(pcm, session.sample_rate),
        "visemes": [viseme_fields(part) for part in parts if isinstance(part, VisemeEvent)],
        "words": [word_fields(part) for part in parts if isinstance(part, WordEvent)],
        "bookmarks": [bookmark_fields(part) for part in parts if isinstance(part, BookmarkEvent)],
        "errors": [_face_error(part) for part in parts if isinstance(part, FaceLost)],
        "duration": round(session.duration, 6),
    }
    rows = (
        encode_rows(FaceClip.from_u16(part.values, session.fps).weights) for part in parts if isinstance(part, Frames)
    )
    return f'{encode_json(_start(session))[:-1]},"weights":[{",".join(rows)}],{encode_json(rest)[1:]}'


def _face_error(lost: FaceLost) -> dict[str, object]:
    return {**lost.error.as_json(), "continues": True}


def _wav(pcm: bytes, sample_rate: int) -> str:
    file = io.BytesIO()
    soundfile.write(file, np.frombuffer(pcm, "<i2"), sample_rate, format="WAV", subtype="PCM_16")
    return base64.b64encode(file.getvalue()).decode()


_BODY = {"requestBody": {"required": True, "content": {JSON: {"schema": SpeakBody.model_json_schema()}}}}
_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "The speech, in the format that Accept names.", "content": {f: {} for f in FORMATS}},
    **error_responses(408, 413, 501, 502, 503),
}
