"""`POST /v1/speak`: a text in; sound, visemes, words and frames out, in the form that `Accept` names. And voices."""

from __future__ import annotations

import asyncio
import base64
import io
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from itertools import chain
from typing import Any

import numpy as np
import soundfile
from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from a2f_server import arkit
from a2f_server.api.http.responses import JSON, LINES, NDJSON, SSE, Event, Streamed, accepted, unless_gone
from a2f_server.api.http.upload import read_upload
from a2f_server.api.messages import Speak, SpeakBody, sentence
from a2f_server.api.service import Service
from a2f_server.api.ws.speak_turn import Faceless, Said, Sound, SpeakTurn, request_of, viseme, word
from a2f_server.clip import FaceClip, rounded
from a2f_server.engine.utterance import Frames
from a2f_server.errors import A2FError, BadMessage, TtsUnavailable, Unauthorized
from a2f_server.tts.contract import VisemeEvent

FORMS = (JSON, NDJSON, SSE)


def routes(service: Service) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["speech"])

    @router.post("/v1/speak", openapi_extra=_BODY, responses=_RESPONSES, response_class=Response)
    async def speak(request: Request) -> Response:
        """Speaks a text (or SSML). JSON holds everything, the sound as a wav in base64; NDJSON and server-sent events
        are sent as they are spoken, the sound as mono s16le in base64."""
        form = accepted(request.headers.get("accept", ""), FORMS)
        message = await _message(request, service.settings.max_message_bytes)
        service.check(message, speaks=True)
        service.admit(request_of(message), service.auth.caller(request.client.host if request.client else None))
        events = _events(service, message)
        if form in LINES:
            return await _streamed(events, form, service.settings.send_timeout_s)
        return await unless_gone(request, _whole(events))

    @router.get("/v1/voices")
    async def voices() -> dict[str, object]:
        """The voices that `voice` may name."""
        speaker = service.speaker()
        listed = [asdict(voice) for voice in await speaker.voices()]
        return {"tts": speaker.name, "voices": listed}

    @router.post("/v1/azure-token")
    async def azure_token() -> dict[str, object]:
        """A short-lived token of the Azure resource, for pages that let Azure speak themselves."""
        voice = service.voice
        if voice is None or not voice.issues_tokens:
            raise TtsUnavailable("this server has no Azure Speech: set A2F_AZURE_KEY and A2F_AZURE_REGION")
        settings = service.settings
        if not (settings.api_key or settings.loopback):
            raise Unauthorized("without A2F_API_KEY anybody could have a token: set one, or let the server speak")
        where = {"region": settings.azure_region, "host": settings.azure_host}
        return {**asdict(await voice.token()), **where}

    return router


async def _message(request: Request, most_bytes: int) -> Speak:
    """The body is JSON whatever its Content-Type says: curl and many others forget it."""
    body = await read_upload(request, "text", most_bytes)
    try:
        return Speak(type="speak", **SpeakBody.model_validate_json(body).model_dump())
    except ValidationError as error:
        raise BadMessage(sentence(error)) from None


async def _events(service: Service, message: Speak) -> AsyncGenerator[Event, None]:
    """What is said and shown, as it comes. Raises what the voice raises."""
    changed = asyncio.Event()
    turn = SpeakTurn(service, message, 1, changed.set, "http/speak")
    service.callers.add(turn)
    try:
        rate = turn.sample_rate
        yield "start", {"fps": turn.fps, "blendshapes": list(arkit.NAMES), "sample_rate": rate}
        while not turn.finished:
            changed.clear()
            event = _next(turn)
            if event:
                yield event
            elif not turn.finished:
                await changed.wait()
        yield "end", {"frames": turn.frames, "duration": round(turn.duration, 6)}
    finally:
        service.callers.discard(turn)
        turn.close()


def _next(turn: SpeakTurn) -> Event | None:
    said = turn.next_said()
    if said is not None:
        return _said(said)
    frames = turn.pop()
    return _shown(frames, turn.fps) if frames else None


def _said(said: Said) -> Event:
    match said:
        case Sound():
            return "audio", {"first": said.first, "pcm": base64.b64encode(said.pcm).decode()}
        case Faceless():
            return "error", {**said.error.as_json(), "continues": True}
        case VisemeEvent():
            return "viseme", viseme(said)
        case _:
            return "word", word(said)


def _shown(frames: Frames, fps: int) -> Event:
    return "frames", {"first": frames.first, "weights": rounded(FaceClip.from_u16(frames.values, fps).weights)}


async def _streamed(events: AsyncGenerator[Event, None], form: str, patience: float) -> Response:
    """Waits for the first event that the voice makes, so that a refusal is an HTTP error and not a broken stream."""
    try:
        head = [await anext(events), await anext(events)]
    except BaseException:
        await events.aclose()
        raise
    return Streamed(_lines(head, events, form), form, patience)


async def _lines(head: list[Event], events: AsyncGenerator[Event, None], form: str) -> AsyncIterator[str]:
    line = LINES[form]
    async with aclosing(events):
        for kind, event in head:
            yield line(kind, event)
        try:
            async for kind, event in events:
                yield line(kind, event)
        except A2FError as error:
            yield line("error", error.as_json())


async def _whole(events: AsyncGenerator[Event, None]) -> Response:
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    async with aclosing(events):
        async for kind, event in events:
            parts[kind].append(event)
    start, end = parts["start"][0], parts["end"][0]
    sound = b"".join(base64.b64decode(part["pcm"]) for part in parts["audio"])
    return await asyncio.to_thread(  # writing minutes of frames takes a third of a second
        JSONResponse,
        {
            **start,
            "weights": list(chain.from_iterable(part["weights"] for part in parts["frames"])),
            "audio": await asyncio.to_thread(_wav, sound, start["sample_rate"]),
            "visemes": parts["viseme"],
            "words": parts["word"],
            "errors": parts["error"],
            "duration": end["duration"],
        },
    )


def _wav(pcm: bytes, sample_rate: int) -> str:
    file = io.BytesIO()
    soundfile.write(file, np.frombuffer(pcm, "<i2"), sample_rate, format="WAV", subtype="PCM_16")
    return base64.b64encode(file.getvalue()).decode()


_BODY = {"requestBody": {"required": True, "content": {JSON: {"schema": SpeakBody.model_json_schema()}}}}
_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "What was said, in the form that Accept names.", "content": {f: {} for f in FORMS}},
    422: {"description": "bad_message"},
    501: {"description": "tts_unavailable"},
    502: {"description": "tts_failed"},
    503: {"description": "busy; Retry-After says when"},
}
