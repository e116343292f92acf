"""Small local stand-ins of speech services: enough of their protocols for the examples. They say a test voice."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import soundfile
import soxr
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.browser.support.paths import VOICE
from tests.support.waiting import PATIENCE, until

RATE = 24000
CHUNK_S = 0.25
LOUD = 0.05
"""The RMS at which the stand-in of Realtime hears the visitor."""


def voice() -> np.ndarray:
    """Returns eight seconds of the test voice, int16."""
    sound, rate = soundfile.read(VOICE, dtype="float32")
    once = soxr.resample(sound, rate, RATE)
    return np.rint(np.concatenate([once, once]) * 32767).astype("<i2")


def chunks() -> list[bytes]:
    sound, size = voice(), int(RATE * CHUNK_S)
    return [sound[i : i + size].tobytes() for i in range(0, len(sound), size)]


@dataclass
class Providers:
    """Running stand-ins, and what they were asked for."""

    port: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    """The messages and bodies that were received."""

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def received(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event.get("type") == kind]

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                WebSocketRoute("/v1/realtime", self._realtime),
                WebSocketRoute("/v1/text-to-speech/{voice}/stream-input", self._elevenlabs),
                Route("/v1/audio/speech", self._speech, methods=["POST"]),
                Route("/v1/audio/transcriptions", self._transcription, methods=["POST"]),
                Route("/v1/chat/completions", self._completion, methods=["POST"]),
            ],
            middleware=[Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])],
        )

    async def _realtime(self, socket: WebSocket) -> None:
        await socket.accept("realtime")
        answer: asyncio.Task[None] | None = None
        with suppress(WebSocketDisconnect):
            while True:
                event = json.loads(await socket.receive_text())
                self.events.append(event)
                if event["type"] == "response.create":
                    answer = asyncio.create_task(self._answer(socket))
                elif event["type"] == "input_audio_buffer.append" and answer and _loud(event["audio"]):
                    answer = None
                    await socket.send_json({"type": "input_audio_buffer.speech_started", "audio_start_ms": 0})

    async def _answer(self, socket: WebSocket) -> None:
        item = f"item_{len(self.events)}"
        for chunk in chunks():
            delta = base64.b64encode(chunk).decode()
            await socket.send_json({"type": "response.output_audio.delta", "item_id": item, "delta": delta})
            await asyncio.sleep(0.01)
        await socket.send_json({"type": "response.output_audio.done", "item_id": item})

    async def _elevenlabs(self, socket: WebSocket) -> None:
        await socket.accept()
        with suppress(WebSocketDisconnect):
            while True:
                event = json.loads(await socket.receive_text())
                self.events.append({"type": "elevenlabs", "query": str(socket.query_params), **event})
                if not event["text"]:
                    break
            for chunk in chunks():
                await socket.send_json({"audio": base64.b64encode(chunk).decode(), "isFinal": None})
            await socket.send_json({"audio": None, "isFinal": True})
            await socket.close()

    async def _speech(self, request: Request) -> Response:
        self.events.append({"type": "speech", **await request.json()})

        async def body() -> AsyncIterator[bytes]:
            for chunk in chunks()[:16]:
                yield chunk

        return StreamingResponse(body(), media_type="audio/pcm")

    async def _transcription(self, request: Request) -> Response:
        async with request.form() as form:
            upload: Any = form["file"]
            content = await upload.read()
            self.events.append({"type": "transcription", "bytes": len(content), "model": form["model"]})
        return JSONResponse({"text": "Who are you?"})

    async def _completion(self, request: Request) -> Response:
        body = await request.json()
        self.events.append({"type": "completion", **body})
        words = "I am a head made of triangles."
        if not body.get("stream"):
            return JSONResponse({"choices": [{"message": {"role": "assistant", "content": words}}]})
        deltas = [{"index": 0, "delta": {"content": f"{word} "}} for word in words.split()]
        lines = [json.dumps({"id": "1", "object": "chat.completion.chunk", "choices": [delta]}) for delta in deltas]
        return Response("".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"]), media_type="text/event-stream")


def _loud(audio: str) -> bool:
    samples = np.frombuffer(base64.b64decode(audio), "<i2") / 32767
    return bool(np.sqrt(np.mean(samples**2)) > LOUD)


@contextmanager
def run_providers() -> Iterator[Providers]:
    """Runs the stand-ins on a free port."""
    providers = Providers()
    options = {"port": 0, "log_level": "warning", "ws": "websockets-sansio", "lifespan": "off"}
    server = uvicorn.Server(uvicorn.Config(providers.app(), host="127.0.0.1", **options))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    providers.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield providers
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
