"""The emulator's web application: the WebSocket, the list of voices, and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from a2f_server.azure_emulator import voices
from a2f_server.azure_emulator.connection import EmulatorConnection
from a2f_server.azure_emulator.options import EmulatorOptions
from a2f_server.azure_emulator.records import Records
from a2f_server.tts.contract import Voice

SOCKETS = ("/cognitiveservices/websocket/v1", "/tts/cognitiveservices/websocket/v1")
"""Paths used by the Python SDK and the JavaScript SDK."""
VOICES = ("/cognitiveservices/voices/list", "/tts/cognitiveservices/voices/list")
TOKENS = "/sts/v1.0/issueToken"
_KEY = "ocp-apim-subscription-key"


class Emulator:
    """The emulated service: `app` is its ASGI application, `records` what it has received."""

    def __init__(self, voice: Voice, options: EmulatorOptions | None = None) -> None:
        self.voice = voice
        self.options = options or EmulatorOptions()
        self.records = Records()
        self._failed: set[str] = set()
        self._open: set[EmulatorConnection] = set()
        self.app = Starlette(
            routes=[
                *(WebSocketRoute(path, self._socket) for path in SOCKETS),
                *(Route(path, self._voices) for path in VOICES),
                Route(TOKENS, self._token, methods=["POST"]),
            ],
            middleware=[Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])],
        )

    def cut_all(self) -> None:
        """Drops every connection without a close frame, like a network failure. Thread-safe."""
        for connection in list(self._open):
            connection.loop.call_soon_threadsafe(connection.cut)

    async def _socket(self, socket: WebSocket) -> None:
        self.records.handshakes += 1
        if refusal := self._refusal(socket.headers, socket.query_params):
            return await socket.send_denial_response(refusal)
        await socket.accept()
        self.records.connections += 1
        connection = EmulatorConnection(socket, self.voice, self.options, self.records, self._failed)
        self._open.add(connection)
        self.records.open += 1
        try:
            await connection.run()
        finally:
            self._open.discard(connection)
            self.records.open -= 1

    async def _voices(self, request: Request) -> Response:
        self.records.voice_lists += 1
        return self._refusal(request.headers, request.query_params) or JSONResponse(voices.listing())

    async def _token(self, request: Request) -> Response:
        if refusal := self._refusal(request.headers, request.query_params):
            return refusal
        self.records.tokens.append(uuid4().hex)
        return PlainTextResponse(self.records.tokens[-1])

    def _refusal(self, headers: Mapping[str, str], query: Mapping[str, str]) -> Response | None:
        """Returns the response for a client with a wrong key or a simulated failure, else None."""
        if not self._authenticated(headers, {name.lower(): value for name, value in query.items()}):
            return PlainTextResponse("Access denied: a wrong or missing key", 401)
        fail = self.options.fail
        if not fail or not fail.status or (fail.once and fail in self._failed):
            return None
        self._failed.add(fail)
        return PlainTextResponse(f"simulated failure: {fail}", fail.status)

    def _authenticated(self, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
        """Checks the key or token: SDKs send it in headers, browsers, which cannot, in the URL."""
        if self.options.key is None:
            return True
        shown = {headers.get(_KEY), query.get(_KEY)}
        tokens = {
            value.removeprefix("Bearer ")
            for value in (headers.get("authorization"), query.get("authorization"))
            if value
        }
        return self.options.key in shown or bool(tokens & set(self.records.tokens))
