"""One connection of `WS /ws`, for any number of utterances (docs/protocol.md)."""

from __future__ import annotations

from typing import Any

from starlette.types import Receive, Send
from starlette.websockets import WebSocket

from a2f_server.api.callers import Caller
from a2f_server.api.encoding import encode_json
from a2f_server.api.messages import MOST_TEXT_BYTES, Cancel, Emotions, End, Ping, Speak, Start, parse, refused_request
from a2f_server.api.service import Service
from a2f_server.api.ws.session import SocketSession
from a2f_server.api.ws.utterance_queue import UtteranceQueue
from a2f_server.errors import A2FError, BadMessage, BadState

MOST_BAD_MESSAGES = 20
"""Bad messages since the last valid `start` or `speak`, after which the socket is closed."""
STRAY_S = 0.005
"""Seconds of its time that a message of audio costs a socket without an utterance."""


class Connection(SocketSession):
    """Implements the protocol of `WS /ws`: JSON control messages; audio in binary; frames in either."""

    def __init__(
        self, socket: WebSocket, receive: Receive, send: Send, service: Service, number: int, caller: Caller
    ) -> None:
        super().__init__(socket, receive, send, service, number, caller)
        self._most_text = min(self._most_bytes, MOST_TEXT_BYTES)
        self._queue = self._source = UtteranceQueue(
            service,
            name=number,
            address=self._address,
            caller=caller,
            send=self._enqueue,
            send_error=lambda error, utterance: self._enqueue_error(error, utterance=utterance),
            on_change=self._flush,
        )
        self._warned_of_stray_audio = False
        """True once audio outside an utterance was reported: a flood gets one error."""
        self._bad_messages = 0
        self._put(service.greeting)

    def fail(
        self, error: A2FError, *, close: int | None = None, request: str | None = None, utterance: int | None = None
    ) -> None:
        """Sends a fatal error, then closes the socket with its close code or another one."""
        if self._fatal is None:
            super().fail(error, close=close)
            self._enqueue_error(error, fatal=True, request=request, utterance=utterance)

    def _on_message(self, message: bytes | str) -> None:
        try:
            if isinstance(message, bytes):
                self._on_audio(message)
            else:
                self._on_text(message)
        except A2FError as error:
            self._refuse(message, error)

    def _on_audio(self, data: bytes) -> None:
        if len(data) > self._most_bytes:
            self._too_large(len(data), self._most_bytes)
        elif not self._queue.add_audio(data):
            self._on_stray_audio()

    def _on_stray_audio(self) -> None:
        """A refused client may have sent some before it knew. One that goes on is read less and less: many of them
        would make the others late."""
        self._charge(STRAY_S)
        if not self._warned_of_stray_audio:
            self._warned_of_stray_audio = True
            raise BadState("this audio belongs to no utterance: send a start message first")

    def _on_text(self, text: str) -> None:
        if len(text) > self._most_text:
            return self._too_large(len(text), self._most_text)
        self._warned_of_stray_audio = False
        message = parse(text)
        match message:
            case Start():
                self._queue.start(message)
                self._bad_messages = 0
            case Emotions():
                self._queue.set_emotions(message)
            case End():
                self._queue.end()
            case Cancel():
                self._queue.cancel()
            case Speak():
                self._queue.speak(message)
                self._bad_messages = 0
            case Ping():
                self._enqueue({"type": "pong", "id": message.id, "time": self._clock()})

    def _refuse(self, message: bytes | str, error: A2FError) -> None:
        """Answers a message that cannot be carried out, naming it and the utterance that it asked for."""
        request, utterance = ("audio", None) if isinstance(message, bytes) else refused_request(message)
        if utterance is not None and not self._queue.is_new(utterance):
            utterance = None  # the error would end the utterance that has this number
        self._bad_messages += isinstance(error, BadMessage)
        if isinstance(error, BadMessage) and self._bad_messages >= MOST_BAD_MESSAGES:
            self.fail(error, close=1008, request=request, utterance=utterance)
        else:
            self._enqueue_error(error, request=request, utterance=utterance)

    def _enqueue(self, message: dict[str, Any]) -> None:
        self._put(encode_json(message))

    def _enqueue_error(
        self, error: A2FError, *, request: str | None = None, utterance: int | None = None, fatal: bool = False
    ) -> None:
        self._service.metrics.errors.labels(error.code).inc()
        optional = {"request": request, "utterance": utterance}
        named = {name: value for name, value in optional.items() if value is not None}
        self._enqueue({**error.as_json(), **named, "fatal": fatal})
